"""Reads one cell: a day, a time, minutes, a kind. What cannot be read is refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from attendance.models import LessonAbsence

from .problems import CellProblem

Kind = LessonAbsence.Kind
PRESENT, UNREPORTED = "present", "unreported"
KINDS = {
    PRESENT: "närvarande närvaro present n",
    Kind.VALID.value: "giltigfrånvaro giltig anmäldfrånvaro anmäld ledig ledighet gf valid validabsence",
    Kind.INVALID.value: "ogiltigfrånvaro ogiltig oanmäldfrånvaro oanmäld of f invalid invalidabsence",
    Kind.OTHER.value: "annanskolaktivitet annanaktivitet skolaktivitet other otherschoolactivity otherattendance",
    Kind.LATE.value: "senankomst sen försent sent late latearrival",
    UNREPORTED: "ejrapporterad ejregistrerad oregistrerad orapporterad unreported notreported",
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}

YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)")
EIGHT_DIGITS = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
DAY_FIRST = re.compile(r"(?P<day>\d\d?)[-/.](?P<month>\d\d?)[-/. ] ?(?P<year>\d{4})")
SHORT_YEAR = re.compile(r"\d\d?[-/.]\d\d?[-/. ]\d\d|\d{6}")
CLOCK = re.compile(r"(?P<hour>\d\d?)[:.]?(?P<minute>\d\d)(?:[:.]\d\d)?")
TIME_AFTER = re.compile(r"[T ]\d\d?[:.]\d\d(?:[:.]\d\d)?$")
SPENT = re.compile(r"(?P<hours>\d+)(?::| ?h ?)(?P<minutes>\d\d?)(?: ?min)?")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
NO_NUMBER = {"", "-", ".", ".."}
SUBJECT_LENGTH = 40
MINUTES_IN_A_DAY = 24 * 60
DAYS_BACK = 2 * 366


class Memory(dict[str, Any]):
    """Remembers what a reader made of each text, so that a date is read once and not on every row."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> Any:
        value = self.read(text.strip())
        self[text] = value
        return value


def day_reader(today: date) -> Callable[[str], date]:
    """Return a reader of school days up to and including `today`: 2026-11-30, 20261130, 30/11 2026."""
    earliest = today - timedelta(days=DAYS_BACK)

    def read(text: str) -> date:
        if not text:
            raise CellProblem("date_missing")
        day = _day(TIME_AFTER.sub("", text))
        if day > today:
            raise CellProblem("date_in_the_future")
        if day < earliest:
            raise CellProblem("date_too_old")
        if day.weekday() > 4:
            raise CellProblem("date_on_a_weekend")
        return day

    return read


def _day(text: str) -> date:
    written = YEAR_FIRST.fullmatch(text) or EIGHT_DIGITS.fullmatch(text) or DAY_FIRST.fullmatch(text)
    if written is None:
        raise CellProblem("date_short_year" if SHORT_YEAR.fullmatch(text) else "date_unreadable")
    try:
        return date(int(written["year"]), int(written["month"]), int(written["day"]))
    except ValueError:
        raise CellProblem("date_does_not_exist") from None


def read_time(text: str) -> time:
    """Return the time of day: 08:10, 8.10, 0810, 08:10:00, also after a date."""
    if not text:
        raise CellProblem("time_missing")
    written = CLOCK.fullmatch(text.split()[-1].split("T")[-1])
    if written is None or int(written["hour"]) > 23 or int(written["minute"]) > 59:
        raise CellProblem("time_unreadable")
    return time(int(written["hour"]), int(written["minute"]))


def minutes_reader(*, in_hours: bool = False, most: int = MINUTES_IN_A_DAY) -> Callable[[str], int]:
    """Return a reader of minutes: 40, 40,0, 1:20, 1 h 20 min; hours with decimals when the column is in hours."""

    def read(text: str) -> int:
        minutes = _minutes(text.replace("\u00a0", "").removesuffix("min").strip(), 60 if in_hours else 1)
        if minutes < 0:
            raise CellProblem("number_negative")
        if minutes > most:
            raise CellProblem("number_too_large", most=most)
        return minutes

    return read


def _minutes(text: str, factor: int) -> int:
    if text in NO_NUMBER:
        raise CellProblem("number_missing")
    if NUMBER.fullmatch(text):
        return round(float(text.replace(",", ".")) * factor)
    spent = SPENT.fullmatch(text)
    if spent is None:
        raise CellProblem("number_unreadable")
    return int(spent["hours"]) * 60 + int(spent["minutes"])


def read_kind(text: str) -> str:
    """Return the kind of attendance: a kind of absence, PRESENT or UNREPORTED."""
    if not text:
        raise CellProblem("kind_missing")
    kind = KIND_OF.get(re.sub(r"[^a-zåäö]", "", text.casefold()))
    if kind is None:
        raise CellProblem("kind_unknown")
    return kind


def read_subject(text: str) -> str:
    """Return the subject, at most 40 characters."""
    if len(text) > SUBJECT_LENGTH:
        raise CellProblem("subject_too_long", most=SUBJECT_LENGTH)
    return text
