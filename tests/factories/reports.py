"""Concern reports, told through the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import Membership
from cases.actions import report_intake, reporting
from cases.models import ConcernReport
from schools.models import Pupil
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.cases import Cast, a_pupil
from tests.factories.socialservices import OfficeFactory, ReasonCodeFactory

WHY_NOT = "Skolan har inte prövat sina egna insatser."


@dataclass
class Reported:
    """A pupil of the cast's school, an intake office with its people, and the latest report; `at` is its now."""

    cast: Cast
    pupil: Pupil
    worker: Membership
    colleague: Membership
    head: Membership
    other_worker: Membership
    at: datetime
    report: ConcernReport

    def wait(self, **time: float) -> Reported:
        """Let time go by."""
        self.at += timedelta(**time)
        return self

    def again(self, by: Membership | None = None, *, asks: bool = True) -> Reported:
        """Somebody at the school reports once more."""
        self.report = note(self.pupil, self.worker, by or self.cast.mentor, self.at, asks=asks)
        return self

    def confirm(self) -> Reported:
        """The office confirms the receipt."""
        report_intake.confirm_receipt(
            report=self.report, arrived_at=self.report.reported_at, by=self.worker, at=self.at
        )
        return self

    def assess(self, protection: str = "not_needed") -> Reported:
        """The office assesses the need of protection."""
        report_intake.assess_protection(report=self.report, protection=protection, by=self.worker, at=self.at)
        return self

    def decide(self, decision: str = "not_opened") -> Reported:
        """The office decides."""
        given = {"reason": ReasonCodeFactory(channel="concern_report"), "words": WHY_NOT}
        why = given if decision == "not_opened" else {}
        report_intake.decide_report(report=self.report, decision=decision, by=self.worker, at=self.at, **why)
        return self

    def tell(self) -> Reported:
        """The office tells the reporter."""
        report_intake.tell_reporter(report=self.report, by=self.worker, at=self.at)
        return self

    def leave_untold(self) -> Reported:
        """The office decides not to tell."""
        report_intake.leave_untold(report=self.report, why="harm_to_child", by=self.worker, at=self.at)
        return self

    def end(self) -> Reported:
        """The investigation ends."""
        report_intake.end_investigation(report=self.report, outcome="without_service", by=self.worker, at=self.at)
        return self

    def now(self) -> ConcernReport:
        """Return the report as it is, with how it is handled."""
        return ConcernReport.objects.select_related("handling").get(pk=self.report.pk)


def note(pupil: Pupil, worker: Membership, by: Membership, at: datetime, *, asks: bool = True) -> ConcernReport:
    """Note that `by` has just reported `pupil` to the office of `worker`."""
    return reporting.note_report(
        pupil=pupil, to_unit=worker.unit, channel="phone", reported_at=at - timedelta(minutes=5), reference="2026-118",
        wants_meeting=False, asks=asks, submission=uuid4(), by=by, at=at,
    )  # fmt: skip


def a_report(cast: Cast, *, asks: bool = True, ago: timedelta = timedelta(0)) -> Reported:
    """Return a report that the mentor of the cast made `ago`, to an office that no other report has come to."""
    cast.class_group.mentors.add(cast.mentor)
    pupil = a_pupil(cast)
    offices = [OfficeFactory(kind="intake", unit=UnitFactory(intake=True, parent=cast.area_head.unit)) for _ in "12"]
    workers = [MembershipFactory(intake_worker=True, unit=office.unit) for office in (*offices, offices[0])]
    at = timezone.now() - ago
    report = note(pupil, workers[0], cast.mentor, at, asks=asks)
    return Reported(cast, pupil, workers[0], workers[2], cast.area_head, workers[1], at, report)
