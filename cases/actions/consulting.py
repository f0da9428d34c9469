"""A consultation without a name is asked by a school and answered by social services."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

import audit.actions
from accounts.models import Membership, Unit
from cases import access, unit_times
from cases.consulting import units_to_ask
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Consultation
from cases.naming import refuse_identity
from cases.obligations import CONSULTATION
from deadlines.stockholm import stockholm_day


@transaction.atomic
def ask(*, to_unit: Unit, question: str, submission: UUID, by: Membership, at: datetime) -> Consultation:
    """Ask `to_unit`. Sending the same `submission` twice gives the first one back. Raises NotAllowed or SaysWho."""
    if not (access.may_consult(by) and units_to_ask(by, stockholm_day(at)).filter(pk=to_unit.pk).exists()):
        raise NotAllowed
    asked_before = Consultation.objects.visible_to(by).filter(submission=submission).first()
    if asked_before is not None:
        return asked_before
    refuse_identity({"question": question}, by, by.unit_id, at)
    consultation = Consultation.objects.create(
        school_unit=by.unit, to_unit=to_unit, question=question, asked_at=at, asked_by=by, submission=submission,
        due_on=unit_times.due_on(CONSULTATION, to_unit, stockholm_day(at)),
    )  # fmt: skip
    audit.actions.record(action="consultation_asked", target=consultation, by=by, at=at)
    return consultation


@transaction.atomic
def answer(*, consultation: Consultation, text: str, advice: str, by: Membership, at: datetime) -> Consultation:
    """Answer `consultation` once. Raises AlreadyDone, NotAllowed or SaysWho."""
    locked = Consultation.objects.visible_to(by).select_for_update().filter(pk=consultation.pk).first()
    if locked is None or not access.may_answer_consultation(by, consultation):
        raise NotAllowed
    if locked.is_answered:
        raise AlreadyDone
    refuse_identity({"text": text}, by, locked.school_unit_id, at)
    locked.answer, locked.advice, locked.answered_at, locked.answered_by = text, advice, at, by
    locked.save(update_fields=["answer", "advice", "answered_at", "answered_by"])
    audit.actions.record(action="consultation_answered", target=locked, by=by, at=at, details={"advice": advice})
    return locked
