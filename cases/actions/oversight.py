"""Getting a case to move: set a next step, hand over, pause, move a date, remind, answer what was lifted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from accounts.models import Membership, Unit
from cases import access
from cases.acts import last_acts
from cases.breaks import FIRST_WEEK, LAST_WEEK
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Case, Event, Objection, Obligation
from cases.obligations import (
    AUTUMN_CONTACT,
    CHECK,
    DATE_CHANGES,
    LIFT,
    NET,
    PLAN_AUTUMN,
    REMIND_EVERY_DAYS,
    STEPS,
    LiftAnswer,
)

from . import objections
from .disclosing import tell_in_case
from .objections import lift


class TooSoon(Exception):
    """A reminder was sent a short while ago."""


class TooManyDates(Exception):
    """The date has been moved as often as it may: now somebody else takes it, or it is lifted."""


def set_next_step(
    *, obligation: Obligation, task: str, unit: Unit, due_on: date, by: Membership, at: datetime
) -> Obligation:
    """Fulfil the net, or an autumn plan that came too late, by naming what happens next, who does it and by when."""
    with _holding(obligation, "next_step_set", by, at, kinds=(NET, PLAN_AUTUMN)) as happening:
        told = happening.text = tell_in_case(happening, task, obligation.referral)
        happening.stop_one(_open(obligation))
        return happening.start("do_next_step", unit=unit, due_on=due_on, referral=obligation.referral, task=told[:300])


def record_step(
    *, obligation: Obligation, what: str, next_task: str, next_unit: Unit, next_on: date, by: Membership, at: datetime
) -> Obligation:
    """Note that a step was done and what came of it, and name the next one."""
    with _holding(obligation, "step_done", by, at, kinds=(*STEPS, CHECK)) as happening:
        happening.text = tell_in_case(happening, what, obligation.referral)
        told = tell_in_case(happening, next_task, obligation.referral)
        happening.stop_one(_open(obligation))
        return happening.start(
            "do_next_step", unit=next_unit, due_on=next_on, referral=obligation.referral, task=told[:300]
        )


def plan_autumn(
    *, obligation: Obligation, next_task: str, next_unit: Unit, next_on: date, by: Membership, at: datetime
) -> Obligation:
    """Make the plan for the autumn: what the first contact is, who makes it, and when in week 33 or 34 (law.md P15).

    A first contact of an earlier year that was never made is replaced. Raises NotAllowed for a day in another week; the
    database refuses it, too.
    """
    if next_on.isocalendar().week not in {FIRST_WEEK, LAST_WEEK}:
        raise NotAllowed
    with _holding(obligation, "autumn_planned", by, at, kinds=(PLAN_AUTUMN,)) as happening:
        told = happening.text = tell_in_case(happening, next_task)
        happening.stop_one(_open(obligation))
        happening.stop(AUTUMN_CONTACT, outcome=Obligation.Outcome.REPLACED)
        return happening.start(AUTUMN_CONTACT, unit=next_unit, due_on=next_on, task=told[:300])


def answer_lift(
    *,
    obligation: Obligation,
    answer: str,
    reason: str,
    next_task: str,
    next_unit: Unit,
    next_on: date,
    conditions: str = "",
    by: Membership,
    at: datetime,
) -> Obligation:
    """Answer, as a manager, what was lifted: a code, a reason and who does what next."""
    with entry(case=obligation.case, kind="lift_answered", by=by, at=at, referral=obligation.referral) as happening:
        _open(obligation)
        objection = Objection.objects.open().filter(referral=obligation.referral_id).first()
        if obligation.kind != LIFT or objection is None or not access.may_answer_objection(by, objection, obligation):
            raise NotAllowed
        happening.text = f"{LiftAnswer(answer).value}: {reason}"
        step = happening.start(
            "do_next_step", unit=next_unit, due_on=next_on, referral=obligation.referral, task=next_task[:300]
        )
        objections.answer(
            happening, _open(obligation), code=answer, reason=reason, conditions=conditions, next_on=next_on,
            task=next_task,
        )  # fmt: skip
        return step


def hand_over(
    *, obligation: Obligation, unit: Unit, person: Membership | None, reason: str, by: Membership, at: datetime
) -> Obligation:
    """Let somebody else in the same unit hold the obligation."""
    with _holding(obligation, "handed_over", by, at, is_substantive=False) as happening:
        holder = obligation.intervals.get(to_at=None)
        if unit.pk != holder.unit_id or (person is not None and person.unit_id != unit.pk):
            raise NotAllowed
        happening.text = reason
        happening.hand_over(_open(obligation), unit=unit, person=person, reason=reason)
        referral = happening.referral
        works = obligation.kind in {"first_contact", "give_feedback"}
        if works and person is not None and referral is not None and referral.to_unit_id == unit.pk:
            referral.handler = person
            referral.save(update_fields=["handler"])
    return obligation


def pause(*, obligation: Obligation, until: date, reason: str, by: Membership, at: datetime) -> Obligation:
    """Let an agreed clock rest once, at most ten working days. Raises AlreadyPaused; NotAllowed for a statutory one."""
    with _holding(obligation, "paused", by, at) as happening:
        happening.text = reason
        happening.pause(_open(obligation), until=until, reason=reason)
    return obligation


def resume(*, obligation: Obligation, by: Membership, at: datetime) -> Obligation:
    """End a pause: the clock runs again."""
    with _holding(obligation, "resumed", by, at) as happening:
        happening.resume(_open(obligation))
    return obligation


def move_date(*, obligation: Obligation, due_on: date, reason: str, by: Membership, at: datetime) -> Obligation:
    """Give the obligation a new date with a reason: twice at most, and never a statutory one."""
    with _holding(obligation, "date_moved", by, at) as happening:
        current = _open(obligation)
        if current.is_statutory:
            raise NotAllowed
        if _times_moved(current) >= DATE_CHANGES:
            raise TooManyDates
        happening.text = reason
        happening.move_date(current, due_on=due_on)
    return current


def say_no_change(*, obligation: Obligation, because: str, by: Membership, at: datetime) -> Obligation:
    """Note that nothing has changed and why: a sign of life that counts (product.md section 8)."""
    with _holding(obligation, "no_change", by, at) as happening:
        happening.text = tell_in_case(happening, because, obligation.referral)
    return obligation


def lift_case(*, case: Case, disagreement: str, by: Membership, at: datetime) -> list[Obligation]:
    """Lift a case that does not move to both sides' managers, each of whom answers within five working days."""
    with entry(case=case, kind="lifted_to_managers", by=by, at=at) as happening:
        if not access.may_oversee(by, happening.case):
            raise NotAllowed
        if happening.open_obligations(LIFT):
            raise AlreadyDone
        happening.referral = happening.case.referrals.latest("sent_at", "pk")
        happening.text = disagreement
        return lift(happening, happening.referral, disagreement)


