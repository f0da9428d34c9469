"""Every change to people and memberships: one verb per function."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

import audit.actions
from wall import identity

from .access import may_change_membership, may_invite
from .models import Membership, Unit, User


class NotAllowed(Exception):
    """The person may not do this; one's own membership is never one's own to change."""


class AlreadyMember(Exception):
    """The person has this role in this unit already."""


class DayNotPossible(Exception):
    """The last day comes before the first."""


class NotAColleague(Exception):
    """The stand-in does not work in the unit, or is the absent person."""


@transaction.atomic
def invite_person(
    *,
    unit: Unit,
    role: str,
    email: str,
    given_name: str,
    family_name: str,
    title: str,
    valid_from: date,
    valid_to: date | None,
    by: Membership,
    at: datetime,
) -> Membership:
    """Give the person with `email` a role in `unit`, first and last day included. Somebody known keeps their name.

    The caller sends the invitation (accounts.invitations). Raises NotAllowed and AlreadyMember.
    """
    email = email.lower()
    # The unit is locked so that two invitations of one person meet in turn.
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if not may_invite(by, unit=unit, role=role, email=email):
        raise NotAllowed
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, given_name=given_name, family_name=family_name)
    elif _has_role(user, unit, role, valid_from):
        raise AlreadyMember
    membership = Membership.objects.create(
        user=user, unit=unit, role=role, title=title, valid_from=valid_from, valid_to=valid_to
    )
    audit.actions.record(
        action="person_invited", target=membership, by=by, at=at, details={"unit": str(unit.pk), "role": role}
    )
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, last_day: date, by: Membership, at: datetime) -> Membership:
    """End the membership after `last_day`. Raises NotAllowed, and DayNotPossible before the first day."""
    membership = _locked(membership, by)
    if last_day < membership.valid_from:
        raise DayNotPossible
    membership.valid_to = last_day
    membership.save(update_fields=["valid_to"])
    _record("membership_ended", membership, by, at, {"last_day": last_day.isoformat()})
    return membership


@transaction.atomic
def set_away(
    *,
    membership: Membership,
    away_from: date,
    away_to: date,
    stand_in: Membership | None,
    by: Membership,
    at: datetime,
) -> Membership:
    """Note that the person is away, first and last day included, and who stands in.

    Raises NotAllowed, DayNotPossible, and NotAColleague for a stand-in from elsewhere.
    """
    membership = _locked(membership, by)
    if away_to < away_from:
        raise DayNotPossible
    colleagues = Membership.objects.colleagues_of(membership, away_from)
    if stand_in is not None and not colleagues.filter(pk=stand_in.pk).exists():
        raise NotAColleague
    membership.away_from, membership.away_to, membership.stand_in = away_from, away_to, stand_in
    membership.save(update_fields=["away_from", "away_to", "stand_in"])
    details = {"from": away_from.isoformat(), "to": away_to.isoformat(), "stand_in": stand_in and str(stand_in.pk)}
    _record("away_set", membership, by, at, details)
    return membership


@transaction.atomic
def back_again(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Note that the person is not away, or no longer. Raises NotAllowed."""
    membership = _locked(membership, by)
    membership.away_from = membership.away_to = membership.stand_in = None
    membership.save(update_fields=["away_from", "away_to", "stand_in"])
    _record("back_again", membership, by, at, {})
    return membership


@transaction.atomic
def choose_membership(*, membership: Membership, at: datetime) -> Membership:
    """Remember that the person now acts as this membership; the next sign-in begins with it."""
    membership.chosen_at = at
    membership.save(update_fields=["chosen_at"])
    _record("membership_chosen", membership, membership, at, {})
    return membership


@transaction.atomic
def choose_language(*, user: User, language: str) -> User:
    """Remember the language that pages speak to the person. A taste, not an event: nothing is logged."""
    user.language = language
    user.save(update_fields=["language"])
    return user


@transaction.atomic
def choose_password(*, user: User, password: str, by: Membership | None, at: datetime) -> User:
    """Give the person a new password of their own choice; every link sent before stops working."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record_own(action="password_chosen", user=user, by=by, at=at)
    return user


def record_own(*, action: str, user: User, by: Membership | None, at: datetime, details: dict | None = None) -> None:
    """Write what a person did to the own account, within an action; also for somebody without any role here."""
    if by is not None:
        audit.actions.record(action=action, target=user, by=by, at=at, details=details)
        return
    # Only at the gate may a row be written that names nobody as the one who acted; its target says who it was.
    with identity.gate():
        audit.actions.record(action=action, target=user, by=None, at=at, details=details)


def _locked(membership: Membership, by: Membership) -> Membership:
    membership = Membership.objects.select_for_update(of=("self",)).select_related("user", "unit").get(pk=membership.pk)
    if not may_change_membership(by, membership):
        raise NotAllowed
    return membership


def _has_role(user: User, unit: Unit, role: str, from_day: date) -> bool:
    held = Membership.objects.filter(user=user, unit=unit, role=role)
    return held.filter(valid_to=None).exists() or held.filter(valid_to__gte=from_day).exists()


def _record(action: str, membership: Membership, by: Membership, at: datetime, details: dict) -> None:
    audit.actions.record(action=action, target=membership, by=by, at=at, details=details)
