"""Reads days and periods: dates, weeks, months, terms and school years, as the systems and Excel write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from deadlines.stockholm import stockholm_day

from .problems import CellProblem

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"

MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "maj": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "okt": 10,
    "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/. ](?P<month>\d\d?)[-/. ](?P<day>\d\d?)", re.ASCII)
EIGHT_DIGITS = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)", re.ASCII)
SWEDISH = re.compile(
    r"(?P<day>\d\d?)(?:[-/.] ?(?P<month>\d\d?)(?: |\. )|[-.](?P<month2>\d\d?)[-.])(?P<year>\d{4})", re.ASCII
)
IN_LETTERS = re.compile(r"(?P<day>\d\d?)[ -.]*(?P<month>[a-zåäö]{3,9})\.?[ -.]*(?P<year>\d{4})")
SLASHED = re.compile(r"(?P<first>\d\d?)/(?P<second>\d\d?)/(?P<year>\d{4})", re.ASCII)
SHORT_YEAR = re.compile(r"\d\d?[-/.]\d\d?[-/. ]\d\d|\d{6}", re.ASCII)
WITHOUT_YEAR = re.compile(r"\d\d?[-/.]\d\d?\.?", re.ASCII)
SERIAL = re.compile(r"(?P<days>[34]\d{4})(?:[.,]\d+)?", re.ASCII)
TIME_AFTER = re.compile(r"[T ] ?\d\d?[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?(?: ?[ap]m)?$", re.IGNORECASE | re.ASCII)
WITH_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
FIRST_SERIAL = date(1899, 12, 30)
"""Day 0 of Excel's serial numbers, as they count from 1 March 1900 on."""

DAYS_BACK = 2 * 366


def day_reader(today: date, order: str = "", *, any_day: bool = False) -> Callable[[str], date]:
    """Return a reader of school days up to and including `today`: 2026-11-30, 20261130, 30/11 2026, 46356.

    With `any_day` also of weekends and days to come: the first and last day of a period.
    """
    earliest = today - timedelta(days=DAYS_BACK)

    def read(text: str) -> date:
        if not text:
            raise CellProblem("date_missing")
        day = read_day(text, order)
        if day > today and not any_day:
            raise CellProblem("date_in_the_future")
        if day < earliest:
            raise CellProblem("date_too_old")
        if day.weekday() > 4 and not any_day:
            raise CellProblem("date_on_a_weekend")
        return day

    return read


def read_day(text: str, order: str = "") -> date:
    """Return the day; of a moment with a zone, the day it was in Stockholm. `order` is how 03/04/2026 is meant."""
    if WITH_ZONE.fullmatch(text):
        try:
            return stockholm_day(datetime.fromisoformat(text))
        except (ValueError, OverflowError):
            raise CellProblem("date_does_not_exist") from None
    bare = TIME_AFTER.sub("", text.strip()).casefold()
    serial = SERIAL.fullmatch(bare)
    if serial is not None:
        return FIRST_SERIAL + timedelta(days=int(serial["days"]))
    year, month, day = _parts(bare, order)
    try:
        return date(year, month, day)
    except ValueError:
        raise CellProblem("date_does_not_exist") from None


def _parts(text: str, order: str) -> tuple[int, int, int]:
    written = YEAR_FIRST.fullmatch(text) or EIGHT_DIGITS.fullmatch(text)
    if written is not None:
        return int(written["year"]), int(written["month"]), int(written["day"])
    written = SWEDISH.fullmatch(text)
    if written is not None:
        return int(written["year"]), int(written["month"] or written["month2"]), int(written["day"])
    written = IN_LETTERS.fullmatch(text)
    if written is not None and written["month"][:3] in MONTHS:
        return int(written["year"]), MONTHS[written["month"][:3]], int(written["day"])
    written = SLASHED.fullmatch(text)
    if written is not None:
        first, second = int(written["first"]), int(written["second"])
        day, month = (second, first) if (order or _only_order(first, second)) == MONTH_FIRST else (first, second)
        return int(written["year"]), month, day
    if SHORT_YEAR.fullmatch(text):
        raise CellProblem("date_short_year")
    if text.startswith("#"):
        raise CellProblem("date_hidden")
    raise CellProblem("date_without_year" if WITHOUT_YEAR.fullmatch(text) else "date_unreadable")


def _only_order(first: int, second: int) -> str:
    """Return the order that 11/30/2026 can only have. Raises CellProblem for 03/04/2026, which nobody has explained."""
    if first > 12:
        return DAY_FIRST
    if second > 12:
        return MONTH_FIRST
    raise CellProblem("date_order_unknown")


class Orders:
    """Gathers whether a column's dates tell which of 03/04/2026 is the day."""

    def __init__(self) -> None:
        self.day_first = self.month_first = self.undecided = False

    def look(self, text: str) -> None:
        """Take in one cell."""
        written = SLASHED.fullmatch(TIME_AFTER.sub("", text.strip()))
        if written is None:
            return
        first, second = int(written["first"]), int(written["second"])
        self.day_first |= first > 12
        self.month_first |= second > 12
        self.undecided |= first <= 12 and second <= 12 and first != second

    @property
    def answer(self) -> str:
        """The order, nothing when the column does not tell or contradicts itself."""
        if self.day_first != self.month_first:
            return DAY_FIRST if self.day_first else MONTH_FIRST
        return ""

    @property
    def must_be_asked(self) -> bool:
        """Whether there are dates that can be read in two ways."""
        return self.undecided and not self.answer


