"""Reminders before and after a due date: once per person, obligation and date (product.md section 6).

Two working days ahead, on the day and, two working days after, to holder and manager together. After days that were
missed only the latest step that applies is given: nothing is doubled, and nobody gets a storm. They are told as part
of the digest; that something is late is told at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Membership
from accounts.roles import MANAGERS
from deadlines.stockholm import stockholm_day
from deadlines.working_days import working_days_between
from notifications.actions import put
from notifications.hours import may_leave_at
from notifications.models import Mail, Reminder

from .models import Hold, HolderInterval
from .silence import is_noted_at
from .telling import acting

AHEAD = 2
AFTER = 2
"""Working days before and after the due date (product.md section 6)."""


@dataclass(frozen=True)
class Held:
    """An open obligation that is not on hold, with who holds it: a unit, and within it somebody or nobody."""

    obligation: UUID
    due_on: date
    unit: UUID
    person: Membership | None


def step_on(due_on: date, today: date) -> Reminder.Step | None:
    """Return the latest step of the ladder that applies on `today`, a working day; None before the first.

    Something due on a day that is no working day has its day on the last working day before.
    """
    if today > due_on:
        is_after = working_days_between(due_on, today) >= AFTER
        return Reminder.Step.STILL_LATE if is_after else Reminder.Step.LATE
    left = working_days_between(today, due_on)
    if left == 0:
        return Reminder.Step.TODAY
    return Reminder.Step.AHEAD if left <= AHEAD else None


def remind(*, at: datetime) -> int:
    """Give the reminders of the day and return how many were given now. Run it as the clock.

    Being late is told by `tell_late`.
    """
    if not may_leave_at(at):
        return 0
    today = stockholm_day(at)
    wanted = [one for one in _of_the_day(today) if one.step != Reminder.Step.LATE]
    return sum(len(_give(rows)) for rows in _by_person(wanted).values())


def tell_late(*, at: datetime) -> int:
    """Tell each person at once, in one mail, what of theirs has become late; return how many people. As the clock.

    On working days from eight in Stockholm, with the silences.
    """
    if not is_noted_at(at):
        return 0
    today = stockholm_day(at)
    late = [
        _reminder(user, one, Reminder.Step.LATE, today)
        for one in held(due_before=today)
        if (user := _person(one, today)) is not None
    ]
    return sum(_tell_one(user, rows, at) for user, rows in _by_person(late).items())


@transaction.atomic
def _tell_one(user: UUID, rows: list[Reminder], at: datetime) -> bool:
    given = _give(rows)
    if given:
        # Somebody who was told in the morning reads the whole number of the day: never the same text twice.
        told = Reminder.objects.filter(user=user, step=Reminder.Step.LATE, reminded_on=stockholm_day(at)).count()
        put(kind=Mail.Kind.LATE, user_id=user, about=[row.pk for row in given], at=at, counts={"late": told})
    return bool(given)


def held(*, due_before: date | None = None) -> Iterator[Held]:
    """Give the open obligations of open cases that are not on hold, with their holders; of dates before a day only."""
    on_hold = Hold.objects.filter(obligation=OuterRef("obligation"), ended_at=None)
    intervals = HolderInterval.objects.filter(
        ~Exists(on_hold), to_at=None, obligation__stopped_at=None, obligation__case__closed_at=None
    )
    if due_before is not None:
        intervals = intervals.filter(obligation__due_on__lt=due_before)
    rows = list(intervals.order_by("pk").values_list("obligation", "obligation__due_on", "unit", "person"))
    people = Membership.objects.select_related("user", "stand_in").in_bulk(
        {person for *_rest, person in rows if person}
    )
    return (Held(obligation, due_on, unit, people.get(person)) for obligation, due_on, unit, person in rows)


def _of_the_day(today: date) -> Iterator[Reminder]:
    managers = _managers(today)
    for one in held():
        step = step_on(one.due_on, today)
        if step is None:
            continue
        user = _person(one, today)
        if user is not None:
            yield _reminder(user, one, step, today)
        if step == Reminder.Step.STILL_LATE:
            yield from (_reminder(head, one, Reminder.Step.UNIT, today) for head in managers[one.unit] - {user})


def _person(one: Held, today: date) -> UUID | None:
    return None if one.person is None else acting(one.person, today)


def _managers(today: date) -> dict[UUID, set[UUID]]:
    """Return who answers for each unit on `today`; while away, the stand-in."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for head in Membership.objects.active(today).filter(role__in=MANAGERS).select_related("user", "stand_in"):
        if (user := acting(head, today)) is not None:
            found[head.unit_id].add(user)
    return found


def _reminder(user: UUID, one: Held, step: Reminder.Step, today: date) -> Reminder:
    return Reminder(user_id=user, obligation=one.obligation, due_on=one.due_on, step=step, reminded_on=today)


def _by_person(reminders: Iterable[Reminder]) -> dict[UUID, list[Reminder]]:
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        found[reminder.user_id].append(reminder)
    return found


@transaction.atomic
def _give(rows: list[Reminder]) -> list[Reminder]:
    """Store one person's reminders that have not been given, and return them. Of two at once, one gives each."""
    known = set(
        Reminder.objects.filter(user=rows[0].user_id, obligation__in=[row.obligation for row in rows]).values_list(
            "obligation", "due_on", "step"
        )
    )
    given = []
    for row in rows:
        if (row.obligation, row.due_on, row.step) in known:
            continue
        key = {"user_id": row.user_id, "obligation": row.obligation, "due_on": row.due_on, "step": row.step}
        stored, is_new = Reminder.objects.get_or_create(**key, defaults={"reminded_on": row.reminded_on})
        given += [stored] if is_new else []
    return given
