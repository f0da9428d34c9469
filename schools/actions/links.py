"""Opening a pupil one has no link to, naming somebody who works with a pupil, and ending either."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

import audit.actions
from accounts.models import Membership

from ..access import may_claim_link, may_end_link, may_name
from ..models import Enrolment, LinkClaimAlert, Pupil, PupilLink
from ..models.links import LONGEST_LINK
from ..personal_numbers import PersonalNumber
from .register import NotAllowed

CLAIM = "SELECT claim_pupil_link(%s, %s, %s, %s, %s, %s, %s)"


class NotAMember(Exception):
    """The person to be named does not work at the pupil's school."""


class LinkHasEnded(Exception):
    """The link ran out or was ended before."""


@transaction.atomic
def claim_link(*, number: PersonalNumber, reason: str, words: str, by: Membership, at: datetime) -> UUID:
    """Let `by` open the pupil with this number for 24 hours, if it is one of the own school and not protected.

    Nothing here tells whether there was such a pupil: the same statements run, the same alert and the same audit event
    are written. Returns the id of the claim. Raises NotAllowed.
    """
    if not may_claim_link(by):
        raise NotAllowed
    claim = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [claim, number.kind, number.value, by.pk, reason, words, at])
    alert = LinkClaimAlert.objects.create(pk=claim, authority=by.unit.authority, at=at)
    audit.actions.record(action="link_claimed", target=alert, by=by, at=at)
    return claim


@transaction.atomic
def name_for_pupil(*, pupil: Pupil, membership: Membership, by: Membership, at: datetime) -> PupilLink:
    """Let a member of the school open `pupil` until the class's school year ends. Naming again changes nothing.

    Raises NotAllowed and NotAMember.
    """
    if not may_name(by, pupil):
        raise NotAllowed
    if membership.unit_id != by.unit_id:
        raise NotAMember
    running = PupilLink.objects.running(at).filter(pupil=pupil, membership=membership, ground=PupilLink.Ground.NAMED)
    known = running.first()
    if known is not None:
        return known
    link = PupilLink.objects.create(
        pupil=pupil,
        membership=membership,
        ground=PupilLink.Ground.NAMED,
        started_at=at,
        ends_at=_end_of_year(pupil, at),
    )
    audit.actions.record(action="link_named", target=link, by=by, at=at, details={"membership": str(membership.pk)})
    return link


@transaction.atomic
def end_link(*, link: PupilLink, by: Membership, at: datetime) -> PupilLink:
    """End `link` at once. Raises NotAllowed, and LinkHasEnded when there is nothing left to end."""
    if not may_end_link(by, link):
        raise NotAllowed
    link = PupilLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if link.ended_at is not None or link.ends_at <= at:
        raise LinkHasEnded
    link.ended_at = at
    link.save(update_fields=["ended_at"])
    audit.actions.record(action="link_ended", target=link, by=by, at=at)
    return link


def _end_of_year(pupil: Pupil, at: datetime) -> datetime:
    """Return the end of the last day of the class's school year, a year from now at the most."""
    enrolment = Enrolment.objects.select_related("class_group__school_year").get(pupil=pupil, ends_on=None)
    last_day = enrolment.class_group.school_year.ends_on
    end = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time()))
    return min(end, at + LONGEST_LINK) if end > at else at + timedelta(days=1)
