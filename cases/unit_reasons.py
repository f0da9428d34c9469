"""The reasons for a no that a unit chooses among: the register's, without those it has hidden."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from accounts.models import Unit
from socialservices.models import ReasonCode

from .models import UnitReason

KEPT_REASONS = frozenset(
    {"GUARDIAN_NO_CONSENT", "ONE_GUARDIAN_REFUSES", "FAMILY_WITHDREW", "ONGOING_INVESTIGATION", "OTHER"}
)
"""Reasons that no unit can hide. The first four name a fact with a duty of its own in law (law.md 6.1: age rules and
FB 6:13 a, reassessing the duty to report, the running clock); without the last, what fits none is said untruly."""

FEWEST_REASONS = 3
"""How many reasons a list has at least: a unit that can say only one thing says nothing."""


def hidden_codes(unit: Unit, on: date) -> set[str]:
    """Return the codes that the list of `unit` leaves out on `on`: one query."""
    latest = UnitReason.objects.filter(unit=unit).come(on).order_by("code", "-valid_from", "-changed_at", "-pk")
    return {one.code for one in latest.distinct("code") if one.is_hidden}


def reasons_of(unit: Unit, on: date) -> QuerySet[ReasonCode]:
    """Return the reasons with which `unit` says no on `on`."""
    return ReasonCode.objects.for_declining(on).exclude(code__in=hidden_codes(unit, on))
