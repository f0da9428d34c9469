"""Silence: what was due, agreed, and not done. It is an answer of its own, counted, and no answer is never a no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.functional import Promise

from accounts.models import Unit
from deadlines.stockholm import STOCKHOLM, stockholm_day
from deadlines.working_days import is_working_day

from .models import Event, Obligation
from .obligations import KINDS

NOTED_AT = time(8, 0)
"""When the day begins on which it is noted, in Stockholm: on the working day after the last one."""

RECEIPT_RETURNED_FOR = 5
"""Working days a receipt has once it has come back to the unit that owes it; then it is its manager's."""


def is_noted_at(moment: datetime) -> bool:
    """Say whether silence is noted at `moment`: on working days from eight in Stockholm."""
    return is_working_day(stockholm_day(moment)) and moment.astimezone(STOCKHOLM).time() >= NOTED_AT


def silent_on(today: date) -> QuerySet[Obligation]:
    """Return the agreed obligations whose last day has passed on `today` and whose silence is not noted, oldest first.

    Not those on hold, and not the statutory ones: a time that the law sets is passed, and nobody climbs on the merits.
    """
    noted = (
        Event.objects.filter(kind="no_answer", subject=OuterRef("pk"))
        .annotate(noted_for=KT("changes__0__due_on"))
        .filter(noted_for=Cast(OuterRef("due_on"), CharField()))
    )
    return (
        Obligation.objects.overdue(today)
        .filter(~Exists(noted), is_statutory=False, case__closed_at=None)
        .order_by("due_on", "pk")
    )


def silences(first: date, last: date) -> dict[tuple[str, str], int]:
    """Return how often each unit (by id) has been silent about each kind from `first` through `last`.

    The database answers for the units that a manager or coordinator answers for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id, kind, times FROM silences(%s, %s)", [first, last])
        return {(str(unit), kind): times for unit, kind, times in cursor.fetchall()}


@dataclass(frozen=True)
class Silent:
    """How often a unit has let one kind of thing pass without an answer."""

    unit: Unit
    what: str | Promise
    times: int


def silences_by_unit(first: date, last: date) -> list[Silent]:
    """Return the silences from `first` through `last` of the units that the reader answers for, most often first."""
    counted = silences(first, last)
    units = Unit.objects.in_bulk({unit for unit, _kind in counted})
    rows = [Silent(units[UUID(unit)], KINDS[kind].task, times) for (unit, kind), times in counted.items()]
    return sorted(rows, key=lambda row: (-row.times, row.unit.name, str(row.what)))
