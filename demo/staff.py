"""Everybody who works in the demo city, invited by its system administrator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from accounts.actions import confirm_membership, invite_person, renew_membership
from accounts.models import Membership, Unit, User
from accounts.permissions import last_possible_day
from accounts.roles import Role, UnitKind
from schools.models import School
from socialservices.models import District, Service

from .city import DISTRICTS, FARSTA, SERVICES, SchoolPlan
from .names import invent_colleague
from .people import (
    ANALYST,
    AREA_MANAGER,
    COORDINATOR,
    COUNSELLOR,
    DEMO_PEOPLE,
    INTAKE_WORKER,
    LOG_AUDITOR,
    MENTOR,
    PRINCIPAL,
    SCHOOL_ADMIN,
    SECOND_COUNSELLOR,
    SYSTEM_ADMIN,
    TEAM_WORKER,
    UNIT_HEAD,
    address,
)
from .story_days import StoryDays

EMPLOYED_WORKING_DAYS = 260
"""How long before today everybody's membership began."""

RENEWED_WORKING_DAYS = 20
"""How long before today everybody's membership was renewed: it would end after a year."""

TEAM_TITLES = ("Skolsocionom", "Familjebehandlare", "Skolsocionom")
REPORT_PHONE = "08-465 004 70"
"""A number that the telephone authority keeps for fiction."""

INTAKE_TITLES = ("Socialsekreterare", "Socialsekreterare", "Gruppledare")
VISITED_SCHOOLS = {"farsta": (PRINCIPAL, COUNSELLOR), "hokarang": ("", SECOND_COUNSELLOR)}
MENTORS = {("farsta", "7B"): MENTOR}


@dataclass
class Staff:
    """Who works where, in the order they were invited; `people` are those a visitor can be."""

    people: dict[str, Membership] = field(default_factory=dict)
    by_unit: dict[tuple[object, str], list[Membership]] = field(default_factory=lambda: defaultdict(list))
    services: dict[tuple[str, str], Service] = field(default_factory=dict)
    schools: dict[str, School] = field(default_factory=dict)
    mentors: dict[tuple[str, str], Membership] = field(default_factory=dict)

    def at(self, unit: Unit, *roles: str) -> list[Membership]:
        """Return those who work at `unit` in one of `roles`."""
        return [person for role in roles for person in self.by_unit[unit.pk, role]]

    def head_above(self, unit: Unit) -> Membership:
        """Return who answers for `unit`: the head of the area above it, or where there is none its own principal."""
        above = unit.parent if unit.parent is not None and unit.parent.kind != UnitKind.CITY else unit
        return self.at(above, Role.UNIT_HEAD, Role.PRINCIPAL)[0]


