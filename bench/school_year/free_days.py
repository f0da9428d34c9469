"""The days off of the played year, written down from a calendar by hand and not computed: a check of its own."""

from __future__ import annotations

from datetime import date, timedelta

DAYS_OFF = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-10-31", "2026-12-24", "2026-12-25", "2026-12-26", "2026-12-31",
        "2027-01-01", "2027-01-06", "2027-03-26", "2027-03-28", "2027-03-29", "2027-05-01", "2027-05-06",
        "2027-05-16", "2027-06-06", "2027-06-25", "2027-06-26",
    )
)  # fmt: skip
"""All Saints' Day, Christmas Eve to Boxing Day, New Year's Eve and Day, Epiphany, Good Friday, Easter, 1 May, Ascension
Day, Whit Sunday, the National Day, Midsummer's Eve and Day."""


def is_work_day(day: date) -> bool:
    """Say whether people work on this day."""
    return day.weekday() < 5 and day not in DAYS_OFF


def work_days_after(first: date, last: date) -> int:
    """Count the working days after `first` through `last`, which is not earlier."""
    return sum(is_work_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
