"""Protected identity: who has it and no longer has it, who may read, whether it is handled inside or outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

import audit.actions
from accounts.models import Membership

from ..access import may_confirm_reader, may_decide_protection, may_keep_readers, may_lift_protection, may_protect
from ..models import NamedReader, Protection, ProtectionPolicy, Pupil, PupilLink
from ..protection import PupilKey, new_alias
from .register import NotAllowed

END_READERS = "SELECT end_named_readers_of(%s, %s, %s)"
SET_PROTECTION = "SELECT set_pupil_protection(%s, %s, %s)"
LIFT_PROTECTION = "SELECT lift_pupil_protection(%s, %s, %s, %s)"
ALIASES_TRIED = 40


class NotInside(Exception):
    """The city has not decided that this authority's protected pupils are handled inside the system."""


class ReadersMissing(Exception):
    """Inside needs at least one reader other than the one who names, all of them members of the school."""


class DecisionWaits(Exception):
    """There is a decision for the authority already that nobody has confirmed."""


class NotASecondPerson(Exception):
    """Whoever decided, named or is named cannot also confirm."""


@transaction.atomic
def protect_pupil(*, pupil: Pupil, kind: str, readers: Sequence[Membership] = (), by: Membership, at: datetime) -> str:
    """Write that `pupil` has protected identity of `kind`: from now on nobody sees that the pupil exists.

    Returns the code that the pupil has from now on, for paper.

    Outside the system, which is the rule, `readers` is empty. Inside, by the city's decision, they are named here and
    see the pupil, under an alias, when a second person has confirmed each. Links end; nothing is deleted, for that
    is the deletion schedule's. A new identity is never written here: no row may know both. Raises NotAllowed,
    NotInside and ReadersMissing.
    """
    if kind == Protection.NONE or not may_protect(by, pupil):
        raise NotAllowed
    if readers:
        if not ProtectionPolicy.objects.is_inside(by.unit.authority):
            raise NotInside
        _check_readers(readers, by)
    for reader in readers:
        NamedReader.objects.create(pupil=pupil, membership=reader, granted_by=by, granted_at=at)
    PupilLink.objects.running(at).filter(pupil=pupil).update(ended_at=at)
    audit.actions.record(action="protection_changed", target=pupil, by=by, at=at)
    # Last: after this the writer does not see the pupil either.
    with connection.cursor() as cursor:
        cursor.execute(SET_PROTECTION, [pupil.pk, kind, [new_alias() for _ in range(ALIASES_TRIED)]])
        (code,) = cursor.fetchone()
    return code


@transaction.atomic
def lift_protection(*, key: PupilKey, reason: str, by: Membership, at: datetime) -> Pupil | None:
    """Show a pupil again that was hidden by mistake, or whose protection has ended; None when there is no such pupil.

    The list of readers ends and is kept, the alias is used no more, links and a closed case stay ended. A try that
    finds nobody is written down too, so that trying numbers is seen. Raises NotAllowed.
    """
    if not may_lift_protection(by):
        raise NotAllowed
    with connection.cursor() as cursor:
        cursor.execute(LIFT_PROTECTION, [key.kind, key.value, by.pk, at])
        (found,) = cursor.fetchone()
    if found is None:
        audit.actions.record(action="protection_lift_missed", target=by, by=by, at=at)
        return None
    pupil = Pupil.objects.visible_to(by).get(pk=found)
    audit.actions.record(action="protection_lifted", target=pupil, by=by, at=at, details={"reason": reason})
    return pupil


@transaction.atomic
def name_reader(*, pupil: Pupil, membership: Membership, by: Membership, at: datetime) -> NamedReader:
    """Put `membership` on the list of a protected pupil, to be confirmed by a second person.

    Naming somebody who is on it changes nothing. Raises NotAllowed, NotInside and ReadersMissing.
    """
    if not may_keep_readers(by, pupil.pk):
        raise NotAllowed
    if not ProtectionPolicy.objects.is_inside(by.unit.authority):
        raise NotInside
    if membership.unit_id != by.unit_id:
        raise ReadersMissing
    known = NamedReader.objects.filter(pupil=pupil, membership=membership, ended_at=None).first()
    if known is not None:
        return known
    named = NamedReader.objects.create(pupil=pupil, membership=membership, granted_by=by, granted_at=at)
    audit.actions.record(action="reader_named", target=named, by=by, at=at)
    return named


@transaction.atomic
def confirm_reader(*, named: NamedReader, by: Membership, at: datetime) -> NamedReader:
    """Confirm, as the second person, that somebody may read a protected pupil. Raises NotAllowed."""
    if not may_confirm_reader(by, named):
        raise NotAllowed
    named = NamedReader.objects.select_for_update(of=("self",)).get(pk=named.pk)
    named.confirmed_by, named.confirmed_at = by, at
    named.save(update_fields=["confirmed_by", "confirmed_at"])
    audit.actions.record(action="reader_confirmed", target=named, by=by, at=at)
    return named


@transaction.atomic
def end_reader(*, named: NamedReader, by: Membership, at: datetime) -> NamedReader:
    """Take somebody off the list at once; whoever confirms may also say no. Raises NotAllowed."""
    named = NamedReader.objects.select_for_update(of=("self",)).get(pk=named.pk)
    if named.ended_at is not None or not (may_keep_readers(by, named.pupil_id) or may_confirm_reader(by, named)):
        raise NotAllowed
    named.ended_by, named.ended_at = by, at
    named.save(update_fields=["ended_by", "ended_at"])
    audit.actions.record(action="reader_ended", target=named, by=by, at=at)
    return named


@transaction.atomic
def decide_protection(*, authority: str, inside: bool, by: Membership, at: datetime) -> ProtectionPolicy:
    """Enter the city's decision for an authority; it counts when a second person has confirmed it.

    Raises NotAllowed and DecisionWaits.
    """
    if not may_decide_protection(by):
        raise NotAllowed
    if ProtectionPolicy.objects.filter(authority=authority, confirmed_at=None).exists():
        raise DecisionWaits
    policy = ProtectionPolicy.objects.create(authority=authority, inside=inside, decided_by=by, decided_at=at)
    audit.actions.record(
        action="protection_decided", target=policy, by=by, at=at, details={"authority": authority, "inside": inside}
    )
    return policy


@transaction.atomic
def confirm_protection(*, policy: ProtectionPolicy, by: Membership, at: datetime) -> ProtectionPolicy:
    """Confirm the decision as a second person; a decision for outside ends every named reader of the authority.

    Raises NotAllowed and NotASecondPerson.
    """
    policy = ProtectionPolicy.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=policy.pk)
    if not may_decide_protection(by) or policy.confirmed_at is not None:
        raise NotAllowed
    if policy.decided_by.user_id == by.user_id:
        raise NotASecondPerson
    policy.confirmed_by, policy.confirmed_at = by, at
    policy.save(update_fields=["confirmed_by", "confirmed_at"])
    if not policy.inside:
        with connection.cursor() as cursor:
            cursor.execute(END_READERS, [policy.authority, by.pk, at])
    audit.actions.record(action="protection_confirmed", target=policy, by=by, at=at)
    return policy


def _check_readers(readers: Sequence[Membership], by: Membership) -> None:
    others = [reader for reader in readers if reader.user_id != by.user_id]
    if not others or any(reader.unit_id != by.unit_id for reader in readers):
        raise ReadersMissing
