"""A concern report in a tale: somebody at the school has made one, and the intake office handles it."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Membership
from accounts.roles import Role
from cases.actions import report_intake, reporting
from cases.models import ConcernReport
from socialservices.models import ReasonCode

from .scene import Scene

ON_THE_PHONE = timedelta(minutes=10)


class ReportVerbs(Scene):
    """Both sides of a report; the report itself was made on the telephone, and is not here."""

    report: ConcernReport

    def reports(self, day: int, who: str = "mentor", *, asks: bool = True) -> None:
        """Let the mentor, or `who` at the school, note that the child has been reported."""
        people: dict[str, Membership] = {"mentor": self.mentor, "counsellor": self.counsellor}
        submission = self.submission()
        reference = f"OA-{self.luck.randrange(10_000):04d}"

        def act(at: datetime) -> None:
            self.report = reporting.note_report(
                pupil=self.pupil, to_unit=self.service("intake").office.unit, channel="phone",
                reported_at=at - ON_THE_PHONE, reference=reference, wants_meeting=asks, asks=asks,
                submission=submission, by=people[who], at=at,
            )  # fmt: skip

        self.then(day, act)

    def confirms_report(self, day: int) -> None:
        """Let the office confirm that the report has arrived."""
        self.then(
            day,
            lambda at: report_intake.confirm_receipt(
                report=self.report, arrived_at=self.report.reported_at, by=self.intake_worker, at=at
            ),
        )

    def assesses_protection(self, day: int, came_to: str = "not_needed") -> None:
        """Let the office assess the need of protection."""
        self.then(
            day,
            lambda at: report_intake.assess_protection(
                report=self.report, protection=came_to, by=self.intake_worker, at=at
            ),
        )

    def decides_report(self, day: int, decision: str, reason: str = "", words: str = "") -> None:
        """Let the office open an investigation, or not, for a reason."""

        def act(at: datetime) -> None:
            reasons = ReasonCode.objects.for_not_opening(at.date())
            report_intake.decide_report(
                report=self.report, decision=decision, reason=reasons.get(code=reason) if reason else None,
                words=words, by=self.intake_worker, at=at,
            )  # fmt: skip

        self.then(day, act)

    def tells_reporter(self, day: int) -> None:
        """Let the office tell the school the one word."""
        self.then(day, lambda at: report_intake.tell_reporter(report=self.report, by=self.intake_worker, at=at))

    @property
    def intake_worker(self) -> Membership:
        """The first of the office's people."""
        return self.staff.at(self.service("intake").office.unit, Role.INTAKE_WORKER)[0]
