"""Takes in lessons and what was reported of them. Why somebody was away is never taken in: it can be about health."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deadlines.stockholm import STOCKHOLM

from .rows import BadRow, check_open, id_of, reference, time_of

NOT_REPORTED_KINDS = {"Läraraktivitet", "Övrigt"}
"""Activities in which no attendance is reported. A kind that we do not know may be, so it is kept."""

LONGEST = 24 * 60
LEAVE = "Beviljad ledighet"
UNREPORTED, PRESENT = "unreported", "present"


@dataclass
class Lesson:
    """A dated lesson; `lengths` are those of pupils for whom it differs, None for one who does not take part."""

    id: str
    starts: datetime
    minutes: int
    subject: str = ""
    activity: str = ""
    lengths: dict[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What was reported of one pupil in one lesson, in minutes; `is_known` is false where nothing was."""

    lesson: str
    student: str
    is_known: bool
    present: int = 0
    valid: int = 0
    invalid: int = 0
    other: int = 0


@dataclass(frozen=True)
class Leave:
    """Leave that was granted before the lesson."""

    student: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Part:
    """A part of a lesson as it is staged: how much was offered, and how much of it was missed in which way."""

    starts: datetime
    length: int
    minutes: int
    kind: str


def lesson(row: Any) -> Lesson | None:
    """Read a lesson, None for one that was cancelled or is not reported. Raises BadRow and SourceError."""
    source_id = id_of(row, kind="calendarEvents")
    embedded = row.get("_embedded") if isinstance(row.get("_embedded"), dict) else {}
    activity = embedded.get("activity") if isinstance(embedded.get("activity"), dict) else row.get("activity")
    if row.get("cancelled") is True or (
        isinstance(activity, dict) and activity.get("activityType") in NOT_REPORTED_KINDS
    ):
        return None
    starts, ends = time_of(row.get("startTime")), time_of(row.get("endTime"))
    if starts is None or ends is None:
        raise BadRow
    minutes = minutes_of(row.get("teachingLengthStudent")) or round((ends - starts).total_seconds() / 60)
    if not 0 < minutes <= LONGEST:
        raise BadRow
    name = activity.get("displayName") if isinstance(activity, dict) else None
    return Lesson(
        id=source_id,
        starts=starts.astimezone(STOCKHOLM),
        minutes=minutes,
        subject=" ".join(name.split())[:40] if isinstance(name, str) else "",
        activity=reference(row.get("activity")),
        lengths=dict(_exceptions(row)),
    )


def report(row: Any, of_lesson: str = "") -> Report:
    """Read what was reported. Raises ProtectedPerson, BadRow and SourceError.

    Not reported, or reported with no minutes at all, is unknown. One number given makes the others nought. A negative
    one makes the row bad.
    """
    id_of(row, kind="attendances")
    who = row.get("student")
    check_open(who if isinstance(who, dict) else {}, unmarked_is_open=True, is_reference=True)
    student, at = reference(who), reference(row.get("calendarEvent")) or of_lesson
    if not student or not at:
        raise BadRow
    names = ("attendanceMinutes", "validAbsenceMinutes", "invalidAbsenceMinutes", "otherAttendanceMinutes")
    told = [minutes_of(row.get(name)) for name in names]
    if row.get("isReported") is not True or all(minutes is None for minutes in told):
        return Report(at, student, is_known=False)
    return Report(at, student, True, *(minutes or 0 for minutes in told))


def leave(row: Any) -> Leave | None:
    """Read a granted leave, None for what is only announced. Raises ProtectedPerson, BadRow and SourceError."""
    id_of(row, kind="absences")
    who = row.get("student")
    check_open(who if isinstance(who, dict) else {}, unmarked_is_open=True, is_reference=True)
    if row.get("type") != LEAVE:
        return None
    starts, ends = time_of(row.get("startTime")), time_of(row.get("endTime"))
    if not reference(who) or starts is None or ends is None:
        raise BadRow
    return Leave(reference(who), starts, ends)


def parts_of(told: Report, at: Lesson, leaves: Iterable[Leave] = ()) -> list[Part]:
    """Return the parts of the lesson for one pupil: none for one who does not take part in it.

    A lesson missed in two ways has two parts, one after the other. Minutes beyond the lesson's length lengthen it.
    """
    length = at.lengths.get(told.student, at.minutes)
    if length is None:
        return []
    if not told.is_known:
        ends = at.starts + timedelta(minutes=length)
        if any(one.starts <= at.starts and ends <= one.ends for one in leaves):
            return [Part(at.starts, length, length, "valid")]
        return [Part(at.starts, length, 0, UNREPORTED)]
    away = [(kind, minutes) for kind, minutes in
            (("valid", told.valid), ("invalid", told.invalid), ("other", told.other)) if minutes]  # fmt: skip
    if not away:
        return [Part(at.starts, length, 0, PRESENT)]
    length = max(length, sum(minutes for _kind, minutes in away))
    (first, missed), *rest = away
    first_length = length - sum(minutes for _kind, minutes in rest)
    parts = [Part(at.starts, first_length, missed, first)]
    offset = first_length
    for kind, minutes in rest:
        parts.append(Part(at.starts + timedelta(minutes=offset), minutes, minutes, kind))
        offset += minutes
    return parts


def fits(told: Report, at: Lesson) -> bool:
    """Say whether the minutes add up to the lesson."""
    length = at.lengths.get(told.student, at.minutes)
    return length is None or not told.is_known or told.present + told.valid + told.invalid + told.other == length


def _exceptions(row: dict[str, Any]) -> Iterator[tuple[str, int | None]]:
    told = row.get("studentExceptions")
    for one in told if isinstance(told, list) else []:
        student = reference(one.get("student")) if isinstance(one, dict) else ""
        if not student:
            continue
        if one.get("participates") is False:
            yield student, None
            continue
        starts, ends = time_of(one.get("startTime")), time_of(one.get("endTime"))
        minutes = minutes_of(one.get("teachingLength"))
        if not minutes and starts and ends:
            minutes = round((ends - starts).total_seconds() / 60)
        if minutes and minutes <= LONGEST:
            yield student, minutes


def minutes_of(value: Any) -> int | None:
    """Return whole minutes, None where nothing is said. Raises BadRow for what is negative or no number."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadRow
    try:
        minutes = round(float(value))
    except (ValueError, OverflowError) as error:
        raise BadRow from error
    if not 0 <= minutes <= 100_000:
        raise BadRow
    return minutes
