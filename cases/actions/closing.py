"""How a case ends: the school closes it with the outcome written."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Membership
from cases import access
from cases.ledger import NotAllowed, entry
from cases.models import Case, Obligation, Referral

Status = Referral.Status


def close_case(*, case: Case, outcome: str, final_word: str, by: Membership, at: datetime) -> Case:
    """Close the case with its outcome and a last word to the child. Only the school may.

    Work that goes on counts as completed, requests without an answer as withdrawn; every obligation stops.
    """
    with entry(case=case, kind="case_closed", by=by, at=at) as happening:
        locked = happening.case
        if not access.may_close(by, locked):
            raise NotAllowed
        for referral in locked.referrals.select_for_update().exclude(status__in=_ended()):
            working = referral.status in {Status.ACCEPTED, Status.ACTIVE}
            happening.set_status(referral, Status.COMPLETED if working else Status.WITHDRAWN)
        for obligation in happening.open_obligations():
            happening.stop_one(obligation, outcome=Obligation.Outcome.CASE_CLOSED)
        locked.closed_at, locked.closed_by = at, by
        locked.outcome, locked.final_word = outcome, final_word
        locked.save(update_fields=["closed_at", "closed_by", "outcome", "final_word"])
        happening.text = final_word
        happening.note_closed(outcome)
    return locked


def _ended() -> list[str]:
    return [status for status, following in Referral.NEXT.items() if not following]
