"""Who may do what with people and their roles. Who may enter which page is the gate's to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .confirming import ask_to_confirm, is_recently_confirmed
from .models import Membership, Unit, User
from .permissions import TWO_PERSON_ROLES, Action, Object, permits
from .roles import ROLES_IN, Role, UnitKind

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in and acts as a membership."""

    user: User
    membership: Membership
    memberships: list[Membership]


def recently_confirmed(view: View) -> View:
    """Let people enter who have confirmed within five minutes that it is they; others are asked, and come back.

    Stands inside `allow` or `signed_in`. What somebody had typed is kept meanwhile (accounts.kept).
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_recently_confirmed(request, timezone.now()):
            return ask_to_confirm(request)
        return view(request, *args, **kwargs)

    guarded.asks_to_confirm = True  # type: ignore[attr-defined]
    return guarded


def may_manage_people(reader: Membership) -> bool:
    """Say whether `reader` may invite people, end memberships and name stand-ins."""
    return bool(permits(reader, Object.PERSON, Action.GRANT))


def may_invite(reader: Membership, *, unit: Unit, role: str, email: str) -> bool:
    """Say whether `reader` may give `email` the `role` in `unit`: never oneself, and only where the role exists."""
    if email.lower() == reader.user.email or role not in ROLES_IN[UnitKind(unit.kind)]:
        return False
    if not may_manage_people(reader):
        return False
    return Unit.objects.visible_to(reader).open().filter(pk=unit.pk).exists()


def may_change_membership(reader: Membership, membership: Membership) -> bool:
    """Say whether `reader` may change `membership`: never one's own."""
    if reader.user_id == membership.user_id or not may_manage_people(reader):
        return False
    return Membership.objects.visible_to(reader).filter(pk=membership.pk).exists()


DELICATE_ROLES = {Role.SYSTEM_ADMIN, Role.LOG_AUDITOR}
"""Those who run the service or read its log: two system administrators have to agree about their second factor."""


def needs_two_to_reset(user: User, today: date) -> bool:
    """Say whether the person has, or will have, a role where two have to agree to take away the second factor."""
    held = Membership.objects.filter(user=user, role__in=DELICATE_ROLES)
    return held.ended(today, ended=False).exists()


def may_reset_second_factor(reader: Membership, membership: Membership, today: date) -> bool:
    """Say whether `reader` may take away the person's second factor, alone or with another: never one's own."""
    if not may_change_membership(reader, membership):
        return False
    return reader.role == Role.SYSTEM_ADMIN or not needs_two_to_reset(membership.user, today)


def may_confirm(reader: Membership, membership: Membership) -> bool:
    """Say whether `reader` may be the second person behind `membership`: neither who gets it nor who proposed it."""
    return is_second_person(reader, membership) and may_change_membership(reader, membership)


def is_second_person(reader: Membership, membership: Membership) -> bool:
    """Say whether `membership` waits for a second person and `reader` is neither who gets it nor who proposed it."""
    return membership.is_waiting and reader.user_id not in {membership.user_id, membership.invited_by_id}


def may_renew(reader: Membership, membership: Membership) -> bool:
    """Say whether `reader` may renew `membership`: not a role that needs two persons, which is proposed anew."""
    return is_renewed_by_one(membership) and may_change_membership(reader, membership)


def is_renewed_by_one(membership: Membership) -> bool:
    """Say whether one person is enough to renew `membership`."""
    return membership.role not in TWO_PERSON_ROLES
