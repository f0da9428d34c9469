"""What people in social services do in a tale, and the managers of both sides. Each verb lets one action happen."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.actions import end_membership
from cases.actions.answers import (
    accept_request,
    acknowledge_request,
    ask_question,
    decline_request,
    open_request,
    queue_request,
    redirect_request,
)
from cases.actions.notes import write_internal_note
from cases.actions.oversight import answer_lift, move_date, pause, remind, say_no_change
from cases.actions.second_person import confirm_no, prepare_no
from cases.actions.work import complete_work, give_feedback, interrupt_work, record_first_contact
from cases.declining import BY_TWO
from cases.models import NoSaid, Referral
from cases.obligations import LIFT, LiftAnswer
from socialservices.models import ReasonCode

from .scene import Scene

DEMANDED: dict[str, dict[str, str]] = {
    "SCHOOL_RESPONSIBILITY": {"missing_measure": "adaptations"},
    "PUPIL_NOT_MOTIVATED": {
        "tried": "Fyra försök på tre sätt: telefon, brev och besök i skolan.", "alternative": "parents_first",
    },
}  # fmt: skip
"""What a reason demands of a no, where a tale does not say."""


class SocialVerbs(Scene):
    """The side of social services. `worker` is which of the receiving unit's people does it."""

    def opens(self, day: int, worker: int = 0) -> None:
        """Open the request for the first time."""
        self.then(day, lambda at: open_request(referral=self._latest(), by=self.worker(worker), at=at))

    def acknowledges(self, day: int, worker: int = 0) -> None:
        """Acknowledge the request."""
        self.then(day, lambda at: acknowledge_request(referral=self._latest(), by=self.worker(worker), at=at))

    def asks(self, day: int, question: str, due: int, worker: int = 0) -> None:
        """Ask the school something, to be answered at the latest on day `due`."""
        self.then(
            day,
            lambda at: ask_question(
                referral=self.referral, text=question, due_on=self.days.on(due), by=self.worker(worker), at=at
            ),
        )

    def accepts(self, day: int, first_contact: int, worker: int = 0) -> None:
        """Say yes; the first contact is made at the latest on day `first_contact`."""
        self.then(
            day,
            lambda at: accept_request(
                referral=self.referral, handler=self.worker(worker), first_contact_by=self.days.on(first_contact),
                by=self.worker(worker), at=at,
            ),
        )  # fmt: skip

    def queues(self, day: int, place: int, begins: int, meanwhile: str, worker: int = 0) -> None:
        """Give the request a place in the queue; the turn is expected on day `begins`."""
        self.then(
            day,
            lambda at: queue_request(
                referral=self.referral, place=place, expected_on=self.days.on(begins), interim=meanwhile,
                by=self.worker(worker), at=at,
            ),
        )  # fmt: skip

    def redirects(self, day: int, to: str, because: str, worker: int = 0) -> None:
        """Send the request on to the service of kind `to`."""

        def act(at: datetime) -> None:
            self.referral = redirect_request(
                referral=self.referral, service=self.service(to), rationale=because, by=self.worker(worker), at=at
            )

        self.then(day, act)

    def declines(
        self,
        day: int,
        reason: str,
        because: str,
        advice: str,
        next_on: int,
        *,
        then: str = "school",
        worker: int = 0,
        **demanded: str,
    ) -> None:
        """Say no with its reason; `then`, "school" or "receiver", has the next step at the latest on day `next_on`.

        `demanded` is what the reason demands besides (cases.declining). Where it takes two, a colleague sends it.
        """

        def act(at: datetime) -> None:
            said = self._no(at, reason, because, advice, next_on, then=then, **demanded)
            by, about = self.worker(worker), self.referral
            if reason in BY_TWO:
                prepared = prepare_no(referral=about, said=said, by=by, at=at)
                confirm_no(prepared=prepared, by=self.worker(1 - min(worker, 1)), at=at + timedelta(hours=1))
                return
            decline_request(
                referral=about, reason=said.reason, advice=said.advice, next_holder=said.next_holder,
                next_on=said.next_on, **said.words, by=by, at=at,
            )  # fmt: skip

        self.then(day, act)

    def prepares_no(self, day: int, reason: str, because: str, advice: str, next_on: int, worker: int = 0) -> None:
        """Write a no that a colleague has to read before it is sent."""

        def act(at: datetime) -> None:
            said = self._no(at, reason, because, advice, next_on)
            prepare_no(referral=self.referral, said=said, by=self.worker(worker), at=at)

        self.then(day, act)

    def _no(
        self, at: datetime, reason: str, because: str, advice: str, next_on: int, then: str = "school", **demanded: str
    ) -> NoSaid:
        """Return everything that a no says."""
        return NoSaid(
            ReasonCode.objects.for_declining(at.date()).get(code=reason),
            advice,
            self.school if then == "school" else self.receiver,
            self.days.on(next_on),
            {"rationale": because, **(demanded or DEMANDED.get(reason, {}))},
        )

    def meets_family(self, day: int, note: str, worker: int = 0) -> None:
        """Make the first contact."""
        self.then(
            day,
            lambda at: record_first_contact(referral=self.referral, note=note, by=self.worker(worker), at=at),
        )

    def gives_feedback(self, day: int, text: str, worker: int = 0) -> None:
        """Tell the school how it goes."""
        self.then(day, lambda at: give_feedback(referral=self.referral, text=text, by=self.worker(worker), at=at))

    def completes(self, day: int, result: str, school_decides_by: int, worker: int = 0) -> None:
        """End the work with what came of it."""
        self.then(
            day,
            lambda at: complete_work(
                referral=self.referral, result=result, next_on=self.days.on(school_decides_by),
                by=self.worker(worker), at=at,
            ),
        )  # fmt: skip

    def interrupts(self, day: int, reason: str, school_acts_by: int, worker: int = 0) -> None:
        """Break the work off."""
        self.then(
            day,
            lambda at: interrupt_work(
                referral=self.referral, reason=reason, next_on=self.days.on(school_acts_by),
                by=self.worker(worker), at=at,
            ),
        )  # fmt: skip

    def pauses(self, day: int, kind: str, until: int, reason: str, worker: int = 0) -> None:
        """Let an agreed clock rest through day `until`."""
        self.then(
            day,
            lambda at: pause(
                obligation=self.held(kind, self.receiver), until=self.days.on(until), reason=reason,
                by=self.worker(worker), at=at,
            ),
        )  # fmt: skip

    def moves_date(self, day: int, kind: str, due: int, reason: str, worker: int = 0) -> None:
        """Give a step a new date."""
        self.then(
            day,
            lambda at: move_date(
                obligation=self.held(kind, self.receiver), due_on=self.days.on(due), reason=reason,
                by=self.worker(worker), at=at,
            ),
        )  # fmt: skip

    def sees_no_change(self, day: int, kind: str, because: str, worker: int = 0) -> None:
        """Say that nothing has changed, and why."""
        self.then(
            day,
            lambda at: say_no_change(
                obligation=self.held(kind, self.receiver), because=because, by=self.worker(worker), at=at
            ),
        )

    def notes_in_team(self, day: int, text: str, worker: int = 0) -> None:
        """Write a note that only the receiving unit reads."""
        submission = self.submission()
        self.then(
            day,
            lambda at: write_internal_note(
                case=self.case, text=text, submission=submission, by=self.worker(worker), at=at
            ),
        )

    def leaves(self, day: int, worker: int) -> None:
        """Let one of the receiving unit's people have a last day at work."""
        self.then(
            day,
            lambda at: end_membership(
                membership=self.worker(worker), last_day=self.days.on(day), by=self.staff.head_above(self.receiver),
                at=at,
            ),
        )  # fmt: skip

    def _latest(self) -> Referral:
        """Return the request as it is now, for actions that look at it before they lock it."""
        return Referral.objects.select_related("case", "to_unit__parent").get(pk=self.referral.pk)


