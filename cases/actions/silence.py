"""Noting that nobody has answered, and taking the case one step up."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Membership, Unit
from accounts.roles import MANAGERS
from cases.coordinators import the_city
from cases.ledger import CaseIsClosed, Entry, entry
from cases.models import Event, Objection, Obligation, Referral
from cases.obligations import LIFT, NET, PLACE
from cases.silence import RECEIPT_RETURNED_FOR, is_noted_at, silent_on
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days

from .objections import climb, lift


def note_silences(*, at: datetime) -> int:
    """Note every silence that has come about by `at`, each in its own transaction, and return how many there were.

    Whoever is asked because of a silence has the whole time from now on, also when the nights before were missed.
    """
    if not is_noted_at(at):
        return 0
    found = list(silent_on(stockholm_day(at)).select_related("case").defer("task", "case__final_word"))
    return sum(note_silence(obligation=obligation, at=at) for obligation in found)


def note_silence(*, obligation: Obligation, at: datetime) -> bool:
    """Note that `obligation` was met with silence, once for each of its dates; say whether it was noted now."""
    case = obligation.case
    try:
        with entry(case=case, kind="no_answer", by=None, at=at, is_substantive=False) as happening:
            current = silent_on(happening.today).filter(pk=obligation.pk).select_related("referral").first()
            if current is None:
                raise _NotSilent
            held = current.intervals.select_related("unit__parent").get(to_at=None)
            happening.silent, happening.subject, happening.referral = held.unit, current.pk, current.referral
            happening.note_silence(current)
            CLIMBS.get(current.kind, _ask_head)(happening, current, held.unit)
    except (_NotSilent, CaseIsClosed):
        return False
    return True


class _NotSilent(Exception):
    """Somebody answered, or another worker noted it, before the case was locked."""


def _ask_head(happening: Entry, obligation: Obligation, unit: Unit) -> None:
    """Let the unit's head see to it; what was asked stays with the one who has it."""
    if happening.case.obligations.open().filter(kind=NET).held_by(unit).exists():
        return
    happening.start(NET, unit=unit, person=_head_of(unit, happening), referral=obligation.referral)


def _lift_to_managers(happening: Entry, obligation: Obligation, unit: Unit) -> None:
    """Take what a unit's head has not seen to up to the managers of both sides."""
    referral = obligation.referral or happening.case.referrals.order_by("sent_at", "pk").last()
    if referral is not None:
        lift(happening, referral, "")


def _climb(happening: Entry, obligation: Obligation, unit: Unit) -> None:
    """Take the objection up one level; the city is the last, and is only counted."""
    others = silent_on(happening.today).filter(kind=LIFT, referral=obligation.referral_id).exclude(pk=obligation.pk)
    if others.exists():  # the other manager's silence is noted next, and takes it up
        happening.stop_one(obligation, outcome=Obligation.Outcome.NO_ANSWER)
        return
    still_open = Objection.objects.open().defer("disagreement", "other_version")
    climb(happening, still_open.select_related("referral__to_unit__parent").get(referral=obligation.referral_id))


def _place_higher(happening: Entry, obligation: Obligation, unit: Unit) -> None:
    """Let the city choose the unit that the district has not chosen; the city is the last, and is only counted."""
    city = the_city()
    if city is not None and city.pk != unit.pk:
        happening.stop_one(obligation, outcome=Obligation.Outcome.NO_ANSWER)
        happening.start(PLACE, unit=city, referral=obligation.referral)


def _end_question(happening: Entry, obligation: Obligation, unit: Unit) -> None:
    """Give the ball back to the unit that asked: no answer is no no, and its clock runs again."""
    happening.stop_one(obligation, outcome=Obligation.Outcome.NO_ANSWER)
    if happening.request.status == Referral.Status.ASKED:
        happening.set_status(happening.request, Referral.Status.ASSESSING)
    for waiting in happening.open_obligations("answer_request", referral=happening.request):
        happening.resume(waiting)


def _return_receipt(happening: Entry, obligation: Obligation, unit: Unit) -> None:
    """Let a receipt come back to the unit that owes it, and the next time to its manager."""
    returned = Event.objects.filter(kind="no_answer", subject=obligation.pk).count()
    if returned > 1:
        return
    person = _head_of(unit, happening) if returned else None
    happening.hand_over(obligation, unit=unit, person=person)
    happening.move_date(obligation, due_on=add_working_days(happening.today, RECEIPT_RETURNED_FOR))


def _head_of(unit: Unit, happening: Entry) -> Membership | None:
    """Return the one who answers for `unit` today; None where nobody does, then the whole unit is asked."""
    return Membership.objects.active(happening.today).filter(unit=unit, role__in=MANAGERS).order_by("pk").first()


CLIMBS = {
    NET: _lift_to_managers,
    LIFT: _climb,
    PLACE: _place_higher,
    "answer_question": _end_question,
    "acknowledge_feedback": _return_receipt,
}
"""What a silence leads to. Every other agreed kind goes to the head of the unit that was silent."""
