"""The school year as it usually falls in the Stockholm region, for years a provider has not set itself."""

from datetime import date, timedelta

from deadlines.holidays import FRIDAY, easter_sunday, first_weekday_from
from deadlines.school_days import DayRange, SchoolCalendar

TUESDAY, THURSDAY = 1, 3
FIRST_MONTH = 7


def first_year_of(day: date) -> int:
    """Return the calendar year in which the school year of `day` began; school years change on 1 July."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def school_year_name(first_year: int) -> str:
    """Return "2026/27" for 2026."""
    return f"{first_year}/{(first_year + 1) % 100:02}"


def usual_terms(first_year: int) -> tuple[DayRange, DayRange]:
    """Return the autumn and the spring term of the school year that begins in `first_year`.

    Autumn: Monday of week 34 to the last weekday up to 22 December. Spring: the first Tuesday from 8 January to the
    first Thursday from 10 June. That leaves at least 178 school days with two staff days taken out.
    Source: docs/law.md#school-days (regional pattern; the city's own dates were not published when this was written).
    """
    christmas_break = date(first_year, 12, 22)
    last_in_autumn = christmas_break - timedelta(days=max(0, christmas_break.weekday() - FRIDAY))
    spring = first_year + 1
    return (
        DayRange(date.fromisocalendar(first_year, 34, 1), last_in_autumn),
        DayRange(
            first_weekday_from(date(spring, 1, 8), TUESDAY),
            first_weekday_from(date(spring, 6, 10), THURSDAY),
        ),
    )


def usual_breaks(first_year: int) -> dict[str, DayRange]:
    """Return the breaks inside the terms by their Swedish names: weeks 44 and 9, Easter week, after Ascension Day."""
    spring = first_year + 1
    easter = easter_sunday(spring)
    after_ascension = easter + timedelta(days=40)
    return {
        "Höstlov": DayRange(date.fromisocalendar(first_year, 44, 1), date.fromisocalendar(first_year, 44, 5)),
        "Sportlov": DayRange(date.fromisocalendar(spring, 9, 1), date.fromisocalendar(spring, 9, 5)),
        "Påsklov": DayRange(easter + timedelta(days=2), easter + timedelta(days=5)),
        "Lovdag": DayRange(after_ascension, after_ascension),
    }


def usual_calendar(first_year: int) -> SchoolCalendar:
    """Return the usual school year as a calendar of its own, without staff days."""
    return SchoolCalendar(terms=usual_terms(first_year), breaks=tuple(usual_breaks(first_year).values()))
