"""How long things are kept: pure functions about days. `today` is always given, never asked for."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from deadlines.months import add_months
from deadlines.working_days import is_working_day, next_working_day

LAST_MONTH_OF_SCHOOL_YEAR = 6


def years_after(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 1 March where there is none: never a day too early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def school_year_end(day: date) -> date:
    """Return the last day of the school year that `day` is in, counted as 30 June whatever the term says."""
    return date(day.year + (day.month > LAST_MONTH_OF_SCHOOL_YEAR), LAST_MONTH_OF_SCHOOL_YEAR, 30)


def month_end(day: date) -> date:
    """Return the last day of the month that `day` is in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def turns(born_on: date, age: int) -> date:
    """Return the birthday on which a child becomes `age` years (SoL 16:2 a: not before thirty)."""
    return years_after(born_on, age)


def erasable_from(counted_from: date, *, years: int = 0, days: int = 0) -> date:
    """Return the first day on which something may be erased: the day after the whole time has gone."""
    return years_after(counted_from, years) + timedelta(days=days + 1)


def calendar_year_after(erasable: date) -> date:
    """Return the last day of the calendar year after the one in which the time ran out (SoL 16:1)."""
    return date((erasable - timedelta(days=1)).year + 1, 12, 31)


def one_month_after(received_on: date) -> date:
    """Return the last day to answer a request about one's own data (GDPR 12.3).

    The same day of the next month, else its last day; on a day without work the next working day
    (Regulation 1182/71, article 3.4).
    """
    last = add_months(received_on, 1)
    return last if is_working_day(last) else next_working_day(last)
