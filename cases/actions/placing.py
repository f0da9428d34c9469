"""A request goes on by a decision from above: a coordinator chooses the unit, or managers change a no."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from accounts.models import Membership
from cases import access
from cases.coordinators import coordinating_unit
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Objection, Obligation, Referral
from cases.obligations import CALL_MEETING, PLACE
from socialservices.models import Service

from .disclosing import ConsentIsMissing
from .requests import NothingNew


def ask_coordinator(happening: Entry, old: Referral) -> bool:
    """Let the coordinator choose who takes a request that is sent on for the second time. False where there is none."""
    unit = coordinating_unit(old.to_unit, happening.today)
    if unit is None:
        return False
    happening.start(PLACE, unit=unit, referral=old)
    return True


def place_request(*, obligation: Obligation, service: Service, why: str, by: Membership, at: datetime) -> Referral:
    """Choose, as a coordinator, the unit that takes the request; it may also be the one that sent it on.

    The unit that has the answer keeps it until the chosen one acknowledges, and `why` is read by both and the school.
    Raises ConsentIsMissing, NothingNew when that unit already has a request, AlreadyDone or NotAllowed.
    """
    with entry(case=obligation.case, kind="request_placed", by=by, at=at, referral=obligation.referral) as happening:
        current = Obligation.objects.select_for_update(of=("self",)).get(pk=obligation.pk)
        if current.stopped_at is not None:
            raise AlreadyDone
        if not access.may_place(by, current):
            raise NotAllowed
        if happening.case.referrals.awaiting_answer().filter(to_unit=service.office_id).exists():
            raise NothingNew
        new = _carry_on(happening, service)
        happening.text = why
        happening.stop_one(current)
        happening.start("take_over", unit=new.to_unit, referral=new, task=why)
    return new


def give_back(happening: Entry, objection: Objection, answer_by: date) -> bool:
    """Give the unit that said no the request to accept, no later than `answer_by`: managers have changed its answer.

    What the no left to do is replaced by that. Returns False where nothing can go on: the consent no longer stands,
    the unit has another request already, or it was not a no that was lifted.
    """
    old = happening.request
    waits = happening.case.referrals.awaiting_answer().filter(to_unit=old.to_unit)
    if old.status != Referral.Status.DECLINED or waits.exists():
        return False
    try:
        new = _carry_on(happening)
    except ConsentIsMissing:
        return False
    _replace_what_the_no_left(happening, objection)
    happening.start("answer_request", unit=new.to_unit, due_on=max(answer_by, happening.today), referral=new)
    return True


def _carry_on(happening: Entry, service: Service | None = None) -> Referral:
    """Return the entry's request as it goes on with its copies, to the unit behind `service` or to the same again.

    The database does it: whoever decides reads no copy. Raises ConsentIsMissing when the consent has been taken back.
    """
    old = happening.request
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT carry_request_on(%s, %s, %s, %s)",
            [old.pk, service.pk if service is not None else None, happening.actor.pk, happening.at],
        )
        (made,) = cursor.fetchone()
    if made is None:
        raise ConsentIsMissing
    new = Referral.objects.select_related("to_unit").get(pk=made)
    happening.note_status(new)
    return new


def _replace_what_the_no_left(happening: Entry, objection: Objection) -> None:
    """Stop what the no left to the school and to the unit; what managers asked of others since then stands."""
    left = ("respond_to_no", CALL_MEETING)
    happening.stop(*left, outcome=Obligation.Outcome.REPLACED, referral=happening.request)
    for step in happening.open_obligations("do_next_step", referral=happening.request):
        held = step.intervals.order_by("from_at", "pk")
        of_the_no = held.filter(from_at__lte=objection.raised_at).exists()
        if of_the_no or held.filter(to_at=None, unit=happening.request.to_unit_id).exists():
            happening.stop_one(step, outcome=Obligation.Outcome.REPLACED)
