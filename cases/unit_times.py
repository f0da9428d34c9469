"""How long a unit has for what it must do: its own time where it has set one, else the kind's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from accounts.models import Unit
from accounts.roles import UnitKind

from .models import UnitTime
from .obligations import KINDS, OF_REPORTS, PLACE, Kind

ASK = "SELECT unit_days(%s, %s, %s)"
"""A number and no more: who is given a time by another unit may not read why that unit has set it."""

HAVE_TIMES = frozenset({UnitKind.SCHOOL, UnitKind.TEAM, UnitKind.INTAKE})
"""Units that work with cases, and so have times of their own; areas and the city oversee."""


def days_of(kind: str, unit: Unit, on: date) -> int | None:
    """Return the time that `unit` has set for `kind` and that applies on `on`; None where it has set none."""
    if not KINDS[kind].longest:
        return None
    with connection.cursor() as cursor:
        cursor.execute(ASK, [unit.pk, kind, on])
        (days,) = cursor.fetchone()
    return days


def due_on(kind: str, unit: Unit, started_on: date) -> date:
    """Return the last day for `unit` to do what starts on `started_on`: one query."""
    return KINDS[kind].due_on(started_on, days_of(kind, unit, started_on))


@dataclass(frozen=True)
class OwnTimes:
    """What one unit has set, the latest day first: for clocks that are worked out and not written down."""

    settled: tuple[UnitTime, ...] = ()

    def days_of(self, kind: str, on: date) -> int | None:
        """Return the time for `kind` that applied on `on`; None where the unit had set none."""
        return next((one.days for one in self.settled if one.kind == kind and one.valid_from <= on), None)


def times_for_reports(units: Iterable[UUID]) -> dict[UUID, OwnTimes]:
    """Return what each of the intake offices has set for its clocks of concern reports: one query."""
    wanted = set(units)
    settled: dict[UUID, list[UnitTime]] = {unit: [] for unit in wanted}
    found = UnitTime.objects.filter(unit__in=wanted, kind__in=OF_REPORTS)
    for one in found.order_by("-valid_from", "-changed_at", "-pk"):
        settled[one.unit_id].append(one)
    return {unit: OwnTimes(tuple(ours)) for unit, ours in settled.items()}


def kinds_of(unit: Unit) -> list[Kind]:
    """Return the kinds with a time of their own that `unit` can hold, also those that it cannot change."""
    if unit.kind not in HAVE_TIMES:
        return []
    return [kind for kind in KINDS.values() if kind.days is not None and _can_hold(unit, kind)]


def _can_hold(unit: Unit, kind: Kind) -> bool:
    is_on_side = kind.side is None or kind.side == unit.side
    return is_on_side and kind.code != PLACE and (kind.code not in OF_REPORTS or unit.kind == UnitKind.INTAKE)
