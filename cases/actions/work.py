"""While a unit works with the pupil: first contact, feedback and its receipt, the end of the work."""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import Membership
from cases import access
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Case, Disclosure, Feedback, Referral
from cases.obligations import TRY_AGAIN

from .disclosing import tell

Status = Referral.Status


def record_first_contact(*, referral: Referral, note: str, by: Membership, at: datetime) -> Referral:
    """Note that the family has been met; from now on the school gets feedback every fourteen days."""
    with entry(case=referral.case, kind="first_contact_made", by=by, at=at, referral=referral) as happening:
        locked = _working(happening, by)
        happening.set_status(locked, Status.ACTIVE)
        happening.text = note
        happening.stop("first_contact", referral=locked)
        _ask_for_feedback(happening, locked)
    return locked


def give_feedback(
    *, referral: Referral, text: str, kind: str = Feedback.Kind.CHANGE, by: Membership, at: datetime
) -> Feedback:
    """Tell the school how it goes, or that nothing has changed and why; the school acknowledges."""
    with entry(case=referral.case, kind="feedback_given", by=by, at=at, referral=referral) as happening:
        locked = _working(happening, by)
        feedback = Feedback.objects.create(
            case=happening.case, referral=locked, from_unit=locked.to_unit, to_unit=locked.from_unit,
            kind=kind, text=text, sent_at=at, sent_by=by,
        )  # fmt: skip
        happening.subject = feedback.pk
        happening.start("acknowledge_feedback", unit=locked.from_unit, person=locked.sent_by, referral=locked)
        if locked.status == Status.ACTIVE:
            happening.stop("give_feedback", referral=locked)
            _ask_for_feedback(happening, locked)
    return feedback


def note_feedback_read(*, case: Case, by: Membership, at: datetime) -> None:
    """Note that the school has opened what was written to it, and which of its people did: the first time only."""
    if case.school_unit_id == by.unit_id:
        unread = Feedback.objects.filter(case=case, to_unit=by.unit_id, read_at=None)
        unread.update(read_at=at, read_by=by)


def acknowledge_feedback(*, feedback: Feedback, reply: str, by: Membership, at: datetime) -> Feedback:
    """Note that the school has read the feedback and knows what it means, with a reply if there is one."""
    referral = feedback.referral
    with entry(case=feedback.case, kind="feedback_acknowledged", by=by, at=at, referral=referral) as happening:
        if not access.may_speak_for_school(by, happening.case):
            raise NotAllowed
        locked = Feedback.objects.select_for_update().get(pk=feedback.pk)
        if locked.acknowledged_at is not None:
            raise AlreadyDone
        told = tell(happening, referral, Disclosure.What.REPLY, reply)
        locked.acknowledged_at, locked.acknowledged_by, locked.reply = at, by, told
        if locked.read_at is None:
            locked.read_at, locked.read_by = at, by
        locked.save(update_fields=["acknowledged_at", "acknowledged_by", "reply", "read_at", "read_by"])
        happening.subject = locked.pk
        _stop_oldest_receipt(happening, referral)
    return locked


def complete_work(*, referral: Referral, result: str, next_on: date, by: Membership, at: datetime) -> Referral:
    """End the work with what came of it; the school decides by `next_on` how to go on."""
    with entry(case=referral.case, kind="work_completed", by=by, at=at, referral=referral) as happening:
        locked = _working(happening, by)
        happening.set_status(locked, Status.COMPLETED)
        happening.text = result
        happening.stop("first_contact", "give_feedback", TRY_AGAIN, referral=locked)
        happening.start("do_next_step", unit=locked.from_unit, person=locked.sent_by, due_on=next_on, referral=locked)
    return locked


def interrupt_work(*, referral: Referral, reason: str, next_on: date, by: Membership, at: datetime) -> Referral:
    """Break off the work, saying why; the school responds as to a no and has the next step by `next_on`."""
    with entry(case=referral.case, kind="work_interrupted", by=by, at=at, referral=referral) as happening:
        locked = _working(happening, by)
        happening.set_status(locked, Status.INTERRUPTED)
        happening.text = reason
        happening.stop("first_contact", "give_feedback", TRY_AGAIN, referral=locked)
        happening.start("respond_to_no", unit=locked.from_unit, person=locked.sent_by, referral=locked)
        happening.start("do_next_step", unit=locked.from_unit, due_on=next_on, referral=locked)
    return locked


def _working(happening: Entry, by: Membership) -> Referral:
    """Return the entry's locked request if `by` works with it now."""
    locked = happening.request
    if not access.may_receive(by, locked):
        raise NotAllowed
    if not access.may_work(by, locked):
        raise AlreadyDone
    return locked


def _ask_for_feedback(happening: Entry, referral: Referral) -> None:
    happening.start("give_feedback", unit=referral.to_unit, person=referral.handler, referral=referral)


def _stop_oldest_receipt(happening: Entry, referral: Referral) -> None:
    """Stop one receipt that the school owed: each feedback started one."""
    owed = happening.open_obligations("acknowledge_feedback", referral=referral)
    for obligation in owed[:1]:
        happening.stop_one(obligation)
