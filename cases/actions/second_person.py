"""A no that takes two: one in the unit writes it, another reads it and sends it, or sends it back (law.md 6.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

import audit.actions
from accounts.models import Membership
from cases import access
from cases.declining import BY_TWO
from cases.ledger import AlreadyDone, NotAllowed, lock_case, lock_request
from cases.models import Decision, NoSaid, PreparedNo, Referral

from .answers import answering, end_prepared, lacks_anything, say_no


@transaction.atomic
def prepare_no(*, referral: Referral, said: NoSaid, by: Membership, at: datetime) -> PreparedNo:
    """Leave a complete no to a colleague, who reads it before it is sent. An earlier one that waits is replaced.

    No event is written: the school reads the events of its case, and nothing has been answered. Raises NotAllowed for
    who does not work in the unit, for reasons that one may give alone, and for a no that lacks what its reason demands;
    AlreadyDone when the request has an answer, CaseIsClosed when its case has been closed.
    """
    locked = _locked(referral)
    may = access.may_receive(by, locked) and said.reason.code in BY_TWO
    if not may or lacks_anything(locked, said, timezone.localdate(at)):
        raise NotAllowed
    if locked.status not in Referral.UNANSWERED:
        raise AlreadyDone
    end_prepared(locked, PreparedNo.Ending.REPLACED, by=by, at=at)
    prepared = PreparedNo.objects.create(
        referral=locked, code=said.reason, advice=said.advice, next_holder=said.next_holder, next_on=said.next_on,
        prepared_at=at, prepared_by=by, **said.words,
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
        decision = say_no(happening, waiting.said(), prepared_by=waiting.prepared_by)
        end_prepared(happening.request, PreparedNo.Ending.SENT, by=by, at=at)
    return decision


@transaction.atomic
def send_no_back(*, prepared: PreparedNo, why: str, by: Membership, at: datetime) -> PreparedNo:
    """Send a prepared no back to who wrote it, with a word on what to think of; who wrote it may take it back, too.

    Raises NotAllowed for others than the unit's people, AlreadyDone when it does not wait any more, CaseIsClosed.
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
    lock_case(referral.case_id)
    return lock_request(referral)


def _waiting(prepared: PreparedNo) -> PreparedNo:
    """Return the no as it waits now, within the case's lock. Raises AlreadyDone when it has ended."""
    found = PreparedNo.objects.open().filter(pk=prepared.pk).with_history()
    waiting = found.select_related("code", "next_holder", "prepared_by__user").first()
    if waiting is None:
        raise AlreadyDone
    return waiting
