"""The receiver's side: open, acknowledge, accept, ask, redirect, decline. One answer stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership, Unit
from cases import access
from cases.consents import may_go_on, reply_is_covered
from cases.declining import (
    BY_TWO,
    DEMANDED,
    MEET_WITHIN,
    SCHOOL_FIRST,
    TRY_AGAIN_WITHIN,
    NoGiven,
    lacks,
    told_on,
)
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Case, Decision, DecisionReason, Disclosure, NoSaid, PreparedNo, Question, QueuePlace, Referral
from cases.obligations import ALLOCATED, CALL_MEETING, TRY_AGAIN
from cases.placing import WRONG_PLACE, has_to_take_it, may_say_no, may_send_on
from cases.unit_reasons import hidden_codes
from deadlines.working_days import add_working_days
from socialservices.models import ReasonCode, Service

from .disclosing import ConsentIsMissing, passed_on
from .placing import ask_coordinator
from .requests import NothingNew, end_part, new_referral

Status = Referral.Status


def open_request(*, referral: Referral, by: Membership, at: datetime) -> bool:
    """Note the receiver's first opening of a request, so that the sender sees it. Says whether this was the first."""
    if referral.status != Status.SENT or not access.may_receive(by, referral):
        return False
    with entry(case=referral.case, kind="request_opened", by=by, at=at, referral=referral, is_substantive=False) as e:
        if e.request.status != Status.SENT:
            return False
        e.set_status(e.request, Status.RECEIVED, received_at=at, received_by=by)
        _read(Disclosure.objects.filter(referral=e.request), by, at)
    return True


def note_reading(*, case: Case, by: Membership, at: datetime) -> None:
    """Note that `by` has read what the school has told since the request was first opened."""
    opened = case.referrals.received_by(by).exclude(status=Status.SENT)
    _read(Disclosure.objects.filter(referral__in=opened.values("pk")), by, at)


def _read(copies: QuerySet[Disclosure], by: Membership, at: datetime) -> None:
    """Note who was the first to read each of the copies; what was stopped before that is read by nobody."""
    copies.filter(read_at=None, stopped_at=None).update(read_at=at, read_by=by)


def acknowledge_request(*, referral: Referral, by: Membership, at: datetime) -> Referral:
    """Acknowledge that the request has arrived; `by` becomes the one who answers it.

    Raises AlreadyDone if somebody has acknowledged it, NotAllowed for others than the receiver's people.
    """
    with entry(case=referral.case, kind="request_acknowledged", by=by, at=at, referral=referral) as happening:
        _check(access.may_receive, by, happening.request)
        if happening.request.status not in {Status.SENT, Status.RECEIVED}:
            raise AlreadyDone
        _acknowledge(happening, by)
    return happening.request


def accept_request(
    *,
    referral: Referral,
    handler: Membership,
    first_contact_by: date,
    by: Membership,
    at: datetime,
    begins_with: str = "",
    try_again_on: date | None = None,
) -> Referral:
    """Say yes: `handler` is responsible and makes the first contact at the latest on `first_contact_by`.

    Where the pupil does not want to yet, the unit begins in another way (a code of OtherWay) and tries again with the
    pupil at the latest on `try_again_on`, within 30 calendar days (law.md 6.1): that is a yes, and an obligation of its
    own. Raises NotAllowed for a later day, or for none.
    """
    with answering(referral, "request_accepted", by, at) as happening:
        locked = happening.request
        if handler.unit_id != locked.to_unit_id or not handler.is_active(happening.today):
            raise NotAllowed
        if begins_with and not (try_again_on and try_again_on <= happening.today + TRY_AGAIN_WITHIN):
            raise NotAllowed
        _decide(happening, Decision.Answer.ACCEPTED, begins_with=begins_with, try_again_on=try_again_on)
        happening.set_status(locked, Status.ACCEPTED, handler=handler, first_contact_by=first_contact_by)
        happening.stop("answer_request", "answer_question", referral=locked)
        happening.start("first_contact", unit=locked.to_unit, person=handler, due_on=first_contact_by, referral=locked)
        if begins_with:
            happening.start(TRY_AGAIN, unit=locked.to_unit, person=handler, due_on=try_again_on, referral=locked)
    return locked


def ask_question(*, referral: Referral, text: str, due_on: date, by: Membership, at: datetime) -> Question:
    """Ask the school something before answering. The answer's clock rests, once; the child's time does not."""
    with answering(referral, "question_asked", by, at) as happening:
        locked = happening.request
        happening.set_status(locked, Status.ASKED)
        question = Question.objects.create(referral=locked, text=text, asked_at=at, asked_by=by, due_on=due_on)
        happening.subject = question.pk
        for obligation in happening.open_obligations("answer_request", referral=locked):
            if not obligation.holds.exists():
                happening.pause(obligation, until=due_on, reason="question")
        happening.start("answer_question", unit=locked.from_unit, person=locked.sent_by, due_on=due_on, referral=locked)
    return question


