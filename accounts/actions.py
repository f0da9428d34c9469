"""Every change to people and memberships: one verb per function."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

import audit.actions
from wall import identity

from .access import may_change_membership, may_confirm, may_invite, may_renew
from .models import A_YEAR, Membership, Unit, User
from .permissions import last_possible_day


class NotAllowed(Exception):
    """The person may not do this; one's own membership is never one's own to change."""


class AlreadyMember(Exception):
    """The person has this role in this unit already."""


class RolesExclude(Exception):
    """The person has a role at the same time that this one excludes: content apart from system and log."""


class TooLong(Exception):
    """The role would last longer than a year."""


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
    valid_to: date,
    by: Membership,
    at: datetime,
) -> Membership:
    """Give the person with `email` a role in `unit`, first and last day included. Somebody known keeps their name.

    A role that needs two persons counts when a second has confirmed it. The caller sends the invitation
    (accounts.invitations). Raises NotAllowed, DayNotPossible, TooLong, AlreadyMember and RolesExclude.
    """
    email = email.lower()
    # The unit is locked so that two invitations of one person meet in turn.
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if not may_invite(by, unit=unit, role=role, email=email):
        raise NotAllowed
    if valid_to < valid_from:
        raise DayNotPossible
    if valid_to - valid_from > A_YEAR:
        raise TooLong
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, given_name=given_name, family_name=family_name)
    membership = Membership(
        user=user, unit=unit, role=role, title=title, valid_from=valid_from, valid_to=valid_to, invited_by=by.user
    )
    _add(membership)
    audit.actions.record(
        action="person_invited", target=membership, by=by, at=at, details={"unit": str(unit.pk), "role": role}
    )
    return membership


def _add(membership: Membership) -> None:
    """Save a new membership, unless the person has one at the same time that stands in its way.

    The database looks, because it sees also what the one who invites may not: roles on the other side.
    """
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError as error:
        reason = KEPT_APART.get(constraint_of(error))
        if reason is None:
            raise
        raise reason from error


KEPT_APART = {"membership_once_at_a_time": AlreadyMember, "membership_roles_exclude": RolesExclude}


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the rule that the database was asked to break."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


@transaction.atomic
def confirm_membership(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Confirm, as a second person, a role that somebody else has proposed. Raises NotAllowed."""
    membership = _locked(membership, by)
    if not may_confirm(by, membership):
        raise NotAllowed
    membership.confirmed_by, membership.confirmed_at = by.user, at
    membership.save(update_fields=["confirmed_by", "confirmed_at"])
    _record("membership_confirmed", membership, by, at, {"invited_by": str(membership.invited_by_id)})
    return membership


@transaction.atomic
def renew_membership(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Let the membership go on for twelve months from today. Raises NotAllowed; DayNotPossible if it has ended."""
    membership = _locked(membership, by)
    if not may_renew(by, membership):
        raise NotAllowed
    today = timezone.localdate(at)
    if not membership.valid_from <= today <= membership.valid_to:
        raise DayNotPossible
    membership.renewed_on, membership.valid_to = today, last_possible_day(today)
    membership.save(update_fields=["renewed_on", "valid_to"])
    _record("membership_renewed", membership, by, at, {"last_day": membership.valid_to.isoformat()})
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, last_day: date, by: Membership, at: datetime) -> Membership:
    """End the membership after `last_day`. Raises NotAllowed, and DayNotPossible outside its days: it only shortens."""
    membership = _locked(membership, by)
    if not membership.valid_from <= last_day <= membership.valid_to:
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
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user", "unit", "invited_by")
    membership = rows.get(pk=membership.pk)
    if not may_change_membership(by, membership):
        raise NotAllowed
    return membership


def _record(action: str, membership: Membership, by: Membership, at: datetime, details: dict) -> None:
    audit.actions.record(action=action, target=membership, by=by, at=at, details=details)
