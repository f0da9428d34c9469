"""Who may do what in a case. Asked by the action, the view and the template alike.

Each function answers for one reader and one row; that the reader may see the row at all is settled by `visible_to`.
"""

from __future__ import annotations

from accounts.models import Membership, Unit
from accounts.permissions import NARROWED, Action, Object, Scope, may_within, permits
from accounts.roles import Role, Side

from .models import Case, ConcernReport, Consultation, Deviation, Feedback, Objection, Obligation, PreparedNo, Referral
from .models.objection import Level
from .obligations import LIFT, PLACE
from .unit_times import HAVE_TIMES


def _may(reader: Membership, thing: Object, action: Action, unit: Unit) -> bool:
    """Say whether `reader` may do `action` with a `thing` of `unit`. Give the unit with its parent fetched."""
    above = (unit.parent_id, unit.parent.parent_id if unit.parent else None)
    return may_within(reader, thing, action, unit.pk, above=above)


def may_request_support(reader: Membership) -> bool:
    """Say whether `reader` may write and send requests."""
    return bool(permits(reader, Object.REQUEST, Action.CREATE))


def may_receive(reader: Membership, referral: Referral) -> bool:
    """Say whether `reader` works in the unit that the request came to."""
    return _may(reader, Object.REQUEST, Action.DECIDE, referral.to_unit)


def may_acknowledge(reader: Membership, referral: Referral) -> bool:
    """Say whether `reader` may acknowledge the request now."""
    waiting = referral.status in {Referral.Status.SENT, Referral.Status.RECEIVED}
    return waiting and may_receive(reader, referral)


def may_answer(reader: Membership, referral: Referral) -> bool:
    """Say whether `reader` may accept, ask, redirect or decline now. Answering also acknowledges."""
    return referral.status in Referral.UNANSWERED and may_receive(reader, referral)


def may_confirm_no(reader: Membership, prepared: PreparedNo) -> bool:
    """Say whether `reader` may be the second person: somebody else than who wrote it, also in another role.

    Where the unit has said no about the pupil for the same reason before, one of the two is a head (law.md 6.1): give
    the row fetched `with_history()`.
    """
    if reader.user_id == prepared.prepared_by.user_id or not may_answer(reader, prepared.referral):
        return False
    return Role.UNIT_HEAD in {reader.role, prepared.prepared_by.role} or not prepared.is_said_before


def may_allocate_request(reader: Membership, referral: Referral) -> bool:
    """Say whether `reader` may choose who has the request, while there is something to have."""
    ended = referral.status not in {*Referral.UNANSWERED, Referral.Status.ACCEPTED, Referral.Status.ACTIVE}
    return not ended and _may(reader, Object.REQUEST, Action.CHANGE, referral.to_unit)


def may_work(reader: Membership, referral: Referral) -> bool:
    """Say whether `reader` may record contacts and feedback of an accepted request."""
    working = referral.status in {Referral.Status.ACCEPTED, Referral.Status.ACTIVE}
    return working and _may(reader, Object.FEEDBACK, Action.CREATE, referral.to_unit)


def may_speak_for_school(reader: Membership, case: Case) -> bool:
    """Say whether `reader` may answer, acknowledge, withdraw and close for the case's school."""
    return case.is_open and may_within(reader, Object.REQUEST, Action.CHANGE, case.school_unit_id)


def may_see_consents(reader: Membership, case: Case) -> bool:
    """Say whether `reader` may open the pages of the pupil's consents, also when the case is closed."""
    return may_within(reader, Object.REQUEST, Action.CHANGE, case.school_unit_id)


def may_acknowledge_feedback(reader: Membership, feedback: Feedback) -> bool:
    """Say whether `reader` may acknowledge the feedback now."""
    waits = feedback.acknowledged_at is None and feedback.case.is_open
    return waits and may_within(reader, Object.FEEDBACK, Action.CHANGE, feedback.case.school_unit_id)


def may_report(reader: Membership) -> bool:
    """Say whether `reader` may note a concern report: everybody who works at a school."""
    return bool(permits(reader, Object.CONCERN_REPORT, Action.CREATE))


def may_speak_for_report(reader: Membership, report: ConcernReport) -> bool:
    """Say whether `reader` may ask what came of it and name who may know: who made it, and the school's principal."""
    is_principal = Scope.SCHOOL in permits(reader, Object.CONCERN_REPORT, Action.READ)
    return report.reported_by_id == reader.pk or (is_principal and reader.unit_id == report.school_unit_id)


def may_handle_report(reader: Membership, report: ConcernReport) -> bool:
    """Say whether `reader` handles reports in the office that has this one."""
    return _may(reader, Object.CONCERN_REPORT, Action.DECIDE, report.to_unit)


def may_consult(reader: Membership) -> bool:
    """Say whether `reader` may ask social services without a name: those who may write requests."""
    return bool(permits(reader, Object.CONSULTATION, Action.CREATE))


def may_answer_consultation(reader: Membership, consultation: Consultation) -> bool:
    """Say whether `reader` works in the unit that was asked, or heads it. Give it with the unit's parent fetched."""
    return _may(reader, Object.CONSULTATION, Action.DECIDE, consultation.to_unit)


