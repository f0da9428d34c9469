"""Counting working days: Monday to Friday, except public holidays, the three eves and closed days."""

from collections.abc import Collection
from datetime import date, timedelta

from deadlines.holidays import SATURDAY, public_holidays, work_free_eves

ONE_DAY = timedelta(days=1)


def is_working_day(day: date, closed_days: Collection[date] = ()) -> bool:
    """Tell whether offices work on `day`; `closed_days` are further days when this office is closed."""
    return (
        day.weekday() < SATURDAY
        and day not in public_holidays(day.year)
        and day not in work_free_eves(day.year)
        and day not in closed_days
    )


def add_working_days(start: date, days: int, closed_days: Collection[date] = ()) -> date:
    """Return the `days`-th working day after `start`.

    Counts from the day after `start`; the returned day is the last one counted. Negative counts go backwards from
    the day before. Zero gives `start` itself, whatever day it is.
    """
    step = ONE_DAY if days > 0 else -ONE_DAY
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_working_day(day, closed_days)
    return day


def next_working_day(day: date, closed_days: Collection[date] = ()) -> date:
    """Return the first working day after `day`, never `day` itself."""
    return add_working_days(day, 1, closed_days)


def working_days_between(start: date, end: date, closed_days: Collection[date] = ()) -> int:
    """Count working days after `start` up to and including `end`; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start, closed_days)
    days_after_start = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, closed_days) for day in days_after_start)
