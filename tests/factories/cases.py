"""Cases in every state, told through the actions: a factory here never writes a row that an action would not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from cases.actions import answers, closing, oversight, placing, replies, requests, second_person, work
from cases.coordinators import the_city
from cases.models import Case, Feedback, NoSaid, Obligation, PreparedNo, Question, Referral
from cases.sharing import ConsentGiven
from deadlines.working_days import add_working_days
from schools.models import ClassGroup, Pupil
from socialservices.models import ReasonCode, Service
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, PupilFactory, SchoolFactory
from tests.factories.socialservices import OfficeFactory, ReasonCodeFactory, ServiceFactory

WORDS = {
    "why_now": "Frånvaron ökar.",
    "what_hinders": "Har ont i magen på morgnarna.",
    "help_wanted": "Hembesök.",
    "tried": "Morgonmöte med mentor.",
    "pupil_words": "Bild är roligt.",
    "contact": "Sara Lind",
}


@dataclass(frozen=True)
class Cast:
    """Everybody who has a part: one school and its area, one team and its area, a second team, and the city."""

    counsellor: Membership
    principal: Membership
    mentor: Membership
    area_manager: Membership
    worker: Membership
    colleague: Membership
    head: Membership
    area_head: Membership
    other_worker: Membership
    third_worker: Membership
    other_counsellor: Membership
    coordinator: Membership
    analyst: Membership
    class_group: ClassGroup
    service: Service
    other_service: Service
    third_service: Service
    reason: ReasonCode


def make_cast() -> Cast:
    """Return a new cast; nobody in it has met anybody of another cast, but there is one city."""
    city = the_city() or UnitFactory(city=True)
    school_area, social_area = UnitFactory(school_area=True), UnitFactory(social_area=True)
    school = SchoolFactory(unit__parent=school_area)
    teams = [OfficeFactory(unit__parent=social_area) for _ in range(3)]
    counsellor = MembershipFactory(unit=school.unit)
    services = [ServiceFactory(office=team) for team in teams]
    return Cast(
        counsellor=counsellor,
        principal=MembershipFactory(principal=True, unit=school.unit),
        mentor=MembershipFactory(mentor=True, unit=school.unit),
        area_manager=MembershipFactory(area_manager=True, unit=school_area),
        worker=MembershipFactory(team_worker=True, unit=teams[0].unit),
        colleague=MembershipFactory(team_worker=True, unit=teams[0].unit),
        head=MembershipFactory(team_head=True, unit=teams[0].unit),
        area_head=MembershipFactory(team_head=True, unit=social_area),
        other_worker=MembershipFactory(team_worker=True, unit=teams[1].unit),
        third_worker=MembershipFactory(team_worker=True, unit=teams[2].unit),
        other_counsellor=MembershipFactory(unit=SchoolFactory().unit),
        coordinator=MembershipFactory(coordinator=True, unit=city),
        analyst=MembershipFactory(analyst=True, unit=city),
        class_group=ClassGroupFactory(school=school),
        service=services[0],
        other_service=services[1],
        third_service=services[2],
        reason=ReasonCodeFactory(),
    )


@dataclass
class Story:
    """One case as it is told; each method lets somebody act at `at` and returns the story."""

    cast: Cast
    pupil: Pupil
    at: datetime
    referral: Referral = field(init=False)

    @property
    def today(self) -> date:
        """The day on which the next thing happens."""
        return timezone.localdate(self.at)

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return Case.objects.get(pk=self.referral.case_id)

    @property
    def question(self) -> Question:
        """The latest question."""
        return self.referral.questions.latest("asked_at", "pk")

    @property
    def feedback(self) -> Feedback:
        """The latest feedback."""
        return self.referral.feedback.latest("sent_at", "pk")

    def open(self, kind: str) -> Obligation:
        """Return the case's one open obligation of `kind`."""
        return Obligation.objects.open().get(case=self.referral.case_id, kind=kind)

    def days(self, working_days: int) -> date:
        """Return the day so many working days ahead."""
        return add_working_days(self.today, working_days)

    def wait(self, days: int) -> Story:
        """Let calendar days go by."""
        self.at += timedelta(days=days)
        return self

    def wait_working_days(self, days: int) -> Story:
        """Let working days go by."""
        return self.wait((self.days(days) - self.today).days)

    def send(self, service: Service | None = None) -> Story:
        """The school sends a request."""
        self.referral = requests.send_request(
            pupil=self.pupil,
            service=service or self.cast.service,
            content=WORDS,
            consents=[
                ConsentGiven(
                    "guardian_1", "yes", form="meeting", given_on=self.today,
                    valid_to=self.today + timedelta(days=180), scope=["words", "receiver", "reply"],
                    interpreter="arabiska",
                ),
                ConsentGiven("guardian_2", "none"),
            ],
            submission=uuid4(),
            by=self.cast.counsellor,
            at=self.at,
        )  # fmt: skip
        return self

    def open_it(self) -> Story:
        """The team opens the request."""
        answers.open_request(referral=self.referral, by=self.cast.worker, at=self.at)
        return self._again()

    def acknowledge(self, by: Membership | None = None) -> Story:
        """The team acknowledges."""
        answers.acknowledge_request(referral=self.referral, by=by or self.cast.worker, at=self.at)
        return self._again()

    def accept(self, first_contact_by: date | None = None) -> Story:
        """The team says yes."""
        worker = self.cast.worker
        day = first_contact_by or self.days(5)
        answers.accept_request(referral=self.referral, handler=worker, first_contact_by=day, by=worker, at=self.at)
        return self._again()

    def ask(self) -> Story:
        """The team asks the school."""
        text = "Vad säger eleven om måndagarna?"
        answers.ask_question(referral=self.referral, text=text, due_on=self.days(5), by=self.cast.worker, at=self.at)
        return self._again()

    def queue(self, days: int = 10) -> Story:
        """The team has no room yet; it expects to begin so many working days ahead."""
        answers.queue_request(
            referral=self.referral, place=2, expected_on=self.days(days), interim="Mentorn ringer hem på måndagar.",
            by=self.cast.worker, at=self.at,
        )  # fmt: skip
        return self._again()

    def answer_question(self) -> Story:
        """The school answers."""
        replies.answer_question(question=self.question, answer="Svårt på morgnar.", by=self.cast.counsellor, at=self.at)
        return self._again()

    def decline(self, next_holder: Membership | None = None) -> Story:
        """The team says no; the next step is with the school unless somebody else is named."""
        answers.decline_request(
            referral=self.referral, reason=self.cast.reason, rationale="Skolan behöver pröva mer först.",
            advice="Kartlägg lärmiljön.", next_holder=(next_holder or self.cast.counsellor).unit,
            next_on=self.days(10), by=self.cast.worker, at=self.at, tried="Ringt.", nevertheless="Ändå.",
        )  # fmt: skip
        return self._again()

    def prepare_no(self, code: str = "SCHOOL_RESPONSIBILITY") -> Story:
        """One in the team writes a no that a colleague has to read first."""
        words = {
            "rationale": "Skolan behöver pröva mer först.", "missing_measure": "home_visit", "nevertheless": "Ändå.",
        }  # fmt: skip
        said = NoSaid(reason_of(code), "Kartlägg lärmiljön.", self.cast.counsellor.unit, self.days(10), words)
        second_person.prepare_no(referral=self.referral, said=said, by=self.cast.worker, at=self.at)
        return self._again()

    @property
    def prepared(self) -> PreparedNo:
        """The no that waits for a second person, or the latest."""
        return PreparedNo.objects.filter(referral=self.referral).latest("prepared_at")

    def redirect(self, service: Service | None = None, by: Membership | None = None) -> Story:
        """The team sends it on, to the second team unless another is named."""
        self.referral = answers.redirect_request(
            referral=self.referral, service=service or self.cast.other_service, rationale="Ni har rätt uppdrag.",
            by=by or self.cast.worker, at=self.at,
        )  # fmt: skip
        return self

    def place(self, service: Service | None = None, by: Membership | None = None) -> Story:
        """The coordinator who is asked chooses the third team, unless another is named."""
        self.at += timedelta(minutes=1)
        asked = self.open("place_request")
        unit = asked.intervals.get(to_at=None).unit
        coordinator = by or Membership.objects.filter(unit=unit, role=Role.COORDINATOR).first()
        self.referral = placing.place_request(
            obligation=asked, service=service or self.cast.third_service, why="Ni har rum först.",
            by=coordinator or MembershipFactory(coordinator=True, unit=unit), at=self.at,
        )  # fmt: skip
        return self

    def overturn(self, code: str = "yes_with_conditions") -> Story:
        """Both sides' managers change the no: the team has the request again, to accept within three working days."""
        self.at += timedelta(minutes=1)
        for manager in (self.cast.area_manager, self.cast.area_head):
            oversight.answer_lift(
                obligation=Obligation.objects.open().filter(kind="answer_objection").held_by(manager.unit).get(
                    case=self.case
                ),
                answer=code, reason="Så.", conditions="Skolan är med.", next_task="Börja.",
                next_unit=self.case.school_unit, next_on=self.days(3), by=manager, at=self.at,
            )  # fmt: skip
        self.referral = Referral.objects.filter(case=self.referral.case_id).latest("sent_at", "pk")
        return self

    def withdraw(self) -> Story:
        """The school takes the request back."""
        requests.withdraw_request(
            referral=self.referral, reason="Läget har ändrats.", by=self.cast.counsellor, at=self.at
        )
        return self._again()

    def meet(self) -> Story:
        """The team meets the family."""
        work.record_first_contact(referral=self.referral, note="Vi har träffats.", by=self.cast.worker, at=self.at)
        return self._again()

    def give_feedback(self) -> Story:
        """The team tells the school how it goes."""
        work.give_feedback(referral=self.referral, text="Första mötet hölls.", by=self.cast.worker, at=self.at)
        return self._again()

    def acknowledge_feedback(self) -> Story:
        """The school has read it."""
        work.acknowledge_feedback(feedback=self.feedback, reply="Tack.", by=self.cast.counsellor, at=self.at)
        return self._again()

    def complete(self) -> Story:
        """The work is done."""
        work.complete_work(
            referral=self.referral, result="Närvaron är bättre.", next_on=self.days(10), by=self.cast.worker, at=self.at
        )
        return self._again()

    def interrupt(self) -> Story:
        """The work is broken off."""
        work.interrupt_work(
            referral=self.referral, reason="Familjen har tackat nej.", next_on=self.days(10),
            by=self.cast.worker, at=self.at,
        )  # fmt: skip
        return self._again()

    def follow_advice(self) -> Story:
        """The school does what the no advised."""
        replies.follow_advice(
            referral=self.referral, plan="Vi kartlägger.", due_on=self.days(10), by=self.cast.counsellor, at=self.at
        )
        return self

    def talk(self) -> Story:
        """The school wants to talk first."""
        replies.talk_first(
            referral=self.referral, about="Måndagarna.", meet_on=self.days(5), by=self.cast.counsellor, at=self.at
        )
        return self

    def lift(self) -> Story:
        """The school lifts the no to the managers."""
        replies.lift_to_managers(
            referral=self.referral, disagreement="Vi har redan prövat.", by=self.cast.principal, at=self.at
        )
        return self

    def pause(self, kind: str, by: Membership | None = None) -> Story:
        """The holder lets a clock rest for five working days."""
        oversight.pause(
            obligation=self.open(kind), until=self.days(5), reason="Lov.", by=by or self.cast.worker, at=self.at
        )
        return self

    def close(self) -> Story:
        """The school closes the case."""
        closing.close_case(
            case=self.case, outcome=Case.Outcome.IMPROVED, final_word="Så här blev det.",
            by=self.cast.counsellor, at=self.at,
        )  # fmt: skip
        return self._again()

    def _again(self) -> Story:
        self.referral = Referral.objects.get(pk=self.referral.pk)
        return self


