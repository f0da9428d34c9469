"""What other lines would have given: the same computation as detection's, as one question that stores nothing.

Detection's statements fill temporary tables one after another; here they are the parts of one statement. Where they ask
what has been judged, remembered and signalled before, they meet an empty table of the same name, and for the rules they
meet those that are tried.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from schools.models import Enrolment, School

from . import crossings, windows
from .lines import Key, Standing, lines_with
from .models import ThresholdRule
from .thresholds import lines_of

WEEK = timedelta(days=6)
SETTLES = timedelta(days=56)
"""How long before the week in question days are judged: who was above a line all along crosses nothing in that week."""

BUDGET = 5
"""New signals that a mentor can answer in a week; more than that are not answered (screens.md (b))."""

EMPTY = """
attendance_judgedclass AS (SELECT NULL::uuid AS class_group_id, NULL::date AS judged_to WHERE false),
attendance_evaluation AS (
    SELECT NULL::uuid AS pupil_id, NULL::date AS evaluated_to, NULL::jsonb AS reached WHERE false),
attendance_signal AS (SELECT NULL::uuid AS pupil_id, NULL::text AS kind, NULL::text AS unit, NULL::int AS school_days,
                             NULL::int AS level, NULL::date AS crossed_on WHERE false),
attendance_thresholdrule AS (
    SELECT * FROM jsonb_to_recordset(%(rules)s::jsonb) AS rule (
        id bigint, version int, valid_from date, provider_id uuid, school_form text, school_id uuid,
        based_on_id bigint, minimum_coverage_percent int)
)
"""
CREATED = re.compile(r"\s*CREATE TEMPORARY TABLE (\w+) ON COMMIT DROP AS\s+(.*)", re.DOTALL)


@dataclass(frozen=True)
class Outcome:
    """How many signals, and about how many pupils, lines would have given from `first` to `last`, both included."""

    first: date
    last: date
    signals: int
    pupils: int
    mentors: int

    @property
    def per_mentor(self) -> float:
        """Pupils with something new for each mentor of the school."""
        return self.pupils / max(1, self.mentors)

    @property
    def is_too_many(self) -> bool:
        """Say whether that is more than mentors can answer."""
        return self.per_mentor > BUDGET


def signals_with(
    school: School, standing: list[Standing], changes: Mapping[Key, list[int]] | None, *, last: date, mentors: int
) -> Outcome:
    """Return what the week up to `last` would have given with `changes` to the provider's lines; None: what applies."""
    rules = [_tried(one, changes) for one in standing]
    pupils = Enrolment.objects.filter(class_group__school=school).values_list("pupil", flat=True).distinct()
    crossed = [row for row in _crossed(list(pupils), rules, last) if last - WEEK <= row[2] <= last]
    return Outcome(last - WEEK, last, len(crossed), len({row[0] for row in crossed}), mentors)


def _tried(one: Standing, changes: Mapping[Key, list[int]] | None) -> ThresholdRule:
    """Return the provider's rule, not to be saved, with other lines."""
    lines = one.rule.lines if changes is None else lines_with(one.base, dict(changes))
    return ThresholdRule(
        pk=one.base.pk,
        version=one.base.version,
        valid_from=one.base.valid_from,
        provider=one.base.provider,
        school_form=one.base.school_form,
        lines=lines,
        minimum_coverage_percent=one.base.minimum_coverage_percent,
    )


@transaction.atomic
def _crossed(pupils: list[Any], rules: list[ThresholdRule], today: date) -> list[tuple[Any, ...]]:
    judge_from = today - WEEK - SETTLES
    since = judge_from - windows.REACH
    lines, low = lines_of(rules)
    told: dict[str, Any] = {
        "pupils": pupils,
        "today": today,
        "judge_from": judge_from,
        "since": since,
        "monday": since - timedelta(days=since.weekday()),
        "lessons_since": judge_from - timedelta(days=120),
        "first_rule": min(rule.valid_from for rule in rules),
        "lines": lines,
        "low": low,
        "rules": json.dumps([_row(rule) for rule in rules]),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        cursor.execute(QUESTION, told)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT; SET LOCAL jit TO DEFAULT")
    return found


def _row(rule: ThresholdRule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "version": rule.version,
        "valid_from": rule.valid_from.isoformat(),
        "provider_id": str(rule.provider_id) if rule.provider_id else None,
        "school_form": rule.school_form,
        "school_id": None,
        "based_on_id": None,
        "minimum_coverage_percent": rule.minimum_coverage_percent,
    }


def _part(statement: str) -> str:
    """Return a statement that fills a temporary table as a part of one question."""
    created = CREATED.fullmatch(statement)
    if created is None:
        raise ValueError("The statement fills no temporary table.")
    return f"{created[1]} AS MATERIALIZED ({created[2]})"


def _question() -> str:
    mine = "pupil_id = ANY(%(pupils)s)"
    parts = [
        windows.OWN.format(chosen=mine),
        windows.PLACES.format(chosen=f"enrolment.{mine}"),
        windows.CALENDARS,
        windows.PUPILS,
        windows.DAYS,
        windows.JUDGED.format(rule=windows.RULE_OF_CLASS),
        windows.FACTS,
        windows.ROWS,
        windows.LESSONS,
        crossings.WHO_IS_NEAR,
        crossings.LEVELS,
    ]
    peaks = crossings.PEAKS.strip().removeprefix("WITH ")
    return "WITH " + ", ".join([EMPTY, *map(_part, parts), peaks]) + crossings.NEW


QUESTION = _question()
