"""A consultation without a name is asked by a school and answered by social services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

import audit.actions
from accounts.models import Membership, Unit
from accounts.roles import Side
from cases import access, unit_times
from cases.consulting import units_to_ask
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Consultation, Disclosure
from cases.nameless import Found, identities_in
from cases.obligations import CONSULTATION
from deadlines.stockholm import stockholm_day
from schools.models import Pupil


class SaysWho(Exception):
    """The text says who somebody is; `found` is what in it does."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__("the text says who somebody is")
        self.found = found


@transaction.atomic
def ask(*, to_unit: Unit, question: str, submission: UUID, by: Membership, at: datetime) -> Consultation:
    """Ask `to_unit`. Sending the same `submission` twice gives the first one back. Raises NotAllowed or SaysWho."""
    if not (access.may_consult(by) and units_to_ask(by, stockholm_day(at)).filter(pk=to_unit.pk).exists()):
        raise NotAllowed
    asked_before = Consultation.objects.visible_to(by).filter(submission=submission).first()
    if asked_before is not None:
        return asked_before
    _refuse_identity(question, by, by.unit_id, at)
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
    _refuse_identity(text, by, locked.school_unit_id, at)
    locked.answer, locked.advice, locked.answered_at, locked.answered_by = text, advice, at, by
    locked.save(update_fields=["answer", "advice", "answered_at", "answered_by"])
    audit.actions.record(action="consultation_answered", target=locked, by=by, at=at, details={"advice": advice})
    return locked


def _refuse_identity(text: str, writer: Membership, school: UUID, at: datetime) -> None:
    found = identities_in(text, _names_known_to(writer, school), stockholm_day(at))
    if found:
        raise SaysWho(found)


def _names_known_to(writer: Membership, school: UUID) -> Iterable[tuple[str, str]]:
    """Return the names of the pupils at `school` that `writer` may see; for social services those they were given."""
    if writer.side == Side.SCHOOL:
        return Pupil.objects.visible_to(writer).values_list("given_name", "family_name").iterator()
    given = Disclosure.objects.requests().visible_to(writer).filter(from_unit=school)
    whole = set(given.values_list("content__pupil__name", flat=True))
    return [(name.rpartition(" ")[0], name.rpartition(" ")[2]) for name in whole if name]
