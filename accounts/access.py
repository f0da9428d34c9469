"""Who may do what with people and their roles. Who may enter which page is the gate's to say."""

from __future__ import annotations

from django.http import HttpRequest

from .models import Membership, Unit, User
from .permissions import TWO_PERSON_ROLES, Action, Object, permits
from .roles import ROLES_IN, UnitKind


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in and acts as a membership."""

    user: User
    membership: Membership
    memberships: list[Membership]


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
