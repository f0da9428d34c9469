"""A school makes its lines stricter: a new version from a later day; no version is changed and no signal recalled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Membership
from audit import actions as audit
from deadlines.stockholm import stockholm_day
from schools.models import School

from .access import may_set_lines
from .actions import NotAllowed, ReasonIsMissing
from .lines import Key, is_at_least_as_strict, key_of_line, levels_in, lines_with, standing_lines
from .models import ThresholdRule
from .thresholds import check_lines

LOCK = "SELECT pg_advisory_xact_lock(hashtext('attendance.lines'))"


class TooLax(Exception):
    """A line would give fewer signals than the provider's; `key` says which."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class TooEarly(Exception):
    """Lines apply from tomorrow at the earliest: what has been judged stays as it was."""


class NothingToChange(Exception):
    """The school has no class that any rule applies to."""


@transaction.atomic
def set_lines(
    *, school: School, levels: Mapping[Key, list[int]], valid_from: date, reason: str, by: Membership, at: datetime
) -> list[ThresholdRule]:
    """Add the school's own version of the lines that apply on `valid_from`: one for each rule that it makes stricter.

    The provider's own levels are the way back to its lines. Raises NotAllowed, ReasonIsMissing, TooEarly, TooLax,
    NothingToChange, and ValidationError for levels that no line can have.
    """
    _check_may_set(school, valid_from, reason, by, at)
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    standing = standing_lines(school, valid_from)
    if not standing:
        raise NothingToChange
    version = ThresholdRule.objects.aggregate(last=Max("version"))["last"] or 0
    made = []
    for place, one in enumerate(standing, start=1):
        lines = lines_with(one.base, {key: list(wanted) for key, wanted in levels.items()})
        check_lines(lines)
        _check_strict(one.base, {key_of_line(line): line["levels"] for line in lines})
        told = {"version": version + place, "valid_from": valid_from, "lines": lines, "reason": reason}
        made.append(_version_of(one.base, school=school, set_by=by, set_at=at, **told))
    for rule in made:
        details = {"version": rule.version, "from": valid_from.isoformat(), "based_on": rule.based_on_id}
        audit.record(action="lines set", target=rule, by=by, at=at, details=details)
    return made


def _check_may_set(school: School, valid_from: date, reason: str, by: Membership, at: datetime) -> None:
    if not may_set_lines(by, school):
        raise NotAllowed
    if not reason.strip():
        raise ReasonIsMissing
    if valid_from <= stockholm_day(at):
        raise TooEarly


def _version_of(base: ThresholdRule, **told: Any) -> ThresholdRule:
    """Store a version of `base`: what `told` does not say is as there."""
    return ThresholdRule.objects.create(
        based_on=base,
        provider=base.provider,
        school_form=base.school_form,
        minimum_coverage_percent=base.minimum_coverage_percent,
        answer_school_days=base.answer_school_days,
        **told,
    )


def _check_strict(base: ThresholdRule, levels: dict[Key, list[int]]) -> None:
    for key, least in levels_in([base]).items():
        if not is_at_least_as_strict(levels[key], least):
            raise TooLax(key)
