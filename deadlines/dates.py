"""Reading a day that a person has typed, as people write days in Sweden."""

import re
from datetime import date

WHOLE = re.compile(r"(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})")
DAY_AND_MONTH = re.compile(r"(\d{1,2})\s*[/.]\s*(\d{1,2})(?:\s*[/.\- ]\s*(\d{4}))?")
DAY_AND_NAME = re.compile(r"(\d{1,2})[.:]?(?:a|e|st|nd|rd|th)?\s+([a-zåäö]+)\.?(?:\s+(\d{4}))?")

# The first letters that tell the months apart, Swedish and English: May is written in both ways.
MONTHS = ["jan", "feb", "mar", "apr", "ma[jy]", "jun", "jul", "aug", "sep", "o[kc]t", "nov", "dec"]


def parse_day(text: str, today: date) -> date | None:
    """Return the day written as "2026-12-04", "4/12" or "4 dec"; None when it is no day.

    A day without a year is the one nearest to `today`: in November "7 jan" is next year's, "30 okt" this year's.
    """
    written = text.strip().lower()
    if match := WHOLE.fullmatch(written):
        year, month, day = (int(part) for part in match.groups())
        return _day(year, month, day)
    if match := DAY_AND_MONTH.fullmatch(written):
        return _with_year(match[3], int(match[2]), int(match[1]), today)
    if match := DAY_AND_NAME.fullmatch(written):
        named = _month(match[2])
        return _with_year(match[3], named, int(match[1]), today) if named else None
    return None


def _month(name: str) -> int | None:
    """Return the number of a month by its name or the beginning of it."""
    for number, start in enumerate(MONTHS, 1):
        if re.match(start, name):
            return number
    return None


def _with_year(year: str | None, month: int, day: int, today: date) -> date | None:
    if year:
        return _day(int(year), month, day)
    near = [found for found in (_day(today.year + step, month, day) for step in (-1, 0, 1)) if found]
    return min(near, key=lambda found: abs((found - today).days), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