@dataclass(frozen=True)
class SchoolTimes:
    """The terms and school years of a school, for periods that are given by name."""

    terms: list[tuple[date, date]] = field(default_factory=list)
    years: list[tuple[date, date]] = field(default_factory=list)


WEEK, MONTH, TERM, SCHOOL_YEAR, CUSTOM = "week", "month", "term", "school_year", "custom"
Period = tuple[str, date, date]
"""The granularity, the first day and the last day."""

WEEK_OF_YEAR = re.compile(r"(?P<year>\d{4})[- ]?(?:v\.?|w|vecka) ?(?P<week>\d\d?)", re.ASCII)
WEEK_AND_YEAR = re.compile(r"(?:v\.?|w|vecka|week) ?(?P<week>\d\d?)(?:[ ,/-]+(?P<year>\d{4}))?", re.ASCII)
BARE_WEEK = re.compile(r"(?P<week>\d\d?)", re.ASCII)
YEAR_MONTH = re.compile(r"(?P<year>\d{4})[-/. ]?(?P<month>0[1-9]|1[0-2])", re.ASCII)
MONTH_YEAR = re.compile(r"(?P<month>[a-zåäö]{3,9})\.? (?P<year>\d{4})")
TERM_NAME = re.compile(
    r"(?P<term>ht|vt|höstterminen|vårterminen|hösttermin|vårtermin|hösten|våren)[ -]?(?P<year>\d{4}|\d\d)"
)
TERM_LAST = re.compile(r"(?P<year>\d{4})[ -]?(?P<term>ht|vt)")
YEARS = re.compile(r"(?:läsåret|läsår|lå)? ?(?P<first>20\d\d)[/-](?P<second>20\d\d|\d\d)")
SPAN = re.compile(r"(.+?)(?: - |--| till | to | \u2013 |\u2013|(?<=\d)--(?=\d)|\.\.)(.+)")


def period_reader(times: SchoolTimes, today: date, order: str = "") -> Callable[[str], Period]:
    """Return a reader of periods: v.47 · 2026v47 · 2026-11 · november 2026 · HT26 · 2025/26 · two days with a dash."""

    def read(text: str) -> Period:
        if not text:
            raise CellProblem("period_missing")
        try:
            return within(_period(text.casefold().strip(), times, today, order), today)
        except (ValueError, OverflowError):
            raise CellProblem("date_does_not_exist") from None

    return read


def within(period: Period, today: date) -> Period:
    """Return the period when it has begun and is not too old. Raises CellProblem."""
    _granularity, first, last = period
    if last < first:
        raise CellProblem("period_ends_before_it_begins")
    if first > today:
        raise CellProblem("date_in_the_future")
    if last < today - timedelta(days=DAYS_BACK):
        raise CellProblem("date_too_old")
    return period


def _period(text: str, times: SchoolTimes, today: date, order: str) -> Period:
    for read in (_week, _month, _term, _school_year):
        period = read(text, times, today)
        if period is not None:
            return period
    span = SPAN.fullmatch(text)
    if span is not None:
        return CUSTOM, read_day(span[1].strip(), order), read_day(span[2].strip(), order)
    try:
        day = read_day(text, order)
    except CellProblem as problem:
        raise CellProblem("period_unreadable" if problem.code == "date_unreadable" else problem.code) from None
    return CUSTOM, day, day


def _week(text: str, _times: SchoolTimes, today: date) -> Period | None:
    written = WEEK_OF_YEAR.fullmatch(text) or WEEK_AND_YEAR.fullmatch(text) or BARE_WEEK.fullmatch(text)
    if written is None:
        return None
    week, year = int(written["week"]), written.groupdict().get("year")
    try:
        # A week without a year is the latest that has begun.
        monday = date.fromisocalendar(int(year or today.year), week, 1)
        if year is None and monday > today:
            monday = date.fromisocalendar(today.year - 1, week, 1)
    except ValueError:
        raise CellProblem("week_does_not_exist") from None
    return WEEK, monday, monday + timedelta(days=6)


def _month(text: str, _times: SchoolTimes, _today: date) -> Period | None:
    written = YEAR_MONTH.fullmatch(text) or MONTH_YEAR.fullmatch(text)
    if written is None:
        return None
    month = int(written["month"]) if written["month"].isdigit() else MONTHS.get(written["month"][:3], 0)
    if not month:
        return None
    first = date(int(written["year"]), month, 1)
    return MONTH, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _term(text: str, times: SchoolTimes, _today: date) -> Period | None:
    written = TERM_NAME.fullmatch(text) or TERM_LAST.fullmatch(text)
    if written is None:
        return None
    year = int(written["year"]) % 100 + 2000
    is_autumn = written["term"].startswith("h")
    for first, last in times.terms:
        if first.year == year and (first.month >= 7) == is_autumn:
            return TERM, first, last
    raise CellProblem("period_not_in_the_calendar")


def _school_year(text: str, times: SchoolTimes, _today: date) -> Period | None:
    written = YEARS.fullmatch(text)
    if written is None or int(written["second"]) % 100 != (int(written["first"]) + 1) % 100:
        return None
    for first, last in times.years:
        if first.year == int(written["first"]):
            return SCHOOL_YEAR, first, last
    raise CellProblem("period_not_in_the_calendar")
