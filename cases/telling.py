"""Who is told at once, by mail, of what an entry did: whom something was put on by name, and who takes a request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts.models import Membership
from accounts.permissions import Action, Object, roles_that_may
from accounts.roles import MANAGERS, Side
from notifications.actions import put
from notifications.models import Mail

WAITS_FOR_A_UNIT = frozenset({"acknowledge_request", "take_over"})
"""What a unit is given before anybody in it has it: a request."""


def tell(changes: list[dict[str, Any]], *, event: int, by: Membership | None, today: date, at: datetime) -> None:
    """Put in the outbox what the entry that wrote `event` has to tell at once. Nobody is told of what they did."""
    given, waits = _holders(changes)
    for user in _users(given, today):
        if by is None or user != by.user_id:
            put(kind=Mail.Kind.GIVEN, user_id=user, about=event, at=at)
    for user in {user for unit in waits for user in duty_persons(unit, today)}:
        if by is None or user != by.user_id:
            put(kind=Mail.Kind.REQUEST, user_id=user, about=event, at=at)


def _holders(changes: list[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """Return the people who were given something that they still have, and the units in which a request waits."""
    people: dict[str, str | None] = {}
    units: dict[str, str] = {}
    for change in changes:
        key = change.get("obligation", "")
        if change["do"] in {"start", "hand_over"}:
            people[key] = change["person"]
            units.pop(key, None)
            if change.get("kind") in WAITS_FOR_A_UNIT and change["person"] is None:
                units[key] = change["unit"]
        elif change["do"] == "stop":
            people.pop(key, None)
            units.pop(key, None)
    return {person for person in people.values() if person}, set(units.values())


def duty_persons(unit: str | UUID, today: date) -> set[UUID]:
    """Return who takes what comes to `unit`: its heads, or where it has none at work, everybody who receives requests.

    The product keeps no rota; the head is who allocates.
    """
    here = Membership.objects.active(today).filter(unit=UUID(str(unit)))
    heads = {one.pk for one in here if one.role in MANAGERS}
    if found := _users(heads, today):
        return found
    receivers = roles_that_may(Action.DECIDE, Object.REQUEST, Side.SOCIAL)
    return _users({one.pk for one in here if one.role in receivers}, today)


def _users(memberships: Iterable[str | UUID], today: date) -> set[UUID]:
    """Return the people behind `memberships`: the stand-in of who is away; nobody for who is away without one."""
    found = Membership.objects.filter(pk__in=list(memberships)).select_related("user", "stand_in__user")
    return {user for one in found if (user := acting(one, today)) is not None}


def acting(membership: Membership, today: date) -> UUID | None:
    """Return who does on `today` what `membership` holds: the person, or while away the stand-in, if there is one."""
    if not membership.is_away(today):
        return membership.user_id
    return membership.stand_in.user_id if membership.stand_in else None