class Recruiter:
    """Invites the city's staff, as its system administrator would."""

    def __init__(self, days: StoryDays) -> None:
        """Begin with two administrators, the first people of any city, whom nobody can invite."""
        self.since = days.on(-EMPLOYED_WORKING_DAYS)
        self.at: datetime = days.at(-EMPLOYED_WORKING_DAYS, time(9))
        self.luck = Random("staff")
        self.staff = Staff()
        self.addresses = {person.email for person in DEMO_PEOPLE.values()}
        self.city = Unit.objects.get(kind=UnitKind.CITY)
        self.renewed_on = days.on(-RENEWED_WORKING_DAYS)
        person = DEMO_PEOPLE[SYSTEM_ADMIN]
        self.admin = self._first(person.given_name, person.family_name)
        self.second_admin = self._first(*self._somebody())
        self._remember(self.admin, person.key)

    def _first(self, given_name: str, family_name: str) -> Membership:
        """Make an administrator whom nobody has invited, as the operator of a new city does."""
        user = User.objects.create_user(
            address(given_name, family_name), given_name=given_name, family_name=family_name
        )
        return Membership.objects.create(
            user=user, unit=self.city, role=Role.SYSTEM_ADMIN, title=DEMO_PEOPLE[SYSTEM_ADMIN].title,
            valid_from=self.since - timedelta(days=1), valid_to=last_possible_day(self.renewed_on),
            renewed_on=self.renewed_on, confirmed_at=self.at,
        )  # fmt: skip

    def staff_city(self) -> None:
        """Invite those who follow up for the whole city."""
        for key in (COORDINATOR, ANALYST):
            self._invite(self.city, DEMO_PEOPLE[key].role, DEMO_PEOPLE[key].title, key)

    def staff_district(self, code: str) -> None:
        """Invite the head of a district's social services, and the people of its teams and its intake office."""
        is_farsta = code == FARSTA
        for kind in SERVICES:
            service = Service.objects.select_related("office__unit__parent").get(
                kind=kind, office__districts=District.objects.get(code=code), valid_to=None
            )
            self.staff.services[code, kind] = service
            self._staff_office(service, is_farsta)
        area = self.staff.services[code, SERVICES[0]].office.unit.parent
        assert area is not None  # noqa: S101
        self._invite(area, Role.UNIT_HEAD, "Enhetschef", UNIT_HEAD if is_farsta else "")
        self._invite(area, Role.COORDINATOR, "Samordnare")

    def _staff_office(self, service: Service, is_farsta: bool) -> None:
        is_intake = service.kind == Service.Kind.INTAKE
        role = Role.INTAKE_WORKER if is_intake else Role.TEAM_WORKER
        if is_intake:
            service.office.report_phone = REPORT_PHONE
            service.office.save(update_fields=["report_phone"])
        demo_keys: dict[str, str] = {Service.Kind.INTAKE: INTAKE_WORKER, Service.Kind.ATTENDANCE_TEAM: TEAM_WORKER}
        demo_key = demo_keys.get(service.kind, "")
        for place, title in enumerate(INTAKE_TITLES if is_intake else TEAM_TITLES):
            self._invite(service.office.unit, role, title, demo_key if is_farsta and place == 0 else "")

    def staff_school(self, plan: SchoolPlan) -> None:
        """Invite a school's principals, student health and one mentor for each class, and the area's manager once."""
        school = School.objects.select_related("unit__parent", "provider").get(school_unit_code=plan.code)
        self.staff.schools[plan.key] = school
        principal, counsellor = VISITED_SCHOOLS.get(plan.key, ("", ""))
        self._invite(school.unit, Role.PRINCIPAL, "Rektor", principal)
        self._invite(school.unit, Role.PRINCIPAL, "Biträdande rektor")
        self._invite(school.unit, Role.STUDENT_HEALTH, "Skolkurator", counsellor)
        self._invite(school.unit, Role.STUDENT_HEALTH, "Specialpedagog")
        administrator = SCHOOL_ADMIN if plan.key == "farsta" else ""
        self._invite(school.unit, Role.SCHOOL_ADMIN, "Skoladministratör", administrator)
        for _grade, name in plan.class_names():
            mentor = self._invite(school.unit, Role.MENTOR, f"Mentor {name}", MENTORS.get((plan.key, name), ""))
            self.staff.mentors[plan.key, name] = mentor
        area = school.unit.parent
        if area is not None and not self.staff.at(area, Role.UNIT_HEAD):
            self._invite(area, Role.UNIT_HEAD, "Grundskolechef", AREA_MANAGER if plan.district == FARSTA else "")

    def _invite(self, unit: Unit, role: str, title: str, key: str = "") -> Membership:
        """Invite one person to `unit`: the demo person `key`, else somebody invented."""
        person = DEMO_PEOPLE.get(key)
        given_name, family_name = (person.given_name, person.family_name) if person else self._somebody()
        membership = invite_person(
            unit=unit, role=role, email=address(given_name, family_name), given_name=given_name,
            family_name=family_name, title=title, valid_from=self.since, valid_to=last_possible_day(self.since),
            by=self.admin, at=self.at,
        )  # fmt: skip
        self._remember(membership, key)
        return membership

    def renew(self, at: datetime) -> None:
        """Renew everybody's role for a year, and let two administrators appoint the auditors of the log."""
        for membership in [one for people in self.staff.by_unit.values() for one in people]:
            if membership.pk != self.admin.pk:
                renewed = renew_membership(membership=membership, by=self.admin, at=at)
                # The stories go on with the people they began with.
                membership.renewed_on, membership.valid_to = renewed.renewed_on, renewed.valid_to
        school = next(iter(self.staff.schools.values())).unit
        for unit, key in ((self.city, ""), (school.parent or school, LOG_AUDITOR)):
            person = DEMO_PEOPLE.get(key)
            given_name, family_name = (person.given_name, person.family_name) if person else self._somebody()
            auditor = invite_person(
                unit=unit, role=Role.LOG_AUDITOR, email=address(given_name, family_name), given_name=given_name,
                family_name=family_name, title="Loggranskare", valid_from=self.renewed_on,
                valid_to=last_possible_day(self.renewed_on), by=self.admin, at=at,
            )  # fmt: skip
            confirm_membership(membership=auditor, by=self.second_admin, at=at)
            self._remember(auditor, key)

    def _remember(self, membership: Membership, key: str) -> None:
        self.staff.by_unit[membership.unit_id, membership.role].append(membership)
        if key:
            self.staff.people[key] = membership

    def _somebody(self) -> tuple[str, str]:
        """Return a name that nobody in the city has."""
        while True:
            names = invent_colleague(self.luck)
            if address(*names) not in self.addresses:
                self.addresses.add(address(*names))
                return names


def recruit(days: StoryDays, plans: Sequence[SchoolPlan]) -> Recruiter:
    """Invite everybody for the schools of `plans` and their districts; return who has invited them."""
    recruiter = Recruiter(days)
    recruiter.staff_city()
    for code in DISTRICTS:
        if any(plan.district == code for plan in plans):
            recruiter.staff_district(code)
    for plan in plans:
        recruiter.staff_school(plan)
    return recruiter
