"""What the rules need to know about readings: who the reader and the pupil are to each other, when it happened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Unit
from accounts.roles import Role, UnitKind
from audit.models import AccessRecord
from deadlines.stockholm import stockholm_day

from .rules import Facts


@dataclass(frozen=True)
class Span:
    """A unit that had to do with a pupil for a time, first and last day included, and there the pupil's mentors."""

    unit: UUID
    start: date
    end: date | None
    mentors: frozenset[UUID] = frozenset()

    def holds(self, day: date) -> bool:
        """Say whether a day lies within."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class About:
    """One pupil: names, the schools and the parties of cases in their time, and who has logged a concern."""

    name: str
    is_protected: bool
    guardians: frozenset[str]
    spans: list[Span]
    told_by: frozenset[UUID]
    named: frozenset[UUID]
    claims: list[tuple[UUID, datetime, datetime]]

    def has_claimed(self, member: UUID | None, at: datetime) -> bool:
        """Say whether a member read by a claimed link at a moment."""
        return any(who == member and start <= at < end for who, start, end in self.claims)

    def at(self, day: date) -> list[Span]:
        """Return what counted on a day."""
        return [span for span in self.spans if span.holds(day)]


def facts_of(records: Iterable[AccessRecord]) -> Iterator[tuple[AccessRecord, UUID, Facts]]:
    """Give the facts of each pupil in each reading. Give records with `user` fetched; a fixed number of queries."""
    records = list(records)
    pupils = relations_of({pupil for record in records for pupil in record.pupils})
    parents = dict(Unit.objects.values_list("pk", "parent"))
    city = set(Unit.objects.filter(kind=UnitKind.CITY).values_list("pk", flat=True))
    for record in records:
        for pupil in record.pupils:
            if pupil in pupils:
                yield record, pupil, _facts(record, pupils[pupil], parents, city)


def _facts(record: AccessRecord, pupil: About, parents: dict[UUID, UUID | None], city: set[UUID]) -> Facts:
    spans = pupil.at(stockholm_day(record.at))
    near = {unit for span in spans for unit in _upwards(span.unit, parents)}
    oversees = record.role == Role.COORDINATOR and record.unit_id in city
    is_named = record.membership_id in pupil.told_by | pupil.named
    is_claimed = pupil.has_claimed(record.membership_id, record.at)
    is_of_own_unit = record.unit_id in near or oversees or is_named
    is_mentor = any(record.membership_id in span.mentors for span in spans)
    return Facts(
        at=record.at,
        kind=record.kind,
        reader_name=record.user.family_name if record.user else "",
        pupil_name=pupil.name,
        guardian_names=pupil.guardians,
        is_protected=pupil.is_protected,
        is_of_own_unit=is_of_own_unit,
        is_own_task=is_of_own_unit and (record.role != Role.MENTOR or is_mentor or is_named or is_claimed),
        is_claimed=is_claimed,
    )


def _upwards(unit: UUID, parents: dict[UUID, UUID | None]) -> Iterator[UUID]:
    """Give a unit and those above it."""
    above: UUID | None = unit
    while above is not None:
        yield above
        above = parents.get(above)


def relations_of(ids: set[UUID]) -> dict[UUID, About]:
    """Return what the database tells the clock about pupils, by id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pupil, told::text FROM relations_of(%s)", [list(ids)])
        return {pupil: _about(json.loads(told)) for pupil, told in cursor.fetchall()}


def _about(told: dict[str, Any]) -> About:
    schools = [
        Span(
            UUID(row["unit"]), _day(row["start"]), row["end"] and _day(row["end"]), frozenset(map(UUID, row["mentors"]))
        )
        for row in told["schools"]
    ]
    parties = [Span(UUID(row["unit"]), _day(row["start"]), row["end"] and _day(row["end"])) for row in told["parties"]]
    return About(
        told["name"],
        told["is_protected"],
        frozenset(told["guardians"]),
        [*schools, *parties],
        frozenset(map(UUID, told["told_by"])),
        frozenset(map(UUID, told["named"])),
        [(UUID(row["member"]), _moment(row["start"]), _moment(row["end"])) for row in told["claims"]],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> date:
    """Return the day of a day or a moment."""
    return date.fromisoformat(text) if len(text) == len("2026-11-25") else stockholm_day(_moment(text))
