"""Sees when a pupil's absence crosses a line, and makes one signal of each crossing.

The figures are computed in attendance/windows.py and compared with the lines in attendance/crossings.py, for all pupils
in the same few statements. Each school day is judged once, by the windows that end on it; the last one again, since a
correction may have changed it. Two detections never work at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from audit import actions as audit
from schools.calendars import school_calendar
from schools.models import ClassGroup, Enrolment, School

from .crossings import CLEAR as CLEAR_CROSSINGS
from .crossings import cross, facts_of
from .models import Signal, ThresholdRule
from .thresholds import lines_of
from .windows import CLEAR as CLEAR_WINDOWS
from .windows import compute_windows

LOCK = "SELECT pg_advisory_xact_lock(hashtext('attendance.detection'))"
MEMORY = "SET LOCAL work_mem = '256MB'; SET LOCAL jit = off"
"""For each sorting and comparing: enough for a city's days without the disk."""


@dataclass(frozen=True)
class Crossing:
    """The day a pupil's figure reached a line."""

    pupil_id: UUID
    class_group_id: UUID
    day: date
    kind: str
    unit: str
    school_days: int
    level: int
    rule_id: int


@transaction.atomic
def detect_signals(pupils: School | Iterable[UUID] | None, *, today: date, at: datetime) -> list[Signal]:
    """Judge every school day that is not judged yet, for the pupils of a school, with these ids, or all when None.

    Returns the new signals, oldest crossing first. Running it again finds nothing new.
    """
    rules = {rule.pk: rule for rule in ThresholdRule.objects.all()}
    if not rules:
        return []
    lines, low = lines_of(rules.values())
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(MEMORY)
        first_rule = min(rule.valid_from for rule in rules.values())
        compute_windows(cursor, pupils=_ids(pupils), today=today, first_rule=first_rule)
        crossed = cross(cursor, lines, low)
        facts = facts_of(cursor, crossed) if crossed else {}
        cursor.execute(CLEAR_CROSSINGS)
        cursor.execute(CLEAR_WINDOWS)
    crossings = [Crossing(*row) for row in crossed]
    due = _due_days(rules, crossings, today)
    signals = [
        _signal(one, facts[one.pupil_id, one.day], due[one.rule_id, one.class_group_id], at) for one in crossings
    ]
    Signal.objects.bulk_create(signals, batch_size=1000)
    seen = ((signal, {"kind": signal.kind, "level": signal.level}) for signal in signals)
    audit.record_all(action="signal seen", entries=seen, by=None, at=at)
    return signals


def _ids(pupils: School | Iterable[UUID] | None) -> list[UUID] | None:
    """Return whom to judge, None for all. About protected pupils there are no signals: nobody is there to read them."""
    if isinstance(pupils, School):
        return list(Enrolment.objects.filter(class_group__school=pupils).values_list("pupil", flat=True).distinct())
    return None if pupils is None else list(pupils)


def _due_days(rules: dict[int, ThresholdRule], crossings: list[Crossing], today: date) -> dict[tuple[int, UUID], date]:
    """Return for each rule and class the last day to answer, counted from the day the school could first know."""
    groups = ClassGroup.objects.select_related("school").in_bulk({one.class_group_id for one in crossings})
    schools = {group.school_id: group.school for group in groups.values()}
    calendars = {key: school_calendar(school, today=today) for key, school in schools.items()}
    return {
        (rule, group): calendars[groups[group].school_id].add_school_days(today, rules[rule].answer_school_days)
        for rule, group in {(one.rule_id, one.class_group_id) for one in crossings}
    }


def _signal(crossing: Crossing, facts: dict[str, Any], due_on: date, at: datetime) -> Signal:
    window = crossing.school_days or 20
    return Signal(
        pk=uuid4(),
        pupil_id=crossing.pupil_id,
        class_group_id=crossing.class_group_id,
        rule_id=crossing.rule_id,
        kind=crossing.kind,
        unit=crossing.unit,
        school_days=crossing.school_days,
        level=crossing.level,
        facts=facts,
        crossed_on=crossing.day,
        window_from=date.fromisoformat(facts[f"from_{window}"]),
        offered_minutes=facts[f"offered_{window}"],
        reported_minutes=facts[f"reported_{window}"],
        valid_minutes=facts[f"valid_{window}"],
        invalid_minutes=facts[f"invalid_{window}"],
        due_on=due_on,
        created_at=at,
    )
