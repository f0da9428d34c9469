"""The school's side after sending: answer a question, respond to a no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from accounts.models import Membership
from attendance.taking_measures import take_advice
from cases import access
from cases.consents import may_share_more
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Disclosure, Obligation, Question, Referral
from cases.obligations import CHECK, CHECK_AFTER
from deadlines.working_days import add_working_days

from .disclosing import ConsentIsMissing, disclose, tell
from .objections import lift
from .requests import replace_next_step


def answer_question(*, question: Question, answer: str, by: Membership, at: datetime) -> Question:
    """Answer the receiver's question; its clock runs again and the ball goes back.

    Raises ConsentIsMissing when the consent to share does not stand any more: the school asks for it anew, or takes the
    request back.
    """
    referral = question.referral
    with entry(case=referral.case, kind="question_answered", by=by, at=at, referral=referral) as happening:
        if not access.may_speak_for_school(by, happening.case):
            raise NotAllowed
        locked = Question.objects.select_for_update().get(pk=question.pk)
        if locked.answered_at is not None:
            raise AlreadyDone
        if not may_share_more(happening.request, happening.today):
            raise ConsentIsMissing
        disclose(happening, happening.request, {"text": answer}, what=Disclosure.What.ANSWER)
        happening.set_status(happening.request, Referral.Status.ASSESSING)
        locked.answer, locked.answered_at, locked.answered_by = answer, at, by
        locked.save(update_fields=["answer", "answered_at", "answered_by"])
        happening.subject = locked.pk
        happening.stop("answer_question", referral=happening.request)
        for obligation in happening.open_obligations("answer_request"):
            if obligation.referral_id == referral.pk:
                happening.resume(obligation)
    return locked


def follow_advice(*, referral: Referral, plan: str, due_on: date, by: Membership, at: datetime) -> Obligation:
    """Do what the no advised: the school's next step with its date, and three weeks later a look at the attendance.

    The plan is a measure of the school's from then on, as any other.
    """
    with _responding(referral, "advice_followed", by, at) as happening:
        told = happening.text = tell(happening, referral, Disclosure.What.RESPONSE, plan)
        replace_next_step(happening, referral)
        school = happening.case.school_unit
        check_on = add_working_days(due_on + CHECK_AFTER - timedelta(days=1), 1)
        happening.start(CHECK, unit=school, person=by, due_on=check_on, referral=referral)
        take_advice(pupil=happening.case.pupil, advice=plan, from_day=due_on, by=by, at=at)
        return happening.start(
            "do_next_step",
            unit=school,
            person=by,
            due_on=due_on,
            referral=referral,
            task=told[:300],
        )


def talk_first(*, referral: Referral, about: str, meet_on: date, by: Membership, at: datetime) -> Obligation:
    """Ask to talk before anything else; the school holds the follow-up at the latest on `meet_on`."""
    with _responding(referral, "talk_proposed", by, at) as happening:
        told = happening.text = tell(happening, referral, Disclosure.What.RESPONSE, about)
        return happening.start(
            "follow_up", unit=happening.case.school_unit, person=by, due_on=meet_on, referral=referral, task=told[:300]
        )


def lift_to_managers(*, referral: Referral, disagreement: str, by: Membership, at: datetime) -> list[Obligation]:
    """Lift a no to both sides' managers, each of whom answers within five working days."""
    with _responding(referral, "lifted_to_managers", by, at) as happening:
        told = happening.text = tell(happening, referral, Disclosure.What.RESPONSE, disagreement)
        return lift(happening, referral, told)


@contextmanager
def _responding(referral: Referral, kind: str, by: Membership, at: datetime) -> Iterator[Entry]:
    """Open an entry in which the school responds to a no, or to work that was interrupted."""
    with entry(case=referral.case, kind=kind, by=by, at=at, referral=referral) as happening:
        if not access.may_speak_for_school(by, happening.case):
            raise NotAllowed
        waiting = happening.open_obligations("respond_to_no", referral=referral)
        if not waiting:
            raise AlreadyDone
        happening.stop_one(waiting[0])
        yield happening
