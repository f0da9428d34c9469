"""How much each person of the units has, for the head who allocates: numbers of obligations, nothing about children."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import ngettext

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, roles_that_may
from accounts.roles import Role
from deadlines.stockholm import stockholm_day
from deadlines.working_days import working_days_between
from schools.models import protected_ids

from .models import HolderInterval, Obligation
from .obligations import ALLOCATED

UNALLOCATED_AT_MOST = 1
"""Working days that a request may lie with nobody before its head is told (screens.md (g))."""


@dataclass(frozen=True)
class Load:
    """What one person holds: how many open obligations, and how many of them are late. Pauses are not late."""

    person: Membership
    held: int
    late: int


@dataclass(frozen=True)
class Workload:
    """The units of a head. `unallocated` requests lie with nobody, `too_long` of them longer than they may."""

    loads: list[Load]
    unallocated: int
    too_long: int


def lies_too_long(since: date, today: date) -> bool:
    """Say whether what nobody has had since `since` has lain too long on `today`."""
    return working_days_between(since, today) > UNALLOCATED_AT_MOST


def unallocated_words(since: date, today: date) -> str:
    """Return how long nobody has had something, where that is too long; else nothing."""
    if not lies_too_long(since, today):
        return ""
    days = working_days_between(since, today)
    return ngettext("not allocated for %(n)d working day", "not allocated for %(n)d working days", days) % {"n": days}


def workload_of(reader: Membership, today: date) -> Workload | None:
    """Return the workload in the units of `reader`, if `reader` is their head: a fixed number of queries."""
    if reader.role != Role.UNIT_HEAD:
        return None
    held = _held_in(Unit.objects.below(reader.unit).order_by())
    late = Q(obligation__in=Obligation.objects.overdue(today).order_by().values("pk"))
    per_person = held.exclude(person=None).values_list("person").annotate(n=Count("pk"), late=Count("pk", filter=late))
    counts = {person: (n, n_late) for person, n, n_late in per_person}
    loads = [Load(person, *counts.get(person.pk, (0, 0))) for person in _people(reader, counts.keys(), today)]
    lying = held.filter(person=None, obligation__kind__in=ALLOCATED, obligation__referral__isnull=False)
    since = [stockholm_day(from_at) for from_at in lying.values_list("from_at", flat=True)]
    return Workload(loads, len(since), sum(lies_too_long(day, today) for day in since))


def _held_in(units: QuerySet[Unit]) -> QuerySet[HolderInterval]:
    """Return what is held in `units` now, as a reader may know of it."""
    held = HolderInterval.objects.filter(to_at=None, unit__in=units, obligation__stopped_at=None).order_by()
    return held.exclude(obligation__case__pupil__in=protected_ids())


def _people(reader: Membership, holders: Iterable[UUID], today: date) -> QuerySet[Membership]:
    """Return those who can be given requests, and those who hold something though they have left."""
    units = Unit.objects.below(reader.unit).order_by()
    roles = roles_that_may(Action.DECIDE, Object.REQUEST, reader.side)
    at_work = Membership.objects.active(today).filter(unit__in=units, role__in=roles)
    people = Membership.objects.filter(Q(pk__in=at_work.order_by().values("pk")) | Q(pk__in=list(holders)))
    return people.with_page_relations().order_by("unit__name", "user__family_name", "user__given_name", "pk")


def chosen_person(reader: Membership, wanted: str) -> Membership | None:
    """Return the person of the reader's units whose id `wanted` is; None for anything else."""
    try:
        key = UUID(wanted)
    except ValueError:
        return None
    units = Unit.objects.below(reader.unit).order_by()
    return Membership.objects.filter(unit__in=units, pk=key).select_related("user").first()
