"""Who a row is about: the pupils and classes of one school, looked up the way files name them."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from uuid import UUID

from schools.models import ClassGroup, Enrolment, Protection, Pupil, PupilIdentifier, School
from schools.personal_numbers import PersonalNumberError, parse_personal_number

from .csv_files.problems import CellProblem

ROUNDED_BY_EXCEL = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
NATIONAL = (
    PupilIdentifier.Kind.PERSONAL_NUMBER,
    PupilIdentifier.Kind.COORDINATION_NUMBER,
    PupilIdentifier.Kind.TEMPORARY_NUMBER,
)


class Roster:
    """The pupils who are or have been in the school's classes. Nobody else is ever found, and nobody is added."""

    def __init__(self, school: School, today: date) -> None:
        """Read the school's pupils, their identifiers and their classes: four queries."""
        self.today = today
        self.enrolments: dict[UUID, list[tuple[date, date | None, UUID]]] = defaultdict(list)
        here = Enrolment.objects.filter(class_group__school=school)
        for pupil, group, starts_on, ends_on in here.order_by("-starts_on", "pk").values_list(
            "pupil", "class_group", "starts_on", "ends_on"
        ):
            self.enrolments[pupil].append((starts_on, ends_on, group))
        pupils = Pupil.objects.filter(pk__in=self.enrolments)
        self.held_aside = set(pupils.exclude(protection=Protection.NONE).values_list("pk", flat=True))
        self.by_source_id: dict[str, set[UUID]] = defaultdict(set)
        self.by_number: dict[str, set[UUID]] = defaultdict(set)
        for pupil, kind, value in PupilIdentifier.objects.filter(pupil__in=pupils).values_list(
            "pupil", "kind", "value"
        ):
            (self.by_number if kind in NATIONAL else self.by_source_id)[value].add(pupil)
        self.classes: dict[str, list[tuple[date, date, UUID]]] = defaultdict(list)
        for name, first, last, group in ClassGroup.objects.filter(school=school).values_list(
            "name", "school_year__starts_on", "school_year__ends_on", "pk"
        ):
            self.classes[name.casefold()].append((first, last, group))

    def pupil_with_source_id(self, text: str) -> UUID | None:
        """Return the pupil that the source system calls `text`, None for an empty cell."""
        return self._one(self.by_source_id, text) if text else None

    def pupil_with_number(self, text: str) -> UUID | None:
        """Return the pupil with the personal number `text`, written in any usual way; None for an empty cell."""
        if not text:
            return None
        if ROUNDED_BY_EXCEL.fullmatch(text):
            raise CellProblem("personal_number_damaged")
        try:
            number = parse_personal_number(text, today=self.today)
        except PersonalNumberError as error:
            raise CellProblem("personal_number_unreadable", reason=str(error.message)) from None
        return self._one(self.by_number, number.value)

    def class_on(self, pupil: UUID, day: date) -> UUID:
        """Return the class that the pupil was in on `day`."""
        for starts_on, ends_on, group in self.enrolments[pupil]:
            if starts_on <= day and (ends_on is None or day <= ends_on):
                return group
        raise CellProblem("not_in_a_class_then", day=day.isoformat())

    def class_named(self, name: str, day: date) -> UUID:
        """Return the school's class with this name in the school year of `day`."""
        if not name:
            raise CellProblem("class_missing")
        for first, last, group in self.classes.get(name.casefold(), ()):
            if first <= day <= last:
                return group
        raise CellProblem("class_unknown", day=day.isoformat())

    def _one(self, known: dict[str, set[UUID]], text: str) -> UUID:
        found = known.get(text, set())
        if not found:
            raise CellProblem("pupil_unknown")
        if len(found) > 1:
            raise CellProblem("pupil_ambiguous")
        (pupil,) = found
        if pupil in self.held_aside:
            raise CellProblem("pupil_held_aside")
        return pupil
