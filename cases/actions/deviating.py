"""A deviation in the co-operation is registered by one side and answered by the other side's manager."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

import audit.actions
from accounts.models import Membership, Unit
from cases import access
from cases.deviating import ANSWERED_WITHIN, units_of_the_other_side
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Case, Deviation
from cases.naming import refuse_identity
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days


@transaction.atomic
def register_deviation(
    *,
    case: Case,
    about_unit: Unit,
    kind: str,
    happened: str,
    consequence: str,
    remedy: str,
    asks_lex_sarah: bool,
    submission: UUID,
    by: Membership,
    at: datetime,
) -> Deviation:
    """Register what went wrong in `case`, also after it has been closed. Both managers get it, and one answers.

    Sending the same `submission` twice gives the first one back. Raises NotAllowed, or SaysWho for a text that names
    somebody: a deviation is about the co-operation.
    """
    if not access.may_register_deviation(by, case) or about_unit not in units_of_the_other_side(by, case):
        raise NotAllowed
    before = Deviation.objects.visible_to(by).filter(submission=submission).first()
    if before is not None:
        return before
    texts = {"happened": happened, "consequence": consequence, "remedy": remedy}
    refuse_identity(texts, by, case.school_unit_id, at)
    deviation = Deviation.objects.create(
        case=case, from_unit=by.unit, about_unit=about_unit, kind=kind, asks_lex_sarah=asks_lex_sarah, registered_at=at,
        registered_by=by, due_on=add_working_days(stockholm_day(at), ANSWERED_WITHIN), submission=submission, **texts,
    )  # fmt: skip
    audit.actions.record(action="deviation_registered", target=deviation, by=by, at=at, details={"kind": kind})
    return deviation


@transaction.atomic
def answer_deviation(*, deviation: Deviation, response: str, by: Membership, at: datetime) -> Deviation:
    """Answer, as the manager of the unit that it is about, once. Raises AlreadyDone, NotAllowed or SaysWho."""
    locked = Deviation.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=deviation.pk).first()
    if locked is None or not access.may_answer_deviation(by, deviation):
        raise NotAllowed
    if locked.is_answered:
        raise AlreadyDone
    refuse_identity({"response": response}, by, deviation.case.school_unit_id, at)
    locked.response, locked.responded_at, locked.responded_by = response, at, by
    locked.save(update_fields=["response", "responded_at", "responded_by"])
    audit.actions.record(action="deviation_answered", target=locked, by=by, at=at)
    return locked
