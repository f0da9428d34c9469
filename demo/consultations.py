"""Two consultations without a name: one that has been answered, and one that waits."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from accounts.roles import Role
from cases.actions import consulting
from cases.models import Consultation

from .agenda import Agenda
from .city import FARSTA
from .people import COUNSELLOR, TEAM_WORKER
from .staff import Staff
from .story_days import StoryDays

ANSWERED, WAITING = UUID(int=1, version=4), UUID(int=2, version=4)
ASKED = (
    "En elev i mellanstadiet har slutat komma till de första lektionerna. Föräldern arbetar natt och sover när skolan "
    "börjar. Vi har prövat att ringa på morgonen. När brukar det hjälpa att ni träffar en familj, och vad ska vi ha "
    "gjort innan?"
)
TOLD = (
    "När morgnarna är det svåra kan vi komma hem tidigt några veckor och hitta en ordning tillsammans med familjen. "
    "Fråga föräldern vem mer som kan hjälpa till, och skriv ned vilka morgnar som fungerar. Vill familjen ha oss, "
    "skriv en begäran: vi tar emot från årskurs fyra."
)
ASKED_SINCE = (
    "En elev på högstadiet vill bara prata med oss i skolan och säger nej till alla möten hemma. Frånvaron ökar sedan "
    "några veckor. Kan ni börja i skolan, och vad behöver hemmet ha sagt ja till då?"
)


def plan_consultations(agenda: Agenda, staff: Staff, days: StoryDays) -> None:
    """Let the counsellor in Farsta ask the attendance team twice; the first time it has answered."""
    if COUNSELLOR not in staff.people:  # a city without the school in Farsta
        return
    worker = staff.people[TEAM_WORKER]
    asked_by = staff.people[COUNSELLOR]
    intake = staff.services[FARSTA, "intake"].office.unit
    answers = staff.at(intake, Role.INTAKE_WORKER)[0]

    def ask(at: datetime) -> None:
        consulting.ask(to_unit=intake, question=ASKED, submission=ANSWERED, by=asked_by, at=at)

    def answer(at: datetime) -> None:
        asked = Consultation.objects.get(submission=ANSWERED)
        advice = Consultation.Advice.REQUEST
        consulting.answer(consultation=asked, text=TOLD, advice=advice, by=answers, at=at)

    def ask_again(at: datetime) -> None:
        consulting.ask(to_unit=worker.unit, question=ASKED_SINCE, submission=WAITING, by=asked_by, at=at)

    agenda.add(days.at(-15, time(10)), ask)
    agenda.add(days.at(-13, time(13)), answer)
    agenda.add(days.at(-1, time(14)), ask_again)