def queue_request(
    *, referral: Referral, place: int, expected_on: date, interim: str, by: Membership, at: datetime
) -> QueuePlace:
    """Give the request a place in the unit's queue: there is no room yet. The unit keeps the ball.

    Its answer is due on the day the turn is expected. Queueing again gives a new place and day; every one is kept.
    Raises NotAllowed for a day that has been, AlreadyDone while the school has a question to answer.
    """
    with answering(referral, "request_queued", by, at) as happening:
        if expected_on <= happening.today:
            raise NotAllowed
        happening.set_status(happening.request, Status.QUEUED)
        given = QueuePlace.objects.create(
            referral=happening.request,
            place=place,
            expected_on=expected_on,
            interim=interim,
            queued_at=at,
            queued_by=by,
        )
        happening.subject = given.pk
        for obligation in happening.open_obligations("answer_request", referral=happening.request):
            happening.move_date(obligation, due_on=expected_on)
    return given


def redirect_request(*, referral: Referral, service: Service, rationale: str, by: Membership, at: datetime) -> Referral:
    """Send the request on to the unit behind `service`. The sender keeps the answer until that unit acknowledges.

    The second time the service is a proposal: the coordinator chooses (cases.actions.placing), and the request is
    returned as it is. Raises ConsentIsMissing when the consent to share has been taken back, NotAllowed for a request
    that a coordinator or managers have placed.
    """
    kind = "request_redirected" if referral.redirected_from is None else "placing_asked"
    with answering(referral, kind, by, at) as happening:
        old = happening.request
        to_unit = service.office.unit
        if to_unit.pk == old.to_unit_id or not may_send_on(old):
            raise NotAllowed
        if happening.case.referrals.awaiting_answer().filter(to_unit=to_unit).exists():
            raise NothingNew
        decision = _decide(happening, Decision.Answer.REDIRECTED, next_holder=to_unit)
        _say_why(happening, decision, None, rationale=rationale)
        happening.set_status(old, Status.REDIRECTED)
        happening.stop("answer_question", referral=old, outcome="replaced")
        for obligation in happening.open_obligations("answer_request", referral=old):
            happening.resume(obligation)
        return _goes_on(happening, old, service)


def _goes_on(happening: Entry, old: Referral, service: Service) -> Referral:
    """Give the request to the unit behind `service`, or the second time the choice to the coordinator."""
    if not may_go_on(old.disclosures.all()):
        raise ConsentIsMissing
    if old.redirected_from is not None and ask_coordinator(happening, old):
        return old
    new = new_referral(happening, to_unit=service.office.unit, service=service, parent=old)
    passed_on(happening, old, new)
    happening.start("take_over", unit=new.to_unit, referral=new)
    happening.referral = old
    return new


def decline_request(
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
) -> Decision:
    """Say no, completely: reason, own words, what the school should do instead, who has the next step and when.

    The case stays open. The school responds to the no, and `next_holder` does the next step at the latest on
    `next_on`. The database refuses a no that lacks any of this. Raises NotAllowed for a reason that only says "not us"
    where the school asked the intake office to choose, for a no that lacks what its reason demands, and for a reason
    that takes two (cases.actions.second_person).
    """
    if reason.code in BY_TWO:
        raise NotAllowed
    words = {
        "rationale": rationale, "missing_measure": missing_measure, "tried": tried, "alternative": alternative,
        "nevertheless": nevertheless,
    }  # fmt: skip
    with answering(referral, "request_declined", by, at) as happening:
        return say_no(happening, NoSaid(reason, advice, next_holder, next_on, words))


def say_no(happening: Entry, said: NoSaid, *, prepared_by: Membership | None = None) -> Decision:
    """Write a complete no to the entry's request, and put the next steps on the school and on the next holder.

    A no for the school's responsibility has its unit call a joint meeting, where the school reads that reason; where it
    does not, its head does (cases.meetings_to_call).
    Raises NotAllowed for one that lacks what its reason demands, or that is no answer where the office is to choose.
    """
    locked = happening.request
    if lacks_anything(locked, said, happening.today):
        raise NotAllowed
    decision = _decide(
        happening, Decision.Answer.DECLINED, advice=said.advice, next_holder=said.next_holder, next_on=said.next_on
    )
    given = _say_why(happening, decision, said.reason, prepared_by=prepared_by, **said.words)
    happening.set_status(locked, Status.DECLINED)
    happening.stop("answer_request", "answer_question", referral=locked)
    happening.start("respond_to_no", unit=locked.from_unit, person=locked.sent_by, referral=locked)
    happening.start("do_next_step", unit=said.next_holder, due_on=said.next_on, referral=locked, task=said.advice[:300])
    if given.told_on and said.reason.code == SCHOOL_FIRST and not locked.meetings.open().exists():
        meet_by = add_working_days(happening.today, MEET_WITHIN)
        happening.start(CALL_MEETING, unit=locked.to_unit, due_on=meet_by, referral=locked)
    return decision


