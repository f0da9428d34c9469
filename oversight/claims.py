"""Claimed links: who asked to open a pupil outside the own classes, and why; never whom it was about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Membership
from audit.models import authority_of
from schools.models import LinkClaimAlert, PupilLink

MOST = 50


@dataclass(frozen=True)
class Claim:
    """A claim that no auditor has seen. `member` is None when it opened nobody."""

    key: UUID
    at: datetime
    member: Membership | None
    reason: str
    words: str


def waiting_claims(reader: Membership) -> list[Claim]:
    """Return the claims of the reader's authority that nobody has looked at, the oldest first."""
    alerts = LinkClaimAlert.objects.filter(authority=authority_of(reader), seen_at=None).order_by("at", "pk")[:MOST]
    # By name: the auditor has no right to the column that says whom a link leads to.
    columns = ("pk", "membership", "reason", "words")
    links = {row[0]: row for row in PupilLink.objects.filter(pk__in=[one.pk for one in alerts]).values_list(*columns)}
    members = Membership.objects.select_related("user", "unit").in_bulk([row[1] for row in links.values()])
    return [_claim(alert, links.get(alert.pk), members) for alert in alerts]


def _claim(alert: LinkClaimAlert, link: tuple[UUID, UUID, str, str] | None, members: dict[UUID, Membership]) -> Claim:
    if link is None:
        return Claim(alert.pk, alert.at, None, "", "")
    _key, member, reason, words = link
    return Claim(alert.pk, alert.at, members[member], str(PupilLink.Reason(reason).label) if reason else "", words)
