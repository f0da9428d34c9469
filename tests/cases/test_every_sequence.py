"""Whatever people do, in whatever order: no case loses its ball, and the events alone can rebuild the ledger."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Min

from accounts.models import Membership
from cases.actions import answers, closing, oversight, placing, replies, requests, work
from cases.ledger import AlreadyDone, AlreadyPaused, CaseIsClosed, NotAllowed
from cases.models import Case, Event, Hold, HolderInterval, Obligation, Referral
from cases.obligations import FROM_ABOVE, LIFT, NET, PLACE, STEPS
from cases.timeline import rebuild
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import Cast, Story, a_pupil, make_cast

WALKS = int(os.environ.get("WALKS", "10"))
STEPS_OF_A_WALK = 40
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
REFUSALS = (
    AlreadyDone, AlreadyPaused, CaseIsClosed, NotAllowed, oversight.TooManyDates, oversight.TooSoon,
    requests.NothingNew, requests.OpenElsewhere,
)  # fmt: skip

ANSWERS = {"open", "acknowledge", "accept", "ask", "queue", "redirect", "decline", "allocate"}
OF_REQUEST = {
    "sent": ANSWERS | {"withdraw"},
    "received": ANSWERS | {"withdraw"},
    "assessing": ANSWERS - {"open", "acknowledge"} | {"withdraw"},
    "asked": ANSWERS - {"open", "acknowledge", "ask", "queue"} | {"withdraw", "answer_question"},
    "queued": ANSWERS - {"open", "acknowledge", "ask"} | {"withdraw"},
    "accepted": {"allocate", "first_contact", "give_feedback", "complete", "interrupt", "withdraw"},
    "active": {"allocate", "give_feedback", "acknowledge_feedback", "complete", "interrupt"},
    "declined": {"follow_advice", "talk_first", "lift", "send"},
    "interrupted": {"follow_advice", "talk_first", "lift", "send", "acknowledge_feedback"},
    "completed": {"send", "acknowledge_feedback"},
    "withdrawn": {"send"},
    "redirected": set(),
}
"""What can be done about a request in each status."""

OF_HOLDER = {"hand_over", "pause", "resume", "move_date", "no_change"}
OF_KIND = {NET: {"set_next_step"}, LIFT: {"answer_lift"}, PLACE: {"place"}, **{kind: {"record_step"} for kind in STEPS}}
OF_CASE = {"lift_case", "remind", "send", "close"}
BY_SCHOOL = {
    "send", "withdraw", "answer_question", "follow_advice", "talk_first", "lift", "acknowledge_feedback", "close",
}  # fmt: skip
EVERYTHING = sorted(
    {*OF_HOLDER, *OF_CASE, *(name for group in (OF_REQUEST, OF_KIND) for names in group.values() for name in names)}
)

FITS = {
    "acknowledge_request": {"sent", "received"},
    "take_over": {"sent", "received"},
    "answer_request": {"sent", "received", "assessing", "asked", "queued"},  # the first two: what was given back
    PLACE: {"redirected"},
    "answer_question": {"asked"},
    "first_contact": {"accepted"},
    "give_feedback": {"active"},
    "respond_to_no": {"declined", "interrupted"},
}
"""In which status a request is while an obligation of the kind is open; else nobody could fulfil it."""

NEEDS = {
    "sent": {"acknowledge_request", "take_over", "answer_request"},
    "received": {"acknowledge_request", "take_over", "answer_request"},
    "assessing": {"answer_request"},
    "asked": {"answer_question"},
    "queued": {"answer_request"},
    "accepted": {"first_contact"},
    "active": {"give_feedback"},
}
"""Of what an obligation must be open while a request has the status."""


@dataclass
class Doing:
    """One thing somebody does: each method calls the action of its name."""

    story: Story
    case: Case
    referral: Referral
    obligation: Obligation | None
    by: Membership
    other: Membership
    ahead: int

    @property
    def day(self) -> date:
        return self.story.today + timedelta(days=self.ahead)

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.story.at}

    @property
    def service(self) -> Any:
        cast = self.story.cast
        return (cast.service, cast.other_service, cast.third_service)[self.ahead % 3]

    @property
    def next_unit(self) -> Any:
        return self.other.unit

    def open(self) -> None:
        answers.open_request(referral=self.referral, **self.who)

    def acknowledge(self) -> None:
        answers.acknowledge_request(referral=self.referral, **self.who)

    def accept(self) -> None:
        answers.accept_request(referral=self.referral, handler=self.by, first_contact_by=self.day, **self.who)

    def ask(self) -> None:
        answers.ask_question(referral=self.referral, text="?", due_on=self.day, **self.who)

    def queue(self) -> None:
        answers.queue_request(referral=self.referral, place=1, expected_on=self.day, interim="Vänta.", **self.who)

    def redirect(self) -> None:
        answers.redirect_request(referral=self.referral, service=self.service, rationale="Dit.", **self.who)

    def decline(self) -> None:
        answers.decline_request(
            referral=self.referral, reason=self.story.cast.reason, rationale="Nej.", advice="Pröva.",
            next_holder=self.next_unit, next_on=self.day, **self.who,
        )  # fmt: skip

    def allocate(self) -> None:
        answers.allocate_request(referral=self.referral, person=self.other, **self.who)

    def send(self) -> None:
        self.story.send(self.service)

    def withdraw(self) -> None:
        requests.withdraw_request(referral=self.referral, reason="Ändrat.", **self.who)

    def answer_question(self) -> None:
        for question in self.referral.questions.order_by("-asked_at")[:1]:
            replies.answer_question(question=question, answer="Ja.", **self.who)

    def follow_advice(self) -> None:
        replies.follow_advice(referral=self.referral, plan="Så.", due_on=self.day, **self.who)

    def talk_first(self) -> None:
        replies.talk_first(referral=self.referral, about="Det.", meet_on=self.day, **self.who)

    def lift(self) -> None:
        replies.lift_to_managers(referral=self.referral, disagreement="Detta.", **self.who)

    def first_contact(self) -> None:
        work.record_first_contact(referral=self.referral, note="Träff.", **self.who)

    def give_feedback(self) -> None:
        work.give_feedback(referral=self.referral, text="Bra.", **self.who)

    def acknowledge_feedback(self) -> None:
        for feedback in self.referral.feedback.order_by("sent_at")[:1]:
            work.acknowledge_feedback(feedback=feedback, reply="", **self.who)

    def complete(self) -> None:
        work.complete_work(referral=self.referral, result="Klart.", next_on=self.day, **self.who)

    def interrupt(self) -> None:
        work.interrupt_work(referral=self.referral, reason="Stopp.", next_on=self.day, **self.who)

    def lift_case(self) -> None:
        oversight.lift_case(case=self.case, disagreement="Står still.", **self.who)

    def remind(self) -> None:
        oversight.remind(case=self.case, **self.who)

    def set_next_step(self) -> None:
        oversight.set_next_step(
            obligation=self.obligation, task="Möte.", unit=self.next_unit, due_on=self.day, **self.who
        )

    def record_step(self) -> None:
        oversight.record_step(
            obligation=self.obligation, what="Gjort.", next_task="Möte.", next_unit=self.next_unit, next_on=self.day,
            **self.who,
        )  # fmt: skip

    def answer_lift(self) -> None:
        oversight.answer_lift(
            obligation=self.obligation, answer="shared", reason="Så.", next_task="Möte.", next_unit=self.next_unit,
            next_on=self.day, **self.who,
        )  # fmt: skip

    def place(self) -> None:
        placing.place_request(obligation=self.obligation, service=self.service, why="Så.", **self.who)

    def hand_over(self) -> None:
        oversight.hand_over(
            obligation=self.obligation, unit=self.other.unit, person=self.other, reason="Ledig.", **self.who
        )

    def pause(self) -> None:
        oversight.pause(obligation=self.obligation, until=self.day, reason="Lov.", **self.who)

    def resume(self) -> None:
        oversight.resume(obligation=self.obligation, **self.who)

    def move_date(self) -> None:
        oversight.move_date(obligation=self.obligation, due_on=self.day, reason="Sjukdom.", **self.who)

    def no_change(self) -> None:
        oversight.say_no_change(obligation=self.obligation, because="Väntar.", **self.who)

    def close(self) -> None:
        closing.close_case(case=self.case, outcome="improved", final_word="Bra jobbat.", **self.who)


class Walk:
    """Somebody does something, again and again, in the case of one pupil. The same seed gives the same walk."""

    def __init__(self, cast: Cast, seed: int) -> None:
        """Let the school send the first request."""
        self.cast = cast
        self.chance = random.Random(seed)
        self.story = Story(cast=cast, pupil=a_pupil(cast), at=START).send()
        self.steps: list[str] = []

    def go(self) -> None:
        """Take every step, and look at everything after each that changed something."""
        for _step in range(STEPS_OF_A_WALK):
            before = Event.objects.latest("id")
            if self.chance.random() < 0.2:
                self.story.wait(self.chance.randint(1, 9))
            if self.chance.random() < 0.75:
                self.somebody_in_turn_does_something()
            else:
                self.somebody_tries_something_out_of_turn()
            if Event.objects.latest("id") != before:
                self.look()

    def look(self) -> None:
        """Hold every promise against the case as it is now."""
        self.the_database_agrees()
        self.open_case_has_an_obligation_and_each_one_holder()
        self.the_holder_sees_the_case()
        self.somebody_can_fulfil_every_obligation()
        self.every_request_under_way_is_held()
        self.the_events_rebuild_the_ledger()

    def somebody_in_turn_does_something(self) -> None:
        """Choose one of the things that can be done now, closing the case but seldom."""
        moves = self._moves()
        if self.case.is_open and self.chance.random() < 0.9:
            moves.pop("close")
        name = self.chance.choice(sorted(moves))
        referral, obligation, by = self.chance.choice(moves[name])
        other = self.chance.choice([by, by, self.cast.colleague, self.cast.counsellor])
        self._do(name, referral, obligation, by, other)

    def somebody_tries_something_out_of_turn(self) -> None:
        """Choose anything, anybody and any row."""
        everybody = [one for one in vars(self.cast).values() if isinstance(one, Membership)]
        name, by, other = self.chance.choice(EVERYTHING), self.chance.choice(everybody), self.chance.choice(everybody)
        obligation = self.chance.choice(self._obligations(case=self.case))
        self._do(name, self.chance.choice(self._referrals()), obligation, by, other)

    def the_database_agrees(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def open_case_has_an_obligation_and_each_one_holder(self) -> None:
        for case in Case.objects.filter(pupil=self.story.pupil):
            obligations = list(case.obligations.open())
            assert bool(obligations) == case.is_open
            for obligation in obligations:
                assert obligation.intervals.filter(to_at=None).count() == 1

    def the_holder_sees_the_case(self) -> None:
        parties = set(self.case.parties.filter(ended_at=None).values_list("unit", flat=True))
        current = HolderInterval.objects.filter(to_at=None, obligation__case=self.case)
        for interval in current.select_related("obligation", "person"):
            assert interval.obligation.kind in FROM_ABOVE or interval.unit_id in parties
            assert interval.person is None or interval.person.unit_id == interval.unit_id

    def somebody_can_fulfil_every_obligation(self) -> None:
        for obligation in self.case.obligations.open().filter(kind__in=FITS).select_related("referral"):
            status = obligation.referral.status
            if obligation.kind == "answer_request" and status == "redirected":
                waiting = obligation.referral.followed_by.filter(status__in=["sent", "received"])
                asked = obligation.referral.obligations.open().filter(kind=PLACE)
                assert waiting.exists() or asked.exists(), "sent on, but nobody is asked to take over"
            else:
                assert status in FITS[obligation.kind], (obligation.kind, status)

    def every_request_under_way_is_held(self) -> None:
        for referral in self.case.referrals.all():
            held = set(referral.obligations.open().values_list("kind", flat=True))
            assert referral.status not in NEEDS or held & NEEDS[referral.status], (referral.status, held)
            assert referral.handler is None or referral.handler.unit_id == referral.to_unit_id

    def the_events_rebuild_the_ledger(self) -> None:
        for case in Case.objects.filter(pupil=self.story.pupil):
            assert rebuild(case.events.order_by("id")) == stored(case)

    @property
    def case(self) -> Case:
        return Case.objects.filter(pupil=self.story.pupil).latest("opened_at")

    def _do(
        self, name: str, referral: Referral, obligation: Obligation | None, by: Membership, other: Membership
    ) -> None:
        self.story.at += timedelta(minutes=1)
        self.steps.append(f"{self.story.at:%d %b %H:%M} {name} by {by.role} {by.unit}, {referral.status}")
        ahead = self.chance.randint(0, 25)
        with suppress(*REFUSALS):
            getattr(Doing(self.story, self.case, referral, obligation, by, other, ahead), name)()

    def _referrals(self) -> list[Referral]:
        return list(self.case.referrals.order_by("sent_at"))

    def _obligations(self, **criteria: Any) -> list[Obligation]:
        """Return obligations in the order in which they were started, the same in every replay of a walk."""
        found = Obligation.objects.filter(**criteria).annotate(first=Min("intervals__id")).order_by("first")
        return list(found)

    def _moves(self) -> dict[str, list[tuple[Referral, Obligation | None, Membership]]]:
        """Return for each thing that can be done now about what it can be done, and by whom."""
        people = {one.unit_id: one for one in (
            self.cast.counsellor, self.cast.worker, self.cast.other_worker, self.cast.third_worker,
            self.cast.area_manager, self.cast.area_head,
        )}  # fmt: skip
        referrals = self._referrals()
        moves: dict[str, list[tuple[Referral, Obligation | None, Membership]]] = {}
        if not self.case.is_open:
            return {"send": [(referrals[-1], None, self.cast.counsellor)]}
        for referral in referrals:
            for name in OF_REQUEST[referral.status]:
                by = self.cast.counsellor if name in BY_SCHOOL else people[referral.to_unit_id]
                moves.setdefault(name, []).append((referral, None, by))
        for obligation in self._obligations(case=self.case, stopped_at=None):
            by = people[obligation.intervals.get(to_at=None).unit_id]
            for name in OF_HOLDER | OF_KIND.get(obligation.kind, set()):
                moves.setdefault(name, []).append((referrals[-1], obligation, by))
        for name in OF_CASE:
            by = self.cast.counsellor if name in BY_SCHOOL else self.cast.principal
            moves.setdefault(name, []).append((referrals[-1], None, by))
        return moves


def stored(case: Case) -> dict[str, Any]:
    """Return what the tables say, in the form that `rebuild` gives."""
    obligations = {}
    for obligation in case.obligations.open():
        holder = obligation.intervals.get(to_at=None)
        hold = Hold.objects.filter(obligation=obligation, ended_at=None).first()
        obligations[str(obligation.pk)] = {
            "kind": obligation.kind,
            "unit": str(holder.unit_id),
            "person": holder.person_id and str(holder.person_id),
            "due_on": obligation.due_on.isoformat(),
            "paused_until": hold and hold.until.isoformat(),
        }
    return {
        "open": case.is_open,
        "outcome": case.outcome,
        "statuses": {str(referral.pk): referral.status for referral in case.referrals.all()},
        "obligations": obligations,
    }


@pytest.mark.django_db
def test_no_sequence_loses_the_ball() -> None:
    """Walk at random, the same walks each time; WALKS=500 walks further."""
    cast = make_cast()
    MembershipFactory(coordinator=True, unit=cast.area_head.unit)

    for seed in range(WALKS):
        with transaction.atomic():
            walk = Walk(cast, seed)
            try:
                walk.go()
            except Exception as fault:
                fault.add_note(f"Walk {seed}:\n" + "\n".join(walk.steps))
                raise
            transaction.set_rollback(True)
