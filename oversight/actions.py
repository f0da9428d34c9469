"""Everything that is done about the log: draw, judge, draft, let out, hold back."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

import audit.actions
from accounts.models import Membership
from audit.models import AccessRecord, authority_of
from deadlines.stockholm import stockholm_day
from schools.models import LinkClaimAlert

from . import access
from .extracts import lines_about
from .models import LogExtract, Review, Sample, SampledReading
from .sampling import chosen, moments_of, month_before


class NotAllowed(Exception):
    """The person may not do this."""


class AlreadyDrawn(Exception):
    """The month's sample was drawn before; there is only one."""


class AlreadyDecided(Exception):
    """Somebody has let the extract out, or held it back, before."""


@transaction.atomic
def draw_sample(*, by: Membership, at: datetime) -> Sample:
    """Draw the sample of the latest month that is over, of the authority of `by`. Raises AlreadyDrawn."""
    if by.role not in access.AUDITORS:
        raise NotAllowed
    month, authority = month_before(stockholm_day(at)), authority_of(by)
    begins, ends = moments_of(month)
    ids = list(AccessRecord.objects.overseen_by(by).filter(at__gte=begins, at__lt=ends).values_list("pk", flat=True))
    told = {"seed": secrets.token_hex(16), "population": len(ids), "drawn_at": at, "drawn_by": by}
    sample, is_new = Sample.objects.get_or_create(authority=authority, month=month, defaults=told)
    if not is_new:
        raise AlreadyDrawn
    SampledReading.objects.bulk_create(
        SampledReading(authority=authority, sample=sample, record_id=number) for number in chosen(ids, sample.seed)
    )
    audit.actions.record(action="sample_drawn", target=sample, by=by, at=at, details={"month": str(month)})
    return sample


@transaction.atomic
def review_reading(*, record: AccessRecord, outcome: str, note: str, by: Membership, at: datetime) -> Review:
    """Sign how a reading was judged."""
    if not access.may_review(by, record):
        raise NotAllowed
    review = Review.objects.create(
        authority=record.authority, record=record, outcome=outcome, note=note, reviewed_at=at, reviewed_by=by,
        reviewer=by.user_id, reader=record.user_id,
    )  # fmt: skip
    audit.actions.record(
        action="reading_reviewed", target=review, by=by, at=at, details={"record": record.pk, "outcome": outcome}
    )
    return review


@transaction.atomic
def see_claim(*, claim_id: UUID, by: Membership, at: datetime) -> None:
    """Note that an auditor has looked at a claimed link; somebody else may have done so before."""
    if by.role not in access.AUDITORS:
        raise NotAllowed
    alert = LinkClaimAlert.objects.select_for_update().filter(authority=authority_of(by), pk=claim_id).first()
    if alert is None or alert.seen_at is not None:
        return
    alert.seen_at, alert.seen_by = at, by
    alert.save(update_fields=["seen_at", "seen_by"])
    audit.actions.record(action="claim_seen", target=alert, by=by, at=at)


@transaction.atomic
def draft_extract(*, pupil_id: UUID, since: date, until: date, by: Membership, at: datetime) -> LogExtract:
    """Write down who has read about a pupil in a period, days included, for a second person to read."""
    if not access.may_draft(by):
        raise NotAllowed
    extract = LogExtract.objects.create(
        authority=authority_of(by), pupil=pupil_id, since=since, until=until, drafted_at=at, drafted_by=by,
        drafter=by.user_id, lines=lines_about(pupil_id, since, until, by),
    )  # fmt: skip
    audit.actions.record(action="extract_drafted", target=extract, by=by, at=at, details={"pupil": str(pupil_id)})
    return extract


def release_extract(*, extract: LogExtract, by: Membership, at: datetime) -> LogExtract:
    """Let an extract out to the family. Raises AlreadyDecided."""
    return _decide(extract, LogExtract.Decision.RELEASED, by, at)


def withhold_extract(*, extract: LogExtract, by: Membership, at: datetime) -> LogExtract:
    """Hold an extract back: something in it must not reach the family. Raises AlreadyDecided."""
    return _decide(extract, LogExtract.Decision.WITHHELD, by, at)


@transaction.atomic
def _decide(extract: LogExtract, decision: str, by: Membership, at: datetime) -> LogExtract:
    extract = LogExtract.objects.select_for_update().get(pk=extract.pk)
    if extract.decision:
        raise AlreadyDecided
    if not access.may_decide(by, extract):
        raise NotAllowed
    extract.decision, extract.decided_at, extract.decided_by, extract.decider = decision, at, by, by.user_id
    extract.save(update_fields=["decision", "decided_at", "decided_by", "decider"])
    audit.actions.record(action=f"extract_{decision}", target=extract, by=by, at=at)
    return extract
