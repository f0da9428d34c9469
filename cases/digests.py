"""The digest: what each person's start page counts, as figures for a mail. The mail's numbers are the page's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from accounts.models import Membership
from accounts.roles import Role
from deadlines.stockholm import STOCKHOLM, stockholm_day
from notifications.actions import digest_print, print_of, put_digest
from notifications.hours import may_leave_at
from notifications.models import Mail, MailChoice, Reminder
from wall import identity
from wall.roles import OUTBOX

from .todo import ToDo, to_do_of

WITH_A_LIST = frozenset(
    {Role.MENTOR, Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD}
)
"""Roles that have a start page with things to do; the others begin elsewhere (cases/views/todo.py)."""


@dataclass(frozen=True)
class Person:
    """Somebody who is to have a digest, and the roles in which things wait for them."""

    user_id: UUID
    memberships: list[Membership]


def send_digests(*, at: datetime) -> int:
    """Put the digest of the day of everybody whose time has come in the outbox; return how many are to be sent.

    Call it with no role put on: the people and the outbox are asked as the outbox, each start page as the one whose it
    is. Each person is done in transactions of their own; run twice, or by two at once, nobody gets two.
    """
    if not may_leave_at(at):
        return 0
    with identity.working_as(OUTBOX):
        people = people_to_tell(at)
    return sum(send_digest(person, at=at) for person in people)


def people_to_tell(at: datetime) -> list[Person]:
    """Return those who have not had today's digest and whose time for it has come, without who is away or has left."""
    today, now = stockholm_day(at), at.astimezone(STOCKHOLM).time()
    at_work = Membership.objects.active(today).filter(role__in=WITH_A_LIST)
    at_work = at_work.exclude(away_from__lte=today, away_to__gte=today)
    people: dict[UUID, Person] = {}
    for membership in at_work.select_related("user", "unit__parent").order_by("user_id", "pk"):
        people.setdefault(membership.user_id, Person(membership.user_id, [])).memberships.append(membership)
    choices = MailChoice.objects.in_bulk()
    begun = set(Mail.objects.filter(kind=Mail.Kind.DIGEST, created_at__date=today).values_list("once", flat=True))
    return [
        person
        for key, person in people.items()
        if _wants_one(choices.get(key) or MailChoice(user_id=key), now) and digest_print(key, today) not in begun
    ]


def _wants_one(choice: MailChoice, now: time) -> bool:
    return choice.has_digest and choice.digest_at <= now


def send_digest(person: Person, *, at: datetime) -> bool:
    """Put one person's digest in the outbox and say whether it is to be sent."""
    today = stockholm_day(at)
    pages = [page_of(membership, today) for membership in person.memberships]
    with identity.working_as(OUTBOX):
        reminders = list(Reminder.objects.filter(user=person.user_id, reminded_on=today).order_by("pk"))
        in_unit = sum(one.step == Reminder.Step.UNIT for one in reminders)
        counts = counts_of(pages) | ({"unit": in_unit} if in_unit else {})
        return put_digest(
            user_id=person.user_id,
            day=today,
            counts=counts,
            rows=print_of(*rows_of(pages), *(one.pk for one in reminders)),
            at=at,
        )


def page_of(membership: Membership, today: date) -> ToDo:
    """Return what the member's start page shows, asked as the member: the database lets nothing else be counted."""
    with identity.acting_as(membership):
        return to_do_of(membership, today)


def counts_of(pages: Iterable[ToDo]) -> dict[str, int]:
    """Return how many rows stand under each heading of the start pages."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({group.code: len(group.rows) for group in page.groups})
    return dict(counts)


def rows_of(pages: Iterable[ToDo]) -> list[str]:
    """Return which rows stand where, in an order that does not depend on the day."""
    return sorted(f"{group.code}:{row.key}" for page in pages for group in page.groups for row in group.rows)
