"""What a school sees before anybody outside is asked: concerns, and what becomes of them."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Membership
from attendance.actions import answer_concern, log_concern
from attendance.models import Concern, Sign

from .scene import Scene


class ConcernVerbs(Scene):
    """The school's own part."""

    concern: Concern

    def worries(
        self, day: int, text: str, *signs: str, words: str = "", talked: str = Concern.Talked.YES, who: str = "mentor"
    ) -> None:
        """Let the mentor, or `who` at the school, log a concern; the pupil's open signals are answered with it."""
        people: dict[str, Membership] = {"mentor": self.mentor, "special_educator": self.special_educator}
        submission = self.submission()

        def act(at: datetime) -> None:
            self.concern = log_concern(
                pupil=self.pupil,
                signs=list(signs) or [Sign.OFTEN_AWAY.value],
                text=text,
                pupil_words=words,
                talked=talked,
                talk_by=self.days.on(day + 3) if talked == Concern.Talked.LATER else None,
                harm_suspected=Concern.Harm.NO.value,
                submission=submission,
                by=people[who],
                at=at,
            )

        self.then(day, act)

    def takes_up_concern(self, day: int, text: str, answer: str = Concern.Answer.REQUEST) -> None:
        """Let the counsellor say what becomes of the concern."""
        self.then(
            day,
            lambda at: answer_concern(concern=self.concern, answer=answer, text=text, by=self.counsellor, at=at),
        )
