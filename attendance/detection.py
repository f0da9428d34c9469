"""Sees when a pupil's absence crosses a line, and makes one signal of each crossing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from attendance.models import Signal, ThresholdRule
from attendance.pupil_days import DAYS_LEFT_TO_JUDGE
from attendance.thresholds import rule_on
from audit import actions as audit
from schools.calendars import school_calendar
from schools.models import ClassGroup, Enrolment, Protection, Pupil, School

LOCK = "SELECT pg_advisory_xact_lock(hashtext('attendance.detection'))"

# Each school day from the last one judged and onwards is judged by the window that ends on it. The last one is judged
# again, since a correction may have changed it; days whose window is not reported well enough wait for their reports.
# A run is the days since the share was last under the lowest line; within it only a higher line says anything new.
CROSSINGS = f"""
WITH days AS ({DAYS_LEFT_TO_JUDGE}),
rolled AS (
    SELECT pupil_id, day, class_group_id,
           count(*) OVER latest AS school_days, min(day) OVER latest AS window_from,
           sum(offered) OVER latest AS offered, sum(reported) OVER latest AS reported,
           sum(valid) OVER latest AS valid, sum(invalid) OVER latest AS invalid
      FROM days
    WINDOW latest AS (PARTITION BY pupil_id ORDER BY day ROWS BETWEEN %(before)s PRECEDING AND CURRENT ROW)
),
judged AS (
    SELECT rolled.*, COALESCE(evaluation.highest_percent, 0) AS highest,
           COALESCE((SELECT max(line) FROM unnest(%(levels)s::int[]) line
                      WHERE (valid + invalid) * 100 >= line * offered), 0) AS level
      FROM rolled LEFT JOIN attendance_evaluation evaluation USING (pupil_id)
     WHERE school_days > %(before)s AND offered > 0 AND reported * 100 >= %(coverage)s * offered
       AND (evaluation.evaluated_to IS NULL OR day >= evaluation.evaluated_to)
),
runs AS (
    SELECT *, count(*) FILTER (WHERE level = 0) OVER (PARTITION BY pupil_id ORDER BY day) AS run FROM judged
),
peaks AS (
    SELECT *, GREATEST(max(level) OVER earlier, CASE WHEN run = 0 THEN highest ELSE 0 END) AS reached,
           GREATEST(max(level) OVER so_far, CASE WHEN run = 0 THEN highest ELSE 0 END) AS remembered,
           row_number() OVER (PARTITION BY pupil_id ORDER BY day DESC) AS from_last
      FROM runs
    WINDOW so_far AS (PARTITION BY pupil_id, run ORDER BY day),
           earlier AS (PARTITION BY pupil_id, run ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
written AS (
    INSERT INTO attendance_evaluation (pupil_id, evaluated_to, highest_percent)
    SELECT pupil_id, day, remembered FROM peaks WHERE from_last = 1
    ON CONFLICT (pupil_id) DO UPDATE
       SET evaluated_to = EXCLUDED.evaluated_to, highest_percent = EXCLUDED.highest_percent
     WHERE (attendance_evaluation.evaluated_to, attendance_evaluation.highest_percent)
           IS DISTINCT FROM (EXCLUDED.evaluated_to, EXCLUDED.highest_percent)
)
SELECT pupil_id, class_group_id, day, window_from, level, offered, reported, valid, invalid
  FROM peaks
 WHERE level > reached
   AND NOT EXISTS (SELECT 1 FROM attendance_signal old
                    WHERE old.pupil_id = peaks.pupil_id AND old.level_percent = level AND old.crossed_on = day)
 ORDER BY day, pupil_id
"""  # noqa: S608 (the pieces are constants of ours)


@dataclass(frozen=True)
class Crossing:
    """The day a pupil's share reached a line, with the window it was counted over."""

    pupil_id: UUID
    class_group_id: UUID
    day: date
    window_from: date
    level: int
    offered: int
    reported: int
    valid: int
    invalid: int


@transaction.atomic
def detect_signals(pupils: School | Iterable[UUID], *, today: date, at: datetime) -> list[Signal]:
    """Judge every school day since the last one judged, for the pupils of a school or with these ids.

    Returns the new signals, oldest crossing first. Running it again finds nothing new. One statement for all pupils.
    """
    rule = rule_on(today)
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(CROSSINGS, _parameters(rule, _ids(pupils), today))
        crossings = [Crossing(*row) for row in cursor.fetchall()]
    due = _due_days(rule, {crossing.class_group_id for crossing in crossings}, today)
    signals = [_signal(crossing, rule, due[crossing.class_group_id], at) for crossing in crossings]
    Signal.objects.bulk_create(signals)
    for signal in signals:
        audit.record(action="signal seen", target=signal, by=None, at=at, details={"level": signal.level_percent})
    return signals


def _ids(pupils: School | Iterable[UUID]) -> list[UUID]:
    """Return whom to judge; about a protected pupil there are no signals, for there is nobody to read them."""
    if isinstance(pupils, School):
        pupils = Enrolment.objects.filter(class_group__school=pupils).values_list("pupil", flat=True).distinct()
    protected = set(Pupil.objects.exclude(protection=Protection.NONE).values_list("pk", flat=True))
    return [pupil for pupil in pupils if pupil not in protected]


def _parameters(rule: ThresholdRule, pupils: list[UUID], today: date) -> dict[str, Any]:
    return {
        "pupils": pupils,
        "today": today,
        "before": rule.window_school_days - 1,
        "levels": rule.levels_percent,
        "coverage": rule.minimum_coverage_percent,
    }


def _due_days(rule: ThresholdRule, class_group_ids: set[UUID], today: date) -> dict[UUID, date]:
    """Return for each class the last day to answer: counted from the day the school could first know, not earlier."""
    classes = ClassGroup.objects.filter(pk__in=class_group_ids).select_related("school").order_by("pk")
    schools = {group.school_id: group.school for group in classes}
    due = {
        school_id: school_calendar(school, today=today).add_school_days(today, rule.answer_school_days)
        for school_id, school in schools.items()
    }
    return {group.pk: due[group.school_id] for group in classes}


def _signal(crossing: Crossing, rule: ThresholdRule, due_on: date, at: datetime) -> Signal:
    return Signal(
        pk=uuid4(),
        pupil_id=crossing.pupil_id,
        class_group_id=crossing.class_group_id,
        rule=rule,
        level_percent=crossing.level,
        crossed_on=crossing.day,
        window_from=crossing.window_from,
        offered_minutes=crossing.offered,
        reported_minutes=crossing.reported,
        valid_minutes=crossing.valid,
        invalid_minutes=crossing.invalid,
        due_on=due_on,
        created_at=at,
    )
