"""Reads one cell: a time, a kind, a subject. What cannot be read is refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from attendance.models import LessonAbsence
from deadlines.stockholm import STOCKHOLM

from .days import WITH_ZONE
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

SERIAL = re.compile(r"(?:\d{5}|0)[.,](?P<fraction>\d|\d{3,})", re.ASCII)
"""How Excel keeps a time: as a part of a day, alone or after the day's number."""

CLOCK = re.compile(r"(?P<hour>\d\d?)[:.]?(?P<minute>\d\d)(?:[:.]\d\d(?:[.,]\d+)?)?", re.ASCII)
SUBJECT_LENGTH = 40


class Memory(dict[str, Any]):
    """Remembers what a reader made of each text, so that a date is read once and not on every row."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> Any:
        value = self.read(text.strip())
        self[text] = value
        return value


def read_time(text: str) -> time:
    """Return the time of day: 08:10, 8.10, 0810, 08:10:00, also after a date."""
    if not text:
        raise CellProblem("time_missing")
    if WITH_ZONE.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(STOCKHOLM).time().replace(second=0, microsecond=0)
        except (ValueError, OverflowError):
            raise CellProblem("time_unreadable") from None
    serial = SERIAL.fullmatch(text)
    if serial is not None:
        minutes = round(float("0." + serial["fraction"]) * 24 * 60)
        return time(minutes // 60 % 24, minutes % 60)
    written = CLOCK.fullmatch(text.split()[-1].split("T")[-1])
    if written is None or int(written["hour"]) > 23 or int(written["minute"]) > 59:
        raise CellProblem("time_unreadable")
    return time(int(written["hour"]), int(written["minute"]))


def is_kind(text: str) -> bool:
    """Say whether the text names a kind of attendance."""
    return _letters(text) in KIND_OF


def read_kind(text: str) -> str:
    """Return the kind of attendance: a kind of absence, PRESENT or UNREPORTED."""
    if not text:
        raise CellProblem("kind_missing")
    kind = KIND_OF.get(_letters(text))
    if kind is None:
        raise CellProblem("kind_unknown")
    return kind


def read_subject(text: str) -> str:
    """Return the subject, at most 40 characters."""
    if len(text) > SUBJECT_LENGTH:
        raise CellProblem("subject_too_long", most=SUBJECT_LENGTH)
    return text


def _letters(text: str) -> str:
    return re.sub(r"[^a-zåäö]", "", text.casefold())
