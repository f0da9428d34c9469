"""A concern report is noted at the school: that it has been made, the question what came of it, and who may know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

import audit.actions
from accounts.models import Membership, Unit
from cases import access
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import ConcernReport
from schools.models import Pupil


@transaction.atomic
def note_report(
    *,
    pupil: Pupil,
    to_unit: Unit,
    channel: str,
    reported_at: datetime,
    reference: str,
    wants_meeting: bool,
    asks: bool,
    submission: UUID,
    by: Membership,
    at: datetime,
) -> ConcernReport:
    """Note that `by` has reported `pupil` to `to_unit` (SoL 19:1); the report itself is never here.

    With `asks` the question what came of it (SoL 19:6) is put at once. The database makes the intake office's own row.
    Sending the same `submission` twice gives the first one back. Raises NotAllowed.
    """
    if not (access.may_report(by) and Pupil.objects.visible_to(by).filter(pk=pupil.pk).exists()):
        raise NotAllowed
    noted_before = ConcernReport.objects.visible_to(by).filter(submission=submission).first()
    if noted_before is not None:
        return noted_before
    report = ConcernReport.objects.create(
        pupil=pupil, pupil_name=pupil.full_name, class_name=pupil.enrolments.get(ends_on=None).class_group.name,
        school_unit=by.unit, to_unit=to_unit, channel=channel, reported_at=reported_at, reference=reference,
        wants_meeting=wants_meeting, reported_by=by, noted_at=at, asked_at=at if asks else None, submission=submission,
    )  # fmt: skip
    audit.actions.record(action="report_noted", target=report, by=by, at=at)
    return report


@transaction.atomic
def ask_what_came_of_it(*, report: ConcernReport, by: Membership, at: datetime) -> ConcernReport:
    """Ask for information under SoL 19:6, also long after. Raises AlreadyDone when asked before, or NotAllowed."""
    locked = _locked(report, by)
    if locked.asked_at is not None:
        raise AlreadyDone
    locked.asked_at = at
    locked.save(update_fields=["asked_at"])
    audit.actions.record(action="report_information_asked", target=locked, by=by, at=at)
    return locked


@transaction.atomic
def name_readers(*, report: ConcernReport, members: list[Membership], by: Membership, at: datetime) -> ConcernReport:
    """Say who at the school, beside the reporter and the principal, may know of the report (OSL 40:7 g).

    `members` are all of them from now on; somebody who is left out may no longer know. Raises NotAllowed.
    """
    locked = _locked(report, by)
    if any(member.unit_id != locked.school_unit_id for member in members):
        raise NotAllowed
    locked.reader_ids = sorted(member.pk for member in members)
    locked.save(update_fields=["reader_ids"])
    readers = [str(pk) for pk in locked.reader_ids]
    audit.actions.record(action="report_readers_named", target=locked, by=by, at=at, details={"readers": readers})
    return locked


def _locked(report: ConcernReport, by: Membership) -> ConcernReport:
    locked = ConcernReport.objects.visible_to(by).select_for_update().filter(pk=report.pk).first()
    if locked is None or not access.may_speak_for_report(by, locked):
        raise NotAllowed
    return locked
