"""A school's calendar, built from what its provider and the school itself have set."""

from datetime import date

from django.db.models import Q

from deadlines.school_days import DayRange, SchoolCalendar
from schools.models import BreakDay, School, Term
from schools.regional_pattern import first_year_of, usual_calendar

YEARS_EACH_WAY = 2


def school_calendar(school: School, *, today: date) -> SchoolCalendar:
    """Return the calendar of `school` for the school year of `today`, two before it and two after; two queries.

    Provider's terms and breaks, and the school's own staff days and breaks. A school year for which the provider has
    no terms follows the regional pattern, so that a due date can always be given.
    """
    middle = first_year_of(today)
    years = range(middle - YEARS_EACH_WAY, middle + YEARS_EACH_WAY + 1)
    terms = _provider_terms(school, years)
    free_days = _free_days(school, years)
    set_years = {first_year_of(term.first) for term in terms}
    usual = [usual_calendar(year) for year in years if year not in set_years]
    return SchoolCalendar(
        terms=tuple(sorted([*terms, *(term for calendar in usual for term in calendar.terms)])),
        breaks=tuple(
            sorted([*free_days[BreakDay.Kind.BREAK], *(days for calendar in usual for days in calendar.breaks)])
        ),
        staff_days=frozenset(days.first for days in free_days[BreakDay.Kind.STAFF_DAY]),
    )


def _provider_terms(school: School, years: range) -> list[DayRange]:
    terms = Term.objects.filter(
        school_year__provider=school.provider_id,
        starts_on__gte=date(years.start, 7, 1),
        starts_on__lt=date(years.stop, 7, 1),
    )
    return [DayRange(*days) for days in terms.values_list("starts_on", "ends_on")]


def _free_days(school: School, years: range) -> dict[str, list[DayRange]]:
    """Return the days without teaching by kind, each as a range of one day."""
    rows = BreakDay.objects.filter(
        Q(school=None) | Q(school=school),
        school_year__provider=school.provider_id,
        day__gte=date(years.start, 7, 1),
        day__lt=date(years.stop, 7, 1),
    )
    days: dict[str, list[DayRange]] = {kind: [] for kind in BreakDay.Kind}
    for kind, day in rows.values_list("kind", "day"):
        days[kind].append(DayRange(day, day))
    return days
