"""An intake office handles a concern report: receipt, protection, decision, the reporter, the investigation.

Each of these locks the office's row, checks that it has not been done, writes it once, and writes the audit row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction

import audit.actions
from accounts.models import Membership, Unit
from cases import access
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import ConcernReport, ReportAnswer, ReportExtension, ReportHandling
from cases.report_clocks import extendable, reach
from cases.unit_times import times_for_reports
from deadlines.stockholm import stockholm_day
from socialservices.models import ReasonCode

Decision, Word = ReportHandling.Decision, ReportAnswer.Word

WRITTEN = [
    field.name for field in ReportHandling._meta.concrete_fields if field.name not in {"report", "number_in_year"}
]
"""What an office writes in its row; how many reports there have been is the database's own."""


def confirm_receipt(*, report: ConcernReport, arrived_at: datetime, by: Membership, at: datetime) -> None:
    """Tell the school that the report has arrived; every statutory time counts from `arrived_at`.

    Where another office sent it on, that office is released now. Raises AlreadyDone or NotAllowed.
    """
    with _handling(report, "report_receipt_confirmed", by, at) as handling:
        if handling.confirmed_at is not None:
            raise AlreadyDone
        made = handling.report.reported_at.replace(second=0, microsecond=0)
        if not made <= arrived_at <= at:
            raise NotAllowed
        handling.arrived_at, handling.confirmed_at, handling.confirmed_by = arrived_at, at, by
        handling.not_found_at = None
        handling.handler = by if by.unit_id == handling.report.to_unit_id else None
        _answer(handling, Word.ARRIVED, by, at)
        ConcernReport.objects.filter(pk=report.pk).update(sent_on_by=None)


def say_not_found(*, report: ConcernReport, by: Membership, at: datetime) -> None:
    """Tell the reporter that the office has no such report, and to report again: the duty is still theirs.

    Confirming later takes it back. Raises AlreadyDone when it is confirmed or said before, or NotAllowed.
    """
    with _handling(report, "report_not_found", by, at) as handling:
        if handling.confirmed_at is not None or handling.not_found_at is not None:
            raise AlreadyDone
        handling.not_found_at = at
        _answer(handling, Word.NOT_FOUND, by, at)


def send_report_on(*, report: ConcernReport, to_unit: Unit, by: Membership, at: datetime) -> None:
    """Send it on to the office where the child lives. The clocks go on from the first arrival.

    The sender sees it until the new office has confirmed. Raises AlreadyDone once it is decided, or NotAllowed.
    """
    with _handling(report, "report_sent_on", by, at) as handling:
        if handling.decision:
            raise AlreadyDone
        if to_unit.pk == handling.report.to_unit_id:
            raise NotAllowed
        _answer(handling, Word.SENT_ON, by, at)
        handling.confirmed_at = handling.confirmed_by = handling.handler = None
        handling.sent_on_at = at
        old = handling.report.to_unit_id
        ConcernReport.objects.filter(pk=report.pk).update(to_unit=to_unit, sent_on_by=old)


def assess_protection(*, report: ConcernReport, protection: str, by: Membership, at: datetime) -> None:
    """Write what the assessment of the need of protection came to (SoL 20:1). Raises AlreadyDone or NotAllowed."""
    with _handling(report, "report_protection_assessed", by, at) as handling:
        if handling.protection:
            raise AlreadyDone
        handling.protection, handling.protection_at, handling.protection_by = protection, at, by


def decide_report(
    *,
    report: ConcernReport,
    decision: str,
    by: Membership,
    at: datetime,
    reason: ReasonCode | None = None,
    words: str = "",
) -> None:
    """Decide to open an investigation or not (SoL 20:2), or note that one is ongoing.

    Not to open needs a reason and words, which stay with social services. Raises AlreadyDone when somebody has decided,
    NotAllowed before protection is assessed or without what the decision needs.
    """
    with _handling(report, "report_decided", by, at) as handling:
        if handling.decision:
            raise AlreadyDone
        is_no = decision == Decision.NOT_OPENED
        if not handling.protection or is_no != (reason is not None) or (is_no and not words.strip()):
            raise NotAllowed
        handling.decision, handling.reason, handling.words = decision, reason, words if is_no else ""
        handling.decided_at, handling.decided_by = at, by


