"""The pupils of the demo city: invented, enrolled class by class, with numbers from the official test series only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from accounts.models import Membership
from accounts.roles import Role
from schools.actions import NewGuardian, NewPupil, enrol_pupils, open_class
from schools.models import ClassGroup, Pupil, School, SchoolForm, SchoolYear
from schools.personal_numbers import invented_number

from .city import DISTRICTS, JARVA, SchoolPlan
from .habits import Habit, beginning, draw_habit
from .names import invent_family
from .staff import Staff
from .story import Story

STOCKHOLM = "0180"
NEIGHBOURS = {JARVA: ("0123", "0183"), None: ("0126", "0127")}
FROM_ANOTHER_DISTRICT, FROM_ANOTHER_MUNICIPALITY, WITHOUT_NUMBER = 0.12, 0.03, 0.01
AGE_IN_PRESCHOOL_CLASS = 6


@dataclass(frozen=True)
class Resident:
    """A pupil of the city: who, where and with what way of being away. `source_id` is the school system's key.

    `district` is where the pupil lives, empty for somebody from another municipality.
    """

    pupil: Pupil
    school: str
    class_group: ClassGroup
    source_id: str
    district: str
    habit: Habit
    story: Story | None


class Registry:
    """Fills the schools with pupils."""

    def __init__(self, staff: Staff, first_year: int, starts_on: date, at: datetime) -> None:
        """Prepare to enrol pupils from `starts_on` in the school year that begins in `first_year`."""
        self.staff = staff
        self.first_year = first_year
        self.starts_on = starts_on
        self.at = at
        self.numbers_used: Counter[int] = Counter()

    def fill_school(self, plan: SchoolPlan, stories: list[Story]) -> list[Resident]:
        """Open the school's classes and enrol their pupils, those of the stories first in each class."""
        school = self.staff.schools[plan.key]
        luck = Random(f"pupils of {plan.key}")
        school_year = SchoolYear.objects.get(
            provider=school.provider, starts_on__year=self.first_year, starts_on__month__gte=7
        )
        residents = []
        for grade, name in plan.class_names():
            group = self._open(school, school_year, name, grade, self.staff.mentors[plan.key, name])
            cast = [story for story in stories if story.class_name == name]
            residents += self._fill_class(plan, group, cast, luck)
        return residents

    def _open(self, school: School, year: SchoolYear, name: str, grade: int, mentor: Membership) -> ClassGroup:
        return open_class(
            school=school,
            school_year=year,
            name=name,
            grade=grade,
            school_form=SchoolForm.COMPULSORY if grade else SchoolForm.PRESCHOOL_CLASS,
            mentors=[mentor],
            by=self._administrator(school),
            at=self.at,
        )

    def _administrator(self, school: School) -> Membership:
        """Return who keeps the register of a school."""
        return self.staff.at(school.unit, Role.SCHOOL_ADMIN)[0]

    def _fill_class(self, plan: SchoolPlan, group: ClassGroup, cast: list[Story], luck: Random) -> list[Resident]:
        seats: list[Story | None] = [*cast, *[None] * max(0, plan.class_size - len(cast))]
        source_ids = [f"{plan.key}-{group.name}-{place:02}".lower() for place in range(1, len(seats) + 1)]
        new = [self._somebody(plan, group, seat, key, luck) for seat, key in zip(seats, source_ids, strict=True)]
        habits = [
            beginning(seat.habit if seat else draw_habit(luck), Random(f"beginning of {key}"))
            for seat, key in zip(seats, source_ids, strict=True)
        ]
        by = self._administrator(self.staff.schools[plan.key])
        pupils = enrol_pupils(class_group=group, pupils=new, starts_on=self.starts_on, by=by, at=self.at)
        together = zip(pupils, new, habits, seats, strict=True)
        return [
            Resident(pupil, plan.key, group, somebody.source_id, somebody.district_code, habit, seat)
            for pupil, somebody, habit, seat in together
        ]

    def _somebody(self, plan: SchoolPlan, group: ClassGroup, part: Story | None, key: str, luck: Random) -> NewPupil:
        birth_year = self.first_year - AGE_IN_PRESCHOOL_CLASS - group.grade
        number = invented_number(birth_year, self.numbers_used[birth_year])
        self.numbers_used[birth_year] += 1
        family = invent_family(luck)
        municipality, district = _home(plan.district, luck)
        if part:
            municipality, district = STOCKHOLM, plan.district
        family_name = (part and part.family_name) or family.family_name
        parents = [(given, family_name if name == family.family_name else name) for given, name in family.parents]
        return NewPupil(
            given_name=(part and part.given_name) or family.given_name,
            family_name=family_name,
            born_on=number.date,
            municipality_code=municipality,
            district_code=district,
            number=None if part is None and luck.random() < WITHOUT_NUMBER else number,
            source_id=key,
            guardians=tuple(NewGuardian(*names) for names in parents),
        )


def _home(district: str, luck: Random) -> tuple[str, str]:
    """Return municipality and district where somebody lives: mostly near the school."""
    place = luck.random()
    if place < FROM_ANOTHER_MUNICIPALITY:
        return luck.choice(NEIGHBOURS.get(district) or NEIGHBOURS[None]), ""
    if place < FROM_ANOTHER_MUNICIPALITY + FROM_ANOTHER_DISTRICT:
        return STOCKHOLM, luck.choice([code for code in DISTRICTS if code != district])
    return STOCKHOLM, district
