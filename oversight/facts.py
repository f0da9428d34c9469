"""What the rules need to know about readings: who the reader and the pupil are to each other, when it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from accounts.models import Unit
from accounts.roles import Role, UnitKind
from attendance.models import Concern
from audit.models import AccessRecord
from cases.models import Party
from deadlines.stockholm import stockholm_day
from schools.models import Enrolment, Guardian, Protection, Pupil

from .rules import Facts


@dataclass
class About:
    """One pupil: names, and the classes and cases with the times in which they counted."""

    name: str = ""
    is_protected: bool = False
    guardians: set[str] = field(default_factory=set)
    schools: list[tuple[UUID, set[UUID], date, date | None]] = field(default_factory=list)
    parties: list[tuple[UUID, datetime, datetime | None]] = field(default_factory=list)
    told_by: set[UUID] = field(default_factory=set)

    def units_at(self, at: datetime) -> set[UUID]:
        """Return the units that had to do with the pupil at a moment: the school, and those party to a case."""
        day = stockholm_day(at)
        units = {unit for unit, _mentors, start, end in self.schools if start <= day and (end is None or day <= end)}
        return units | {unit for unit, start, end in self.parties if start <= at and (end is None or at <= end)}

    def mentors_at(self, at: datetime) -> set[UUID]:
        """Return the memberships of the pupil's mentors at a moment."""
        day = stockholm_day(at)
        found = [mentors for _u, mentors, start, end in self.schools if start <= day and (end is None or day <= end)]
        return set().union(*found)


def facts_of(records: Iterable[AccessRecord]) -> Iterator[tuple[AccessRecord, UUID, Facts]]:
    """Give the facts of each pupil in each reading. Give records with `user` fetched; a fixed number of queries."""
    records = list(records)
    pupils = about({pupil for record in records for pupil in record.pupils})
    parents = dict(Unit.objects.values_list("pk", "parent"))
    city = set(Unit.objects.filter(kind=UnitKind.CITY).values_list("pk", flat=True))
    for record in records:
        for pupil in record.pupils:
            if pupil in pupils:
                yield record, pupil, _facts(record, pupils[pupil], parents, city)


def _facts(record: AccessRecord, pupil: About, parents: dict[UUID, UUID | None], city: set[UUID]) -> Facts:
    near = {unit for each in pupil.units_at(record.at) for unit in _upwards(each, parents)}
    oversees = record.role == Role.COORDINATOR and record.unit_id in city
    is_of_own_unit = record.unit_id in near or oversees or record.membership_id in pupil.told_by
    mentors = pupil.mentors_at(record.at) | pupil.told_by
    return Facts(
        at=record.at,
        kind=record.kind,
        reader_name=record.user.family_name if record.user else "",
        pupil_name=pupil.name,
        guardian_names=frozenset(pupil.guardians),
        is_protected=pupil.is_protected,
        is_of_own_unit=is_of_own_unit,
        is_own_task=is_of_own_unit and (record.role != Role.MENTOR or record.membership_id in mentors),
    )


def _upwards(unit: UUID, parents: dict[UUID, UUID | None]) -> Iterator[UUID]:
    """Give a unit and those above it."""
    above: UUID | None = unit
    while above is not None:
        yield above
        above = parents.get(above)


def about(ids: set[UUID]) -> dict[UUID, About]:
    """Return what is known of pupils, by id."""
    rows = Pupil.objects.filter(pk__in=ids).values_list("pk", "family_name", "protection")
    found = {key: About(name, protection != Protection.NONE) for key, name, protection in rows}
    for pupil, name in Guardian.objects.filter(pupil__in=ids).values_list("pupil", "family_name"):
        found[pupil].guardians.add(name)
    _add_classes(found, ids)
    parties = Party.objects.filter(case__pupil__in=ids)
    for pupil, unit, start, end in parties.values_list("case__pupil", "unit", "started_at", "ended_at"):
        found[pupil].parties.append((unit, start, end))
    for pupil, membership in Concern.objects.filter(pupil__in=ids).values_list("pupil", "logged_by"):
        found[pupil].told_by.add(membership)
    return found


def _add_classes(found: dict[UUID, About], ids: set[UUID]) -> None:
    enrolments = Enrolment.objects.filter(pupil__in=ids).order_by()
    classes = {"pupil", "class_group", "class_group__school", "starts_on", "ends_on"}
    mentors: dict[UUID, set[UUID]] = defaultdict(set)
    for group, membership in enrolments.values_list("class_group", "class_group__mentors").distinct():
        if membership is not None:
            mentors[group].add(membership)
    for row in enrolments.values(*classes):
        time = row["starts_on"], row["ends_on"]
        found[row["pupil"]].schools.append((row["class_group__school"], mentors[row["class_group"]], *time))