def remind(*, case: Case, by: Membership, at: datetime) -> Event:
    """Remind those who hold the case's obligations: once in three days, without a word about the pupil."""
    with entry(case=case, kind="reminded", by=by, at=at, is_substantive=False) as happening:
        if not access.may_oversee(by, happening.case):
            raise NotAllowed
        since = at - timedelta(days=REMIND_EVERY_DAYS)
        if any(reminded_at > since for _case, _unit, reminded_at in last_acts([case.pk], "reminded")):
            raise TooSoon
    return happening.event


@contextmanager
def _holding(
    obligation: Obligation,
    kind: str,
    by: Membership,
    at: datetime,
    *,
    kinds: tuple[str, ...] = (),
    is_substantive: bool = True,
) -> Iterator[Entry]:
    """Open an entry in which `by` acts on an obligation that the unit of `by` holds.

    Raises AlreadyDone if it was stopped before, NotAllowed for others and for obligations not of `kinds`.
    """
    with entry(
        case=obligation.case, kind=kind, by=by, at=at, referral=obligation.referral, is_substantive=is_substantive
    ) as happening:
        _open(obligation)
        if not access.may_do(by, obligation) or (kinds and obligation.kind not in kinds):
            raise NotAllowed
        yield happening


def _open(obligation: Obligation) -> Obligation:
    """Return the obligation as it is now, within the case's lock. Raises AlreadyDone if it was stopped."""
    current = Obligation.objects.select_for_update(of=("self",)).get(pk=obligation.pk)
    if current.stopped_at is not None:
        raise AlreadyDone
    return current


def _times_moved(obligation: Obligation) -> int:
    """Count how often the date has been moved: each left one event with this obligation in it."""
    return Event.objects.filter(
        case=obligation.case_id, kind="date_moved", changes__contains=[{"obligation": str(obligation.pk)}]
    ).count()
