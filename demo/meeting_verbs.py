"""A joint meeting in a tale: the school calls, the unit says yes, and the two decide something."""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.actions import meeting
from cases.models import JointMeeting

from .scene import Scene

AFTER_LUNCH = 13


class MeetingVerbs(Scene):
    """Both sides of a meeting about the latest request."""

    meeting: JointMeeting

    def calls_meeting(self, day: int, question: str, meet_in: int) -> None:
        """Let the counsellor call the unit to a meeting after `meet_in` days, the family invited."""

        def act(at: datetime) -> None:
            time = (at + timedelta(days=meet_in)).replace(hour=AFTER_LUNCH, minute=0, second=0, microsecond=0)
            self.meeting = meeting.call_meeting(
                referral=self.referral, question=question, times=[time], where="På skolan", family_invited=True,
                why_not_invited="", by=self.counsellor, at=at,
            )  # fmt: skip

        self.then(day, act)

    def agrees_to_meet(self, day: int) -> None:
        """Let the unit say yes to the time."""

        def act(at: datetime) -> None:
            meeting.accept_time(
                obligation=self.held("answer_call"), chosen_at=self.meeting.times[0], by=self.worker(), at=at
            )

        self.then(day, act)

    def meets_jointly(self, day: int, decisions: str, next_task: str, next_in: int) -> None:
        """Let the counsellor note what was decided, and that the unit follows it up."""

        def act(at: datetime) -> None:
            meeting.record_meeting(
                obligation=self.held("hold_meeting"), held_on=at.date(), decisions=decisions, next_task=next_task,
                next_unit=self.receiver, next_on=at.date() + timedelta(days=next_in), by=self.counsellor, at=at,
            )  # fmt: skip

        self.then(day, act)