def extend_time(
    *, report: ConcernReport, what: str, ground: str, words: str, until: date, by: Membership, at: datetime
) -> None:
    """Decide that the decision or the investigation takes longer, to a fixed day and for a ground (SoL 20:2-3).

    Raises AlreadyDone when it is decided or ended by then, NotAllowed for a day that is no later, or too late.
    """
    with _handling(report, "report_time_extended", by, at) as handling:
        office = handling.report.to_unit_id
        own = times_for_reports([office])[office]
        duty = extendable(what, handling, list(ReportExtension.objects.filter(report=report)), own)
        if duty is None:
            raise AlreadyDone
        first, last = reach(what, duty.last_day, stockholm_day(at))
        if not first < until <= last:
            raise NotAllowed
        ReportExtension.objects.create(
            report=report, what=what, ground=ground, words=words, was_due_on=duty.last_day, until=until,
            decided_at=at, decided_by=by,
        )  # fmt: skip


def tell_reporter(*, report: ConcernReport, by: Membership, at: datetime) -> str:
    """Tell the school the one word of the decision (SoL 19:6, OSL 26:9 a), and return it.

    Raises AlreadyDone when told, NotAllowed before a decision or when nobody has asked.
    """
    with _handling(report, "reporter_told", by, at) as handling:
        if handling.told_at is not None:
            raise AlreadyDone
        if not handling.decision or handling.report.asked_at is None or handling.not_told_at is not None:
            raise NotAllowed
        handling.told_at = at
        _answer(handling, handling.decision, by, at)
    return str(handling.decision)


def leave_untold(*, report: ConcernReport, why: str, by: Membership, at: datetime) -> None:
    """Decide that telling is inappropriate (SoL 19:6): the school reads neither that nor why.

    Raises AlreadyDone when told or decided before, NotAllowed before a decision or when nobody has asked.
    """
    with _handling(report, "reporter_left_untold", by, at) as handling:
        if handling.told_at is not None or handling.not_told_at is not None:
            raise AlreadyDone
        if not handling.decision or handling.report.asked_at is None:
            raise NotAllowed
        handling.not_told_at, handling.not_told_by, handling.not_told_why = at, by, why


def end_investigation(*, report: ConcernReport, outcome: str, by: Membership, at: datetime) -> None:
    """End the investigation. Raises AlreadyDone when it has ended or none was opened, or NotAllowed."""
    with _handling(report, "report_investigation_ended", by, at) as handling:
        if handling.decision != Decision.OPENED or handling.ended_at is not None:
            raise AlreadyDone
        handling.outcome, handling.ended_at, handling.ended_by = outcome, at, by


def record_meeting(*, report: ConcernReport, met_on: date, by: Membership, at: datetime) -> None:
    """Note the day of the joint meeting that a third report calls for. Raises AlreadyDone or NotAllowed."""
    with _handling(report, "report_meeting_recorded", by, at) as handling:
        if handling.met_on is not None:
            raise AlreadyDone
        handling.met_on = met_on


@contextmanager
def _handling(report: ConcernReport, action: str, by: Membership, at: datetime) -> Iterator[ReportHandling]:
    """Lock the office's row of `report`, let the caller change it, then write it and the audit row; all or nothing."""
    with transaction.atomic():
        locked = ReportHandling.objects.select_for_update().filter(report=report.pk).first()
        if locked is None:
            raise NotAllowed
        locked.report = ConcernReport.objects.select_related("to_unit__parent").get(pk=report.pk)
        if not access.may_handle_report(by, locked.report):
            raise NotAllowed
        yield locked
        locked.save(update_fields=WRITTEN)
        audit.actions.record(action=action, target=locked.report, by=by, at=at)


def _answer(handling: ReportHandling, word: str, by: Membership, at: datetime) -> None:
    ReportAnswer.objects.create(
        report=handling.report, word=word, unit=handling.report.to_unit, given_at=at, given_by=by
    )
