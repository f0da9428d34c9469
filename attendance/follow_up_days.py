"""Until which day a measure may wait to be followed up, and how long a timetable of the own may last."""

from __future__ import annotations

from datetime import date, timedelta

from deadlines.school_days import SchoolCalendar

MOST_SCHOOL_DAYS = 15
"""A measure is followed up at most this many school days ahead: three school weeks (docs/law.md, Measures)."""


def last_day_to_follow_up(calendar: SchoolCalendar, starts_on: date, today: date) -> date:
    """Return the last day on which a measure may be followed up: the 15th school day after it starts, or after today.

    Breaks, staff days and days between terms are not counted. Raises SchoolCalendarEnds past the calendar.
    """
    return calendar.add_school_days(max(starts_on, today), MOST_SCHOOL_DAYS)


def last_day_to_start(calendar: SchoolCalendar, today: date) -> date:
    """Return the last day on which a measure that is added today may start: the 15th school day ahead."""
    return calendar.add_school_days(today, MOST_SCHOOL_DAYS)


def usual_day_to_follow_up(calendar: SchoolCalendar, starts_on: date, today: date) -> date:
    """Return what is offered before anybody chooses: the 10th school day, so that there is something to look at."""
    return calendar.add_school_days(max(starts_on, today), MOST_SCHOOL_DAYS - 5)


def last_day_of_term(calendar: SchoolCalendar, starts_on: date) -> date:
    """Return the last day of the term of `starts_on`, of the next one between terms.

    Teaching at a distance as special support is given for at most one term at a time (docs/law.md, Measures).
    """
    ends = [term.last for term in calendar.terms if term.last >= starts_on]
    return min(ends, default=starts_on + timedelta(days=120))
