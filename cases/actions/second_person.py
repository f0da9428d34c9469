"""A no that takes two: one in the unit writes it, another reads it and sends it, or sends it back (law.md 6.1)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

import audit.actions
from accounts.models import Membership, Unit
from cases import access
from cases.declining import BY_TWO
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Case, Decision, PreparedNo, Referral
from socialservices.models import ReasonCode

from .answers import NoSaid, answering, end_prepared, lacks_anything, say_no


@transaction.atomic
def prepare_no(
    *,
    referral: Referral,
    reason: ReasonCode,
    rationale: str,
    advice: str,
    next_holder: Unit,
    next_on: date,
    by: Membership,
    at: datetime,
    missing_measure: str = "",
    tried: str = "",
    alternative: str = "",
    nevertheless: str = "",
) -> PreparedNo:
    """Leave a complete no to a colleague, who reads it before it is sent. An earlier one that waits is replaced.

    No event is written: the school reads the events of its case, and nothing has been answered. Raises NotAllowed for
    who does not work in the unit, for reasons that one may give alone, and for a no that lacks what its reason demands;
    AlreadyDone when the request has an answer.
    """
    locked = _locked(referral)
    words = {
        "rationale": rationale, "missing_measure": missing_measure, "tried": tried, "alternative": alternative,
        "nevertheless": nevertheless,
    }  # fmt: skip
    said = NoSaid(reason, advice, next_holder, next_on, words)
    may = access.may_receive(by, locked) and reason.code in BY_TWO
    if not may or lacks_anything(locked, said, timezone.localdate(at)):
        raise NotAllowed
    if locked.status not in Referral.UNANSWERED:
        raise AlreadyDone
    end_prepared(locked, PreparedNo.Ending.REPLACED, by=by, at=at)
    prepared = PreparedNo.objects.create(
        referral=locked, code=reason, advice=advice, next_holder=next_holder, next_on=next_on, prepared_at=at,
        prepared_by=by, **words,
    )  # fmt: skip
    audit.actions.record(action="no_prepared", target=prepared, by=by, at=at)
    return prepared


def confirm_no(*, prepared: PreparedNo, by: Membership, at: datetime) -> Decision:
    """Send what a colleague has prepared, as the second person.

    Raises NotAllowed for the one who wrote it, and for a no whose date has passed or that lacks something by now;
    AlreadyDone when it does not wait any more.
    """
    with answering(prepared.referral, "request_declined", by, at) as happening:
        waiting = _waiting(prepared)
        if not access.may_confirm_no(by, waiting) or waiting.next_on < happening.today:
            raise NotAllowed
        said = NoSaid(waiting.code, waiting.advice, waiting.next_holder, waiting.next_on, waiting.words())
        decision = say_no(happening, said, prepared_by=waiting.prepared_by)
        end_prepared(happening.request, PreparedNo.Ending.SENT, by=by, at=at)
    return decision


@transaction.atomic
def send_no_back(*, prepared: PreparedNo, why: str, by: Membership, at: datetime) -> PreparedNo:
    """Send a prepared no back to who wrote it, with a word on what to think of; who wrote it may take it back, too.

    Raises NotAllowed for others than the unit's people, AlreadyDone when it does not wait any more.
    """
    locked = _locked(prepared.referral)
    if not access.may_receive(by, locked):
        raise NotAllowed
    waiting = _waiting(prepared)
    end_prepared(locked, PreparedNo.Ending.SENT_BACK, by=by, at=at, why_back=why)
    audit.actions.record(action="no_sent_back", target=waiting, by=by, at=at)
    return waiting


def _locked(referral: Referral) -> Referral:
    """Lock the request as an answer does: first its case."""
    Case.objects.select_for_update().get(pk=referral.case_id)
    return Referral.objects.select_for_update(of=("self",)).select_related("to_unit__parent").get(pk=referral.pk)


def _waiting(prepared: PreparedNo) -> PreparedNo:
    """Return the no as it waits now, within the case's lock. Raises AlreadyDone when it has ended."""
    found = PreparedNo.objects.open().filter(pk=prepared.pk)
    waiting = found.select_related("code", "next_holder", "prepared_by__user").first()
    if waiting is None:
        raise AlreadyDone
    return waiting
