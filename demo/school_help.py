"""What schools do once a concern is answered: measures that are followed up, investigations that are worked on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from accounts.models import Membership
from attendance import investigating, taking_measures
from attendance.follow_up_days import usual_day_to_follow_up
from attendance.models import AbsenceInvestigation, InvestigationDuty, InvestigationTask, Measure, MeasureFollowUp
from deadlines.stockholm import STOCKHOLM, stockholm_day
from deadlines.working_days import add_working_days
from schools.models import Pupil

from .agenda import Agenda

Kind, Effect, Task = Measure.Kind, MeasureFollowUp.Effect, InvestigationTask.Kind
USUAL_MEASURES = (
    (Kind.MORNING_CONTACT, "Mentorn möter vid dörren klockan åtta."),
    (Kind.QUIET_PLACE, "Får börja dagen i biblioteket och gå därifrån till klassrummet."),
    (Kind.KEY_ADULT, "Träffar kuratorn tio minuter varje dag efter lunch."),
    (Kind.BREAKS_AND_SEATS, "Sitter närmast dörren. En vuxen är med på rasterna."),
)
SEEN = (
    (Effect.BETTER, "Har kommit varje dag och säger att det känns lättare."),
    (Effect.A_LITTLE, "Kommer i tid tre dagar av fem."),
    (Effect.NO, "Det gör ingen skillnad. Vi provar något annat."),
    (Effect.TOO_EARLY, ""),
)
FOUND = {
    Task.PUPIL: ("Jag vet inte vart jag ska ta vägen på rasterna.", ""),
    Task.GUARDIANS: ("Det är värst på söndagskvällarna.", ""),
    Task.STUDENT_HEALTH: ("", "Genomgång på elevhälsoteamets möte. Skolsköterskan träffar eleven."),
    Task.PATTERN: ("", "Mest enstaka dagar, oftast när det är idrott."),
    Task.LEARNING: ("", "Klarar skolarbetet när uppgiften är tydlig. Många byten av lärare i höst."),
    Task.SAFETY: ("", "Har en vän i klassen. Rasterna är otrygga."),
}
BEHIND = "Började efter klassbytet. Rasterna håller den kvar."
CAME_TO = (
    "Rasterna är svårast. En vuxen är med ute, och eleven börjar dagen i biblioteket. Vi följer upp om tre veckor."
)
LEFT = "Skolsköterskan återkommer om hälsan. Hemmet behövde inte utredas vidare."
WORKED_ON_AFTER = (1, 2, 3, 4, 6, 7)
FINISHED_AFTER = 9
"""Working days; the law's "promptly" is fifteen school days here."""


class SchoolHelp:
    """Takes measures and investigates at one school, by its student health and its principal."""

    def __init__(self, agenda: Agenda, until: datetime, health: Membership, principal: Membership) -> None:
        """Know who works at the school; nothing is done from `until` on."""
        self.agenda, self.until, self.health, self.principal = agenda, until, health, principal

    def take_measure(self, pupil: Pupil, mentor: Membership, luck: Random, at: datetime) -> None:
        """Take a usual measure, and follow it up on its day."""
        kind, words = luck.choice(USUAL_MEASURES)
        today = stockholm_day(at)
        measure = taking_measures.add_measure(
            pupil=pupil, kind=kind.value, in_words=words, responsible=mentor, starts_on=today,
            follow_up_on=usual_day_to_follow_up(taking_measures.calendar_of(self.health, at), today, today),
            pupil_agrees=luck.choice(Measure.Agrees.values), submission=_key(luck), by=self.health, at=at,
        )  # fmt: skip
        self._follow_up(measure, mentor, luck, at)

    def _follow_up(self, measure: Measure, mentor: Membership, luck: Random, at: datetime) -> None:
        effect, note = luck.choice(SEEN)

        def act(at: datetime) -> None:
            today = stockholm_day(at)
            goes_on = effect in (Effect.A_LITTLE, Effect.TOO_EARLY)
            again = usual_day_to_follow_up(taking_measures.calendar_of(mentor, at), today, today)
            taking_measures.follow_up_measure(
                measure=measure, effect=effect.value, note=note, next_on=again if goes_on else None, by=mentor, at=at
            )

        days = (measure.follow_up_on - stockholm_day(at)).days
        self._add(at, days, act)

    def investigate(self, pupil: Pupil, luck: Random, at: datetime) -> None:
        """Begin to investigate, tell those who are to be told, and work on it day by day."""
        investigation = investigating.open_investigation(
            pupil=pupil, lead=self.health, submission=_key(luck), by=self.health, at=at
        )
        tasks = {task.kind: task for task in investigation.tasks.all()}
        for (kind, (own_words, text)), after in zip(FOUND.items(), WORKED_ON_AFTER, strict=True):
            self._add(at, _days_ahead(at, after), self._writing(tasks[kind], own_words, text))
        self._add(at, _days_ahead(at, FINISHED_AFTER), self._finishing(investigation))
        for duty in investigation.duties.all():
            after = 0 if duty.kind == InvestigationDuty.Kind.GUARDIANS else 2
            self._add(at, _days_ahead(at, after), self._telling(duty))

    def _writing(self, task: InvestigationTask, own_words: str, text: str) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            investigating.write_task(
                task=task, seen_at=None, status="done", own_words=own_words, text=text, by=self.health, at=at
            )

        return act

    def _finishing(self, investigation: AbsenceInvestigation) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            by: dict[str, Any] = {"investigation": investigation, "by": self.health, "at": at}
            no: dict[str, Any] = {
                "special_support": "no",
                "special_support_on": None,
                "action_plan": "no",
                "action_plan_on": None,
            }
            investigating.name_causes(setting_off=["school"], keeping_up=["school", "health"], in_words=BEHIND, **by)
            investigating.record_support(**no, **by)
            investigating.finish_investigation(conclusion=CAME_TO, left_undone=LEFT, **by)

        return act

    def _telling(self, duty: InvestigationDuty) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            investigating.record_duty(duty=duty, done_on=stockholm_day(at), by=self.principal, at=at)

        return act

    def _add(self, at: datetime, days: int, act: Callable[[datetime], None]) -> None:
        """Do it in the afternoon some calendar days later, if that has come."""
        day = stockholm_day(at) + timedelta(days=days)
        moment = max(datetime.combine(day, time(14, 30), tzinfo=STOCKHOLM), at + timedelta(minutes=20))
        if moment < self.until:
            self.agenda.add(moment, act)


def _days_ahead(at: datetime, working_days: int) -> int:
    today = stockholm_day(at)
    return (add_working_days(today, working_days) - today).days


def _key(luck: Random) -> UUID:
    return UUID(int=luck.getrandbits(128), version=4)