def may_register_deviation(reader: Membership, case: Case) -> bool:
    """Say whether `reader` may register a deviation about `case`: whoever works with the case."""
    registers = permits(reader, Object.DEVIATION, Action.CREATE)
    return bool(registers) and Case.objects.visible_to(reader).filter(pk=case.pk).exists()


def may_answer_deviation(reader: Membership, deviation: Deviation) -> bool:
    """Say whether `reader` manages the unit that a deviation is about. Give it with that unit's parent fetched."""
    return _may(reader, Object.DEVIATION, Action.DECIDE, deviation.about_unit)


def may_call_meeting(reader: Membership, referral: Referral) -> bool:
    """Say whether `reader` may call the other unit: the school, the request's unit, and managers it was lifted to."""
    case = referral.case
    if not case.is_open:
        return False
    if may_speak_for_school(reader, case) or may_receive(reader, referral):
        return True
    lifted = case.obligations.open().filter(kind=LIFT).held_by(reader.unit)
    return bool(permits(reader, Object.LIFT, Action.DECIDE)) and lifted.exists()


def may_close(reader: Membership, case: Case) -> bool:
    """Say whether `reader` may close the case: only the school may (product.md rule 3)."""
    return case.is_open and may_within(reader, Object.CASE, Action.DECIDE, case.school_unit_id)


def may_write_note(reader: Membership, case: Case) -> bool:
    """Say whether `reader` may write an internal note: whoever reads the case, in their own unit's lane."""
    writes = permits(reader, Object.NOTE, Action.CREATE)
    return bool(writes) and Case.objects.visible_to(reader).filter(pk=case.pk).exists()


def may_do(reader: Membership, obligation: Obligation) -> bool:
    """Say whether `reader` may fulfil, pause or hand over `obligation`: its unit's people and those above them."""
    holder = obligation.intervals.select_related("unit__parent").filter(to_at=None).first()
    return holder is not None and may_act_for(reader, holder.unit)


def may_act_for(reader: Membership, unit: Unit) -> bool:
    """Say whether `reader` may do what `unit` holds. Give the unit with its parent fetched."""
    return _may(reader, Object.STEP, Action.CHANGE, unit)


def may_allocate(reader: Membership, obligation: Obligation) -> bool:
    """Say whether `reader` may choose who holds `obligation`: managers, and intake and team workers for their unit."""
    return may_do(reader, obligation)


def may_answer_lift(reader: Membership, obligation: Obligation) -> bool:
    """Say whether `reader` may answer what was lifted: only those who manage the unit that holds it."""
    return bool(permits(reader, Object.LIFT, Action.DECIDE)) and may_do(reader, obligation)


def may_answer_objection(reader: Membership, objection: Objection, obligation: Obligation) -> bool:
    """Say whether `reader` may answer for the unit that is asked: its manager, and further up its coordinator.

    Whoever has answered at a lower level does not answer again: the next level is somebody else.
    """
    if objection.ended_at is not None or objection.answers.filter(answered_by=reader.pk).exists():
        return False
    if objection.level == Level.HEADS or permits(reader, Object.LIFT, Action.DECIDE):
        return may_answer_lift(reader, obligation)
    asked = obligation.intervals.filter(to_at=None, unit=reader.unit_id)
    return bool(permits(reader, Object.OBJECTION, Action.DECIDE)) and asked.exists()


def may_write_other_version(reader: Membership, objection: Objection) -> bool:
    """Say whether `reader` may tell the side of the unit that said no: its people, until somebody has answered."""
    told = objection.ended_at is not None or objection.other_version or objection.answers.exists()
    return not told and _may(reader, Object.OBJECTION, Action.CREATE, objection.referral.to_unit)


def may_place(reader: Membership, obligation: Obligation) -> bool:
    """Say whether `reader` chooses who takes a request sent on twice: the asked unit's coordinator, or its head."""
    asked = obligation.kind == PLACE and obligation.intervals.filter(to_at=None, unit=reader.unit_id).exists()
    return asked and bool(permits(reader, Object.STALLED, Action.CHANGE))


def may_oversee(reader: Membership, case: Case) -> bool:
    """Say whether `reader` may remind the holders of `case`: managers and coordinators who oversee it."""
    oversees = permits(reader, Object.STALLED, Action.CHANGE)
    return bool(oversees) and Case.objects.overseen_by(reader).filter(pk=case.pk).exists()


def may_change_settings(reader: Membership, unit: Unit) -> bool:
    """Say whether `reader` settles times, reasons and the like for `unit`, which works with cases: its head does."""
    return unit.kind in HAVE_TIMES and _may(reader, Object.SETTING, Action.CHANGE, unit)


def reads_cases(reader: Membership) -> bool:
    """Say whether `reader` reads what is written in the cases of the units below.

    An area manager of schools does not, except in cases that have been lifted: dates, states and units are enough.
    """
    scope = permits(reader, Object.CASE, Action.READ)
    return bool(scope) and not scope & NARROWED


def may_see_who_has_read(reader: Membership) -> bool:
    """Say whether `reader` may see who in the own units has read about their cases: a head on the social side.

    At a school the principal sees it on the pupil's page.
    """
    return reader.role == Role.UNIT_HEAD and reader.side == Side.SOCIAL
