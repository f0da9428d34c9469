"""The incident of 2020 in small: 1,302 people of every role, and 60 pupils with protected identity among others.

Each protected pupil has everything a pupil can have: number, class, home, guardian, absence, signal, concern, case, a
request being written and links. Whatever is theirs carries a canary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice

from django.db import connection
from django.utils import timezone

from accounts.models import Membership, Unit, User
from accounts.permissions import TWO_PERSON_ROLES
from accounts.roles import ROLES_IN, Role, UnitKind
from cases.models import Case, RequestDraft
from schools.models import ClassGroup, Protection, Pupil, PupilLink
from schools.personal_numbers import invented_number
from tests.factories.accounts import LONG_AGO, UnitFactory
from tests.factories.attendance import (
    AttendanceDayFactory,
    ClassDayFactory,
    ConcernFactory,
    LessonAbsenceFactory,
    PeriodTotalFactory,
    SignalFactory,
    ThresholdRuleFactory,
    source_of_pupil,
)
from tests.factories.cases import Cast, Story, make_cast
from tests.factories.schools import (
    EnrolmentFactory,
    GuardianFactory,
    PupilFactory,
    PupilIdentifierFactory,
    ResidenceFactory,
)

PEOPLE, PROTECTED, SCHOOLS = 1302, 60, 4
CANARY = "Kanarie"


@dataclass(frozen=True)
class City:
    """Everybody, and the protected pupils with a case each for some."""

    people: list[Membership]
    protected: list[Pupil]
    cases: list[Case]

    @property
    def canaries(self) -> re.Pattern[str]:
        """What no page may hold: names, numbers, ids, aliases and case numbers of the protected."""
        words = [CANARY, *(pupil.alias for pupil in self.protected), *(str(pupil.pk) for pupil in self.protected)]
        numbers = [number for pupil in self.protected for number in pupil.identifiers.values_list("value", flat=True)]
        return re.compile("|".join([*words, *numbers, *(case.number for case in self.cases)]))

    def of_each_role(self, many: int) -> Iterator[Membership]:
        """Give `many` people of each role, from different units where there are several."""
        for role in Role:
            yield from islice((person for person in self.people if person.role == role), many)


def make_city() -> City:
    """Return the city. The schools, teams and areas are those of the casts; the crowd is spread over all units."""
    ThresholdRuleFactory()
    casts = [make_cast() for _ in range(SCHOOLS)]
    classes = [cast.class_group for cast in casts]
    units = [*Unit.objects.all(), UnitFactory(intake=True), UnitFactory(city=True)]
    crowd = _people(units, PEOPLE)
    for group in classes:
        mentors = [person for person in crowd if person.role == Role.MENTOR and person.unit_id == group.school_id]
        group.mentors.add(*mentors)
    pupils = [_pupil(number, group) for number, group in zip(range(PROTECTED), cycle(classes), strict=False)]
    cases = [_case(pupil, cast) for pupil, cast in zip(pupils, casts, strict=False)]
    for pupil, cast in zip(pupils, cycle(casts), strict=False):
        _belongings(pupil, cast)
    for pupil, kind in zip(pupils, cycle([kind for kind in Protection if kind != Protection.NONE]), strict=False):
        Pupil.objects.filter(pk=pupil.pk).update(protection=kind, alias=f"Q-{pupils.index(pupil):04}")
    return City(crowd, list(Pupil.objects.exclude(protection=Protection.NONE)), cases)


def _people(units: list[Unit], many: int) -> list[Membership]:
    """Write people in one go, spread over every role of every unit."""
    places = cycle([(unit, role) for unit in units for role in sorted(ROLES_IN[UnitKind(unit.kind)])])
    users = User.objects.bulk_create(
        User(email=f"crowd{n}@example.com", given_name="Person", family_name=f"Nr{n}", language="en", password="!")
        for n in range(many)
    )
    today = timezone.localdate()
    return Membership.objects.bulk_create(
        Membership(
            user=user,
            unit=unit,
            role=role,
            valid_from=today,
            valid_to=today + timedelta(days=300),
            confirmed_at=LONG_AGO if role in TWO_PERSON_ROLES else None,
        )
        for user, (unit, role) in zip(users, places, strict=False)
    )


def _pupil(number: int, group: ClassGroup) -> Pupil:
    pupil = PupilFactory(given_name=f"{CANARY}{number}", family_name=f"{CANARY}namn{number}")
    EnrolmentFactory(pupil=pupil, class_group=group)
    PupilIdentifierFactory(pupil=pupil, value=invented_number(2012, number).value)
    ResidenceFactory(pupil=pupil)
    GuardianFactory(pupil=pupil, given_name=f"{CANARY}förälder", family_name=f"{CANARY}namn{number}")
    return pupil


def _case(pupil: Pupil, cast: Cast) -> Case:
    return Story(cast=cast, pupil=pupil, at=timezone.now()).send().accept().meet().give_feedback().case


def _belongings(pupil: Pupil, cast: Cast) -> None:
    now = timezone.now()
    day = timezone.localdate()
    AttendanceDayFactory(pupil=pupil, day=day)
    LessonAbsenceFactory(pupil=pupil, day=day)
    PeriodTotalFactory(pupil=pupil, period_start=day, period_end=day)
    ClassDayFactory._meta.model.objects.get_or_create(
        class_group=cast.class_group,
        day=day,
        source=source_of_pupil(pupil),
        defaults={"offered_minutes": 300, "reported_minutes": 300},
    )
    SignalFactory(enrolment=pupil.enrolments.get())
    ConcernFactory(pupil=pupil, school_unit=cast.mentor.unit, logged_by=cast.mentor, text=f"{CANARY}oro")
    RequestDraft.objects.create(
        pupil=pupil, writer=cast.counsellor, school_unit=cast.counsellor.unit, content={"why_now": CANARY}, saved_at=now
    )
    PupilLink.objects.create(
        pupil=pupil, membership=cast.mentor, ground="claimed", reason="covering", started_at=now,
        ends_at=now + timedelta(hours=24),
    )  # fmt: skip


def about_protected_pupils(city: City) -> dict[tuple[str, str], str]:
    """Return each table and column that points at a pupil or at a case, with the condition “is about a protected”.

    Read from the database's own catalogue, so that a new table is looked at from its first day. The ids are written
    out: a role that cannot ask which pupils are protected must not for that reason seem to see nothing.
    """
    pupils = _listed(pupil.pk for pupil in city.protected)
    cases = _listed(case.pk for case in city.cases)
    conditions = {("schools_pupil", "id"): f"id IN ({pupils})", ("cases_case", "id"): f"id IN ({cases})"}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, attname, confrelid::regclass::text
              FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
             WHERE contype = 'f' AND confrelid IN ('schools_pupil'::regclass, 'cases_case'::regclass)
             ORDER BY 1, 2
            """
        )
        for table, column, target in cursor.fetchall():
            conditions[table, column] = f"{column} IN ({pupils if target == 'schools_pupil' else cases})"
    return conditions


def _listed(ids: Iterable[object]) -> str:
    return ", ".join(f"'{one}'" for one in ids)