def _conditions(answer: LiftAnswer, then: str) -> str:
    """A yes has conditions: here what is to be done next."""
    return then if answer == LiftAnswer.YES_WITH_CONDITIONS else ""


class ManagerVerbs(Scene):
    """The managers of both sides."""

    def school_manager_answers(self, day: int, answer: LiftAnswer, reason: str, then: str, due: int) -> None:
        """Let the school's manager answer what was lifted; the school does what comes next."""
        manager = self.staff.head_above(self.school)
        self.then(
            day,
            lambda at: answer_lift(
                obligation=self.held(LIFT, manager.unit), answer=answer, reason=reason,
                conditions=_conditions(answer, then), next_task=then,
                next_unit=self.school, next_on=self.days.on(due), by=manager, at=at,
            ),
        )  # fmt: skip

    def social_manager_answers(self, day: int, answer: LiftAnswer, reason: str, then: str, due: int) -> None:
        """Let the head of the district's social services answer what was lifted; the receiver does what comes next."""

        def act(at: datetime) -> None:
            manager = self.staff.head_above(self.receiver)
            answer_lift(
                obligation=self.held(LIFT, manager.unit), answer=answer, reason=reason,
                conditions=_conditions(answer, then), next_task=then,
                next_unit=self.receiver, next_on=self.days.on(due), by=manager, at=at,
            )  # fmt: skip

        self.then(day, act)

    def is_reminded(self, day: int) -> None:
        """Let the head of the district's social services remind whoever holds something in the case."""
        self.then(day, lambda at: remind(case=self.case, by=self.staff.head_above(self.receiver), at=at))
