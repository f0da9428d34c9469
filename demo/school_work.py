"""What schools do about signals, week in and week out, beside the stories: watch, talk, note that it is handled."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from accounts.models import Membership
from accounts.roles import Role
from attendance.actions import SignalAlreadyAnswered, answer_concern, answer_signal, log_concern
from attendance.investigating import InvestigationIsOpen
from attendance.models import Concern, Sign, Signal
from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days

from .agenda import Agenda
from .city import SchoolPlan
from .population import Resident
from .school_help import SchoolHelp
from .staff import VISITED_SCHOOLS, Staff
from .story_days import StoryDays

DELAYS = (0, 0, 0, 0, 1, 1, 2)
"""Working days from the import until somebody takes up a signal."""
CONCERNS, WATCHES = 0.2, 0.25
"""How often a signal leads to a concern, and how often to watching the pupil; else it is noted as handled."""
WATCHED_FOR_WORKING_DAYS = 11
HANDLED = (
    "Har pratat med hemmet. Förkylning och ett läkarbesök.",
    "Känt sedan tidigare, vi har en plan med hemmet.",
    "Beviljad ledighet för en resa, tillbaka sedan i måndags.",
    "Mentorn har träffat eleven och föräldrarna. Ny uppföljning om två veckor.",
)
IN_A_STORY = "Känt. Vi arbetar redan med det här tillsammans med eleven och hemmet."
CAME_BACK = "Har varit i skolan som vanligt under tiden vi följde."
SEEN = (
    "Har varit borta flera enstaka dagar. Säger att det är svårt att sova.",
    "Kommer sent till första lektionen och ser trött ut.",
    "Går undan på rasterna och vill hem efter lunch.",
    "Borta de dagar vi har redovisning.",
)
BECAME = (
    ("follow", "Jag pratar med eleven den här veckan. Mentorn fortsätter hålla kontakt med hemmet."),
    ("follow", "Vi provar lugn start i två veckor och ser hur det går."),
    ("investigate", "Vi utreder frånvaron och träffar hemmet nästa vecka."),
    ("close", "Det har ordnat sig. Eleven har varit här varje dag sedan dess."),
)


class SchoolWork:
    """Answers one school's signals as they come, on the days after each import."""

    def __init__(
        self, agenda: Agenda, staff: Staff, days: StoryDays, plan: SchoolPlan, residents: Sequence[Resident]
    ) -> None:
        """Know the school's people and pupils. Where a visitor works, others have done theirs at once."""
        self.agenda = agenda
        self.staff = staff
        self.days = days
        self.by_pupil = {resident.pupil.pk: resident for resident in residents}
        self.health = staff.at(staff.schools[plan.key].unit, Role.STUDENT_HEALTH)
        (principal, *_others) = staff.at(staff.schools[plan.key].unit, Role.PRINCIPAL)
        self.help = SchoolHelp(agenda, days.at(0, time(0)), self.health[-1], principal)
        is_prompt = plan.key in VISITED_SCHOOLS
        self.delays = (0,) if is_prompt else DELAYS
        self.days_to_answer_a_concern = (0,) if is_prompt else (1, 2, 3)

    def take_up_signals(self, signals: Sequence[Signal], seen_at: datetime) -> None:
        """Let each pupil's new signals be answered within some days, one way or another."""
        newest = {signal.pupil_id: signal for signal in signals}
        for pupil_id in sorted(newest, key=lambda pk: self.by_pupil[pk].source_id):
            resident = self.by_pupil[pupil_id]
            if resident.story is None or not resident.story.leaves_signals:
                self._take_up(newest[pupil_id], resident, seen_at)

    def _take_up(self, signal: Signal, resident: Resident, seen_at: datetime) -> None:
        luck = Random(
            f"signal of {resident.source_id} {signal.kind} {signal.level} {signal.crossed_on - self.days.today}"
        )
        is_known = resident.story is not None
        at = self._later(seen_at, 0 if is_known else luck.choice(self.delays), luck)
        if at is None:
            return
        if is_known:
            self.agenda.add(at, lambda at: self._answer(signal, Signal.Answer.HANDLED, IN_A_STORY, at))
            return
        note, way = luck.choice(HANDLED), luck.random()
        if way < CONCERNS:
            self.agenda.add(at, lambda at: self._log_concern(resident, luck, at))
        elif way < CONCERNS + WATCHES:
            self.agenda.add(at, lambda at: self._watch(signal, at, luck))
        else:
            self.agenda.add(at, lambda at: self._answer(signal, Signal.Answer.HANDLED, note, at))

    def _answer(self, signal: Signal, answer: str, note: str, at: datetime) -> None:
        """Answer the signal unless a concern or another answer has done so meanwhile."""
        with suppress(SignalAlreadyAnswered):
            answer_signal(signal=signal, answer=answer, note=note, by=self.health[0], at=at)

    def _watch(self, signal: Signal, at: datetime, luck: Random) -> None:
        self._answer(signal, Signal.Answer.WATCH, "", at)
        looked_at = self._later(at, WATCHED_FOR_WORKING_DAYS, luck)
        if looked_at is not None:
            self.agenda.add(looked_at, lambda at: self._answer(signal, Signal.Answer.HANDLED, CAME_BACK, at))

    def _log_concern(self, resident: Resident, luck: Random, at: datetime) -> None:
        mentor: Membership = self.staff.mentors[resident.school, resident.class_group.name]
        concern = log_concern(
            pupil=resident.pupil,
            signs=[luck.choice((Sign.OFTEN_AWAY, Sign.COMES_LATE, Sign.WORRIED_OR_SAD)).value],
            text=luck.choice(SEEN),
            talked=luck.choice((Concern.Talked.YES, Concern.Talked.YES, Concern.Talked.NO)).value,
            harm_suspected=Concern.Harm.NO.value,
            submission=UUID(int=luck.getrandbits(128), version=4),
            by=mentor,
            at=at,
        )
        answered_at = self._later(at, luck.choice(self.days_to_answer_a_concern), luck)
        if answered_at is not None:
            self.agenda.add(answered_at, lambda at: self._answer_concern(concern, mentor, luck, at))

    def _answer_concern(self, concern: Concern, mentor: Membership, luck: Random, at: datetime) -> None:
        """Say what becomes of the concern, and begin with it."""
        answer, text = luck.choice(BECAME)
        answer_concern(concern=concern, answer=answer, text=text, by=self.health[0], at=at)
        if answer == Concern.Answer.FOLLOW:
            self.help.take_measure(concern.pupil, mentor, luck, at)
        elif answer == Concern.Answer.INVESTIGATE:
            with suppress(InvestigationIsOpen):
                self.help.investigate(concern.pupil, luck, at)

    def _later(self, at: datetime, working_days: int, luck: Random) -> datetime | None:
        """Return a working moment some working days after `at`, None when that has not come yet."""
        moment = datetime.combine(
            add_working_days(at.astimezone(STOCKHOLM).date(), working_days), time(8, 5), tzinfo=STOCKHOLM
        ) + timedelta(minutes=luck.randrange(420))
        moment = max(moment, at + timedelta(minutes=20))
        return moment if moment < self.days.at(0, time(0)) else None
