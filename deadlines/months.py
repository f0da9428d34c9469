"""Adding months to a date, as periods in law are counted."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """Return the day with the same number `months` later, or that month's last day where it has no such number.

    Source: lag (1930:173) om beräkning av lagstadgad tid, 1 §; used for the four months of SoL (2025:400) 20:3.
    """
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
