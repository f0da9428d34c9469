"""The day a moment belongs to: days begin and end at midnight in Stockholm."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def stockholm_day(at: datetime) -> date:
    """Return the date in Stockholm at the moment `at`.

    Raises ValueError for a moment without time zone: guessing one would move due dates by a day near midnight.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone before it belongs to a day.")
    return at.astimezone(STOCKHOLM).date()