def lacks_anything(referral: Referral, said: NoSaid, today: date) -> bool:
    """Say whether a no lacks what its reason demands on `today`, or is none here: hidden, or not this unit's to say."""
    demanded = {name: said.words.get(name, "") for name in DEMANDED}
    given = NoGiven(said.reason.code, said.next_holder.pk == referral.from_unit_id, said.next_on, **demanded)
    if not may_say_no(referral):
        return True
    refused = WRONG_PLACE if has_to_take_it(referral) else ()
    is_none = said.reason.code in {*refused, *hidden_codes(referral.to_unit, today)}
    return is_none or bool(lacks(given, today))


def allocate_request(*, referral: Referral, person: Membership, by: Membership, at: datetime) -> Referral:
    """Let `person` in the receiving unit answer the request or do the work. Raises AlreadyDone when it has ended."""
    with entry(case=referral.case, kind="handler_chosen", by=by, at=at, referral=referral, is_substantive=False) as e:
        _check(access.may_receive, by, e.request)
        if person.unit_id != e.request.to_unit_id or not person.is_active(e.today):
            raise NotAllowed
        held = e.open_obligations(*ALLOCATED, referral=e.request)
        if not held:
            raise AlreadyDone
        for obligation in held:
            e.hand_over(obligation, unit=e.request.to_unit, person=person)
        if e.request.handler_id:
            e.request.handler = person
            e.request.save(update_fields=["handler"])
    return e.request


@contextmanager
def answering(referral: Referral, kind: str, by: Membership, at: datetime) -> Iterator[Entry]:
    """Open an entry in which `by` answers `referral`, acknowledging it first where nobody has.

    A no that waited for a second person waits no longer: this answer took its place.
    """
    with entry(case=referral.case, kind=kind, by=by, at=at, referral=referral) as happening:
        _check(access.may_receive, by, happening.request)
        if happening.request.status not in Referral.UNANSWERED:
            raise AlreadyDone
        if happening.request.status in {Status.SENT, Status.RECEIVED}:
            _acknowledge(happening, by)
        yield happening
        end_prepared(happening.request, PreparedNo.Ending.REPLACED, by=by, at=at)


def end_prepared(referral: Referral, ending: str, *, by: Membership, at: datetime, why_back: str = "") -> None:
    """End what has been prepared about a locked request, if it still waits."""
    waiting = PreparedNo.objects.open().filter(referral=referral)
    waiting.update(ending=ending, ended_by=by, ended_at=at, why_back=why_back)


def _check(may: Callable[[Membership, Referral], bool], by: Membership, referral: Referral) -> None:
    if not may(by, referral):
        raise NotAllowed


def _acknowledge(happening: Entry, by: Membership) -> None:
    """Note the receipt and let `by` hold the answer. A redirected request keeps the date it had where it came from."""
    referral = happening.request
    opened = {} if referral.received_at else {"received_at": happening.at, "received_by": by}
    happening.set_status(referral, Status.ASSESSING, acknowledged_at=happening.at, acknowledged_by=by, **opened)
    _read(Disclosure.objects.filter(referral=referral), by, happening.at)
    due_on = None
    if referral.redirected_from is not None:
        due_on = _take_over(happening, referral.redirected_from)
    happening.stop("acknowledge_request", "take_over", referral=referral)
    person = by if by.unit_id == referral.to_unit_id else None
    given = happening.open_obligations("answer_request", referral=referral)
    for obligation in given:  # what managers gave back has its date already
        happening.hand_over(obligation, unit=referral.to_unit, person=person)
    if not given:
        happening.start("answer_request", unit=referral.to_unit, person=person, due_on=due_on, referral=referral)


def _take_over(happening: Entry, old: Referral) -> date | None:
    """End the redirecting unit's answer and its part in the case; return the date that goes on counting."""
    due_on = None
    for obligation in happening.open_obligations("answer_request", referral=old):
        due_on = max(obligation.due_on, happening.today)
        happening.stop_one(obligation, outcome="taken_over")
    end_part(happening, old)
    return due_on


def _say_why(happening: Entry, decision: Decision, code: ReasonCode | None, **words: Any) -> DecisionReason:
    """Write why, where the school reads it only on a ground that holds today."""
    ground = told_on(code, is_covered=reply_is_covered(happening.request, happening.today))
    return DecisionReason.objects.create(decision=decision, code=code, told_on=ground, **words)


def _decide(happening: Entry, answer: str, **facts: object) -> Decision:
    """Write the one answer to the entry's request."""
    decision = Decision.objects.create(
        referral=happening.request, answer=answer, decided_at=happening.at, decided_by=happening.actor, **facts
    )
    happening.subject = decision.pk
    return decision
