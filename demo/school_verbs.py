"""What people at a school do in a tale. Each verb lets one action happen, on a day of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cases.actions.closing import close_case
from cases.actions.notes import write_internal_note
from cases.actions.oversight import record_step, set_next_step
from cases.actions.replies import answer_question, follow_advice, lift_to_managers, talk_first
from cases.actions.requests import send_request, withdraw_request
from cases.actions.work import acknowledge_feedback
from cases.models import Consent, Question
from cases.obligations import NET
from cases.sharing import ConsentGiven
from cases.todo import unread_feedback

from .scene import Scene
from .words import Words

CONSENT_LASTS = timedelta(days=180)
OLD_ENOUGH_TO_AGREE_ALONE = 15
TELEPHONE = "08-465 004 {:02}"
"""Numbers that the telephone authority keeps for fiction."""


class SchoolVerbs(Scene):
    """The school's side."""

    def asks_for_support(self, day: int, to: str, words: Words, *, tells_why: bool = True) -> None:
        """Send a request to the service of kind `to`, with the guardians' consent.

        `tells_why` says whether the consent covers that the school is told why, if the answer is no.
        In a case that got a no this is the school's answer to it: the same request with what has become known since.
        """
        submission = self.submission()
        contact = f"{self.counsellor.user.full_name}, {TELEPHONE.format(self.luck.randrange(100))}"

        def act(at: datetime) -> None:
            self.referral = send_request(
                pupil=self.pupil, service=self.service(to), content=words.as_content(contact),
                consents=self._consents(day, tells_why), submission=submission, by=self.counsellor, at=at,
            )  # fmt: skip

        self.then(day, act)

    def answers(self, day: int, answer: str) -> None:
        """Answer the receiver's open question."""

        def act(at: datetime) -> None:
            question = Question.objects.get(referral=self.referral, answered_at=None)
            answer_question(question=question, answer=answer, by=self.counsellor, at=at)

        self.then(day, act)

    def withdraws(self, day: int, reason: str) -> None:
        """Take the request back."""
        self.then(day, lambda at: withdraw_request(referral=self.referral, reason=reason, by=self.counsellor, at=at))

    def reads_feedback(self, day: int, reply: str) -> None:
        """Acknowledge the oldest feedback that nobody has acknowledged."""

        def act(at: datetime) -> None:
            feedback = next(iter(unread_feedback(self.case)))
            acknowledge_feedback(feedback=feedback, reply=reply, by=self.counsellor, at=at)

        self.then(day, act)

    def follows_advice(self, day: int, plan: str, due: int) -> None:
        """Do what the no advised, at the latest on day `due`."""
        self.then(
            day,
            lambda at: follow_advice(
                referral=self.referral, plan=plan, due_on=self.days.on(due), by=self.counsellor, at=at
            ),
        )

    def talks_first(self, day: int, about: str, meets: int) -> None:
        """Ask for a talk about the no, on day `meets`."""
        self.then(
            day,
            lambda at: talk_first(
                referral=self.referral, about=about, meet_on=self.days.on(meets), by=self.counsellor, at=at
            ),
        )

    def lifts(self, day: int, disagreement: str) -> None:
        """Lift the no to the managers of both sides."""
        self.then(
            day,
            lambda at: lift_to_managers(referral=self.referral, disagreement=disagreement, by=self.principal, at=at),
        )

    def sets_next_step(self, day: int, task: str, due: int) -> None:
        """Give a case that only the net holds its next step."""
        self.then(
            day,
            lambda at: set_next_step(
                obligation=self.held(NET), task=task, unit=self.school, due_on=self.days.on(due),
                by=self.counsellor, at=at,
            ),
        )  # fmt: skip

    def does_step(self, day: int, what: str, then: str, due: int) -> None:
        """Record the school's step as done and name its next."""
        self.then(
            day,
            lambda at: record_step(
                obligation=self.held("do_next_step", self.school), what=what, next_task=then, next_unit=self.school,
                next_on=self.days.on(due), by=self.counsellor, at=at,
            ),
        )  # fmt: skip

    def closes(self, day: int, outcome: str, final_word: str) -> None:
        """Close the case with its outcome and a last word to the child."""
        self.then(
            day,
            lambda at: close_case(case=self.case, outcome=outcome, final_word=final_word, by=self.counsellor, at=at),
        )

    def notes_at_school(self, day: int, text: str) -> None:
        """Write a note that only the school reads."""
        submission = self.submission()
        self.then(
            day,
            lambda at: write_internal_note(case=self.case, text=text, submission=submission, by=self.counsellor, at=at),
        )

    def _consents(self, day: int, tells_why: bool) -> list[ConsentGiven]:
        """Return yes from each guardian, and from a pupil who is old enough to agree alone."""
        asked_on = self.days.on(day - 1)
        yes: dict[str, Any] = {
            "answer": Consent.Answer.YES.value,
            "form": Consent.Form.MEETING.value,
            "given_on": asked_on,
            "valid_to": asked_on + CONSENT_LASTS,
            "scope": [scope.value for scope in Consent.Scope if tells_why or scope != Consent.Scope.REPLY],
        }
        has_two = self.pupil.guardians.count() > 1
        second = yes | {"form": Consent.Form.PHONE.value} if has_two else {"answer": Consent.Answer.NONE.value}
        is_asked = self.pupil.age_on(asked_on) >= OLD_ENOUGH_TO_AGREE_ALONE
        pupil = yes | {"is_suitable": True} if is_asked else {"answer": Consent.Answer.NOT_ASKED.value}
        return [
            ConsentGiven(giver=Consent.Giver.GUARDIAN_1.value, **yes),
            ConsentGiven(giver=Consent.Giver.GUARDIAN_2.value, **second),
            ConsentGiven(giver=Consent.Giver.PUPIL.value, **pupil),
        ]
