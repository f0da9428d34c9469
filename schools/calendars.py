"""A school's calendar, built from what its provider and the school itself have set."""

from datetime import date

from django.db import connection

from deadlines.school_days import DayRange, SchoolCalendar
from schools.models import BreakDay, School
from schools.regional_pattern import first_year_of, usual_calendar

YEARS_EACH_WAY = 2
TERM = "term"
SET_DAYS = """
SELECT 'term', term.starts_on, term.ends_on
  FROM schools_term term JOIN schools_schoolyear year ON year.id = term.school_year_id
 WHERE year.provider_id = %(provider)s AND term.starts_on >= %(first)s AND term.starts_on < %(after)s
 UNION ALL
SELECT free.kind, free.day, free.day
  FROM schools_breakday free JOIN schools_schoolyear year ON year.id = free.school_year_id
 WHERE year.provider_id = %(provider)s AND free.day >= %(first)s AND free.day < %(after)s
   AND (free.school_id IS NULL OR free.school_id = %(school)s)
"""


def school_calendar(school: School, *, today: date) -> SchoolCalendar:
    """Return the calendar of `school` for the school year of `today`, two before it and two after; one query.

    Provider's terms and breaks, and the school's own staff days and breaks. A school year for which the provider has
    no terms follows the regional pattern, so that a due date can always be given.
    """
    middle = first_year_of(today)
    years = range(middle - YEARS_EACH_WAY, middle + YEARS_EACH_WAY + 1)
    days = _set_days(school, years)
    terms = days[TERM]
    set_years = {first_year_of(term.first) for term in terms}
    usual = [usual_calendar(year) for year in years if year not in set_years]
    return SchoolCalendar(
        terms=tuple(sorted([*terms, *(term for calendar in usual for term in calendar.terms)])),
        breaks=tuple(sorted([*days[BreakDay.Kind.BREAK], *(free for calendar in usual for free in calendar.breaks)])),
        staff_days=frozenset(free.first for free in days[BreakDay.Kind.STAFF_DAY]),
    )


def _set_days(school: School, years: range) -> dict[str, list[DayRange]]:
    """Return the terms, and the days without teaching by kind, each of these as a range of one day."""
    told = {
        "provider": school.provider_id,
        "school": school.pk,
        "first": date(years.start, 7, 1),
        "after": date(years.stop, 7, 1),
    }
    days: dict[str, list[DayRange]] = {kind: [] for kind in (TERM, *BreakDay.Kind)}
    with connection.cursor() as cursor:
        cursor.execute(SET_DAYS, told)
        for kind, first, last in cursor.fetchall():
            days[kind].append(DayRange(first, last))
    return days
