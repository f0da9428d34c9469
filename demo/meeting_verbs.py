"""A joint meeting in a tale, and what the unit that said no tells the managers."""

from __future__ import annotations

from datetime import datetime, time

from accounts.models import Membership
from cases.actions import meeting, objections
from cases.models import JointMeeting, Objection
from cases.obligations import ANSWER_CALL, HOLD_MEETING

from .scene import Scene

MEETINGS_BEGIN = time(9, 30)


class MeetingVerbs(Scene):
    """Both sides of a meeting: the school's counsellor, and the first of the receiving unit's people."""

    def school_calls_meeting(self, day: int, question: str, when: list[int]) -> None:
        """Let the school call the receiving unit to a meeting on one of the days of `when`, with the family."""
        self.then(day, lambda at: self._call(question, when, self.counsellor, at))

    def receiver_calls_meeting(self, day: int, question: str, when: list[int]) -> None:
        """Let the receiving unit call the school to a meeting on one of the days of `when`, with the family."""
        self.then(day, lambda at: self._call(question, when, self._first_worker(), at))

    def school_agrees_to_meet(self, day: int) -> None:
        """Let the school choose the first of the times that the receiving unit has proposed."""

        def act(at: datetime) -> None:
            asked = self.held(ANSWER_CALL, self.school)
            first = JointMeeting.objects.open().get(referral=self.referral).times[0]
            meeting.accept_time(obligation=asked, chosen_at=first, by=self.counsellor, at=at)

        self.then(day, act)

    def receiver_writes_decisions(self, day: int, decisions: str, then: str, due: int) -> None:
        """Let the receiving unit write what was decided that day; the school follows it up on day `due`."""

        def act(at: datetime) -> None:
            meeting.record_meeting(
                obligation=self.held(HOLD_MEETING, self.receiver), held_on=self.days.on(day), decisions=decisions,
                next_task=then, next_unit=self.school, next_on=self.days.on(due), by=self._first_worker(), at=at,
            )  # fmt: skip

        self.then(day, act)

    def tells_other_version(self, day: int, text: str) -> None:
        """Let the unit that said no tell its side of what was lifted."""

        def act(at: datetime) -> None:
            lifted = Objection.objects.open().get(referral=self.referral)
            objections.write_other_version(objection=lifted, text=text, by=self._first_worker(), at=at)

        self.then(day, act)

    def _call(self, question: str, when: list[int], by: Membership, at: datetime) -> None:
        meeting.call_meeting(
            referral=self.referral, question=question, where="Skolan, samtalsrummet på plan 2",
            times=[self.days.at(day, MEETINGS_BEGIN) for day in when], family_invited=True, why_not_invited="",
            by=by, at=at,
        )  # fmt: skip

    def _first_worker(self) -> Membership:
        return self.staff.at(self.receiver, "team_worker", "intake_worker")[0]