STATES: dict[str, Callable[[Story], Story]] = {
    "sent": lambda story: story.send(),
    "opened": lambda story: story.send().open_it(),
    "acknowledged": lambda story: story.send().acknowledge(),
    "prepared": lambda story: story.send().acknowledge().prepare_no(),
    "asked": lambda story: story.send().ask(),
    "queued": lambda story: story.send().acknowledge().queue(),
    "question_answered": lambda story: story.send().ask().answer_question(),
    "accepted": lambda story: story.send().accept(),
    "active": lambda story: story.send().accept().meet(),
    "feedback_given": lambda story: story.send().accept().meet().give_feedback(),
    "feedback_acknowledged": lambda story: story.send().accept().meet().give_feedback().acknowledge_feedback(),
    "paused": lambda story: story.send().acknowledge().pause("answer_request"),
    "declined": lambda story: story.send().decline(),
    "advice_followed": lambda story: story.send().decline().follow_advice(),
    "talk_proposed": lambda story: story.send().decline().talk(),
    "lifted": lambda story: story.send().decline().lift(),
    "redirected": lambda story: story.send().redirect(),
    "taken_over": lambda story: story.send().redirect().acknowledge(story.cast.other_worker),
    "redirected_twice": lambda story: (
        story.send().redirect().redirect(story.cast.third_service, by=story.cast.other_worker)
    ),
    "placed": lambda story: (
        story.send().redirect().redirect(story.cast.third_service, by=story.cast.other_worker).place()
    ),
    "given_back": lambda story: story.send().decline().lift().overturn(),
    "completed": lambda story: story.send().accept().meet().complete(),
    "interrupted": lambda story: story.send().accept().meet().interrupt(),
    "withdrawn": lambda story: story.send().withdraw(),
    "closed": lambda story: story.send().accept().meet().complete().close(),
}


def reason_of(code: str) -> ReasonCode:
    """Return the reason with `code` that is in force."""
    return ReasonCode.objects.filter(code=code, valid_to=None).first() or ReasonCodeFactory(code=code)


def a_pupil(cast: Cast) -> Pupil:
    """Return a pupil in the cast's class."""
    pupil = PupilFactory(given_name="Alva", family_name="Krans")
    EnrolmentFactory(pupil=pupil, class_group=cast.class_group)
    return pupil


def a_case(in_state: str = "sent", *, cast: Cast | None = None, at: datetime | None = None) -> Story:
    """Return the story of a new pupil's case that has come to `in_state`, all of it at `at` (default: now)."""
    cast = cast or make_cast()
    story = Story(cast=cast, pupil=a_pupil(cast), at=at or timezone.now())
    return STATES[in_state](story)
