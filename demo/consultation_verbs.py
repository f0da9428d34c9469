"""A consultation without a name in a tale: the counsellor asks the intake office, which answers or has not yet."""

from __future__ import annotations

from datetime import datetime

from cases.actions import consulting
from cases.models import Consultation

from .report_verbs import ReportVerbs


class ConsultationVerbs(ReportVerbs):
    """Both sides of a question that names nobody."""

    consultation: Consultation

    def consults(self, day: int, question: str) -> None:
        """Let the counsellor ask the intake office."""
        submission = self.submission()

        def act(at: datetime) -> None:
            self.consultation = consulting.ask(
                to_unit=self.service("intake").office.unit, question=question, submission=submission,
                by=self.counsellor, at=at,
            )  # fmt: skip

        self.then(day, act)

    def answers_consultation(self, day: int, text: str, advice: str) -> None:
        """Let the office answer."""
        self.then(
            day,
            lambda at: consulting.answer(
                consultation=self.consultation, text=text, advice=advice, by=self.intake_worker, at=at
            ),
        )
