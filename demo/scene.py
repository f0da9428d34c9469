"""Where a tale takes place: the pupil, the people around it, and a clock that only goes forward."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from accounts.models import Membership, Unit
from accounts.roles import Role
from cases.models import Case, Obligation, Referral
from socialservices.models import Service

from .agenda import Act, Agenda
from .population import Resident
from .staff import Staff
from .story_days import StoryDays

DAY_BEGINS = time(8, 15)
MINUTES_OF_WORK = 7 * 60


class ToldOutOfOrder(Exception):
    """A tale went back in time, or ahead of today."""


class Scene:
    """One pupil's case while it is told. Days are working days from today: -5 lies a week back, 3 three days ahead."""

    def __init__(self, resident: Resident, staff: Staff, days: StoryDays, agenda: Agenda) -> None:
        """Begin with the pupil; what is told is put on `agenda`."""
        self.agenda = agenda
        self.resident = resident
        self.pupil = resident.pupil
        self.staff = staff
        self.days = days
        self.luck = Random(f"tale of {resident.source_id}")
        self.now: datetime | None = None
        self.began_on: date | None = None
        self.school: Unit = staff.schools[resident.school].unit
        self.principal = staff.at(self.school, Role.PRINCIPAL)[0]
        self.counsellor, self.special_educator = staff.at(self.school, Role.STUDENT_HEALTH)[:2]
        self.mentor = staff.mentors[resident.school, resident.class_group.name]
        self.referral: Referral

    def then(self, day: int, act: Act) -> None:
        """Let `act` happen on `day`, within working hours and after everything told so far."""
        self.agenda.add(self._moment(day), act)

    def _moment(self, day: int) -> datetime:
        moment = self.days.at(day, DAY_BEGINS) + timedelta(minutes=self.luck.randrange(MINUTES_OF_WORK))
        if self.now is not None and moment <= self.now:
            moment = self.now + timedelta(minutes=7)
        if day >= 0 or moment.date() != self.days.on(day):
            raise ToldOutOfOrder(f"{self.resident.source_id}: {day}")
        self.now = moment
        self.began_on = self.began_on or moment.date()
        return moment

    @property
    def case(self) -> Case:
        """The pupil's open case as it is now."""
        return Case.objects.select_related("school_unit__parent").get(pupil=self.pupil, closed_at=None)

    @property
    def receiver(self) -> Unit:
        """The unit that the latest request came to."""
        return self.referral.to_unit

    def worker(self, number: int = 0) -> Membership:
        """Return one of the people in the unit that the latest request came to."""
        return self.staff.at(self.receiver, Role.TEAM_WORKER, Role.INTAKE_WORKER)[number]

    def unit(self, name: str) -> Unit:
        """Return the unit of a service kind where the pupil lives, or "school", or "receiver"."""
        match name:
            case "school":
                return self.school
            case "receiver":
                return self.receiver
            case _:
                return self.service(name).office.unit

    def service(self, kind: str) -> Service:
        """Return the catalogue entry of this kind where the pupil lives."""
        return self.staff.services[self.resident.district, kind]

    def held(self, kind: str, unit: Unit | None = None) -> Obligation:
        """Return the case's open obligation of this kind, the latest one, that `unit` holds if one is given."""
        found = self.case.obligations.open().filter(kind=kind)
        if unit is not None:
            found = found.held_by(unit)
        return found.order_by("started_on", "pk").last() or self._nothing_held(kind)

    def _nothing_held(self, kind: str) -> Obligation:
        raise ToldOutOfOrder(f"{self.resident.source_id}: nobody holds {kind}")

    def submission(self) -> UUID:
        """Return a new submission key, the same one whenever the story is told."""
        return UUID(int=self.luck.getrandbits(128), version=4)
