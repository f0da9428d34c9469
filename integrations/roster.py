"""Who a row is about: the pupils and classes of one school, looked up the way files name them."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from uuid import UUID

from schools.models import ClassGroup, Enrolment, Protection, Pupil, PupilIdentifier, School, SchoolYear, Term
from schools.personal_numbers import PersonalNumberError, parse_personal_number

from .csv_files.days import SchoolTimes
from .csv_files.problems import CellProblem

ROUNDED_BY_EXCEL = re.compile(r"\d(?:[.,]\d+)?E\+?\d+|#+", re.IGNORECASE)
LOST_ZERO = re.compile(r"\d{9}|\d{5}-\d{4}", re.ASCII)
WHOLE = re.compile(r"(?<=\d)[.,]0+$")
"""How a number looks that a program has taken for an amount: 201701012393,0. No digit is lost."""

SIGNS = re.compile(r"[\s\-+\u2010-\u2015\u2212]")
FOR_EVER = "9999-12-31"

Span = tuple[str, str, str]
"""First and last day as ISO, and the text for staging: pupil and class, or the class alone."""
NATIONAL = (
    PupilIdentifier.Kind.PERSONAL_NUMBER,
    PupilIdentifier.Kind.COORDINATION_NUMBER,
    PupilIdentifier.Kind.TEMPORARY_NUMBER,
)


class Roster:
    """The pupils who are or have been in the school's classes. Nobody else is ever found, and nobody is added."""

    def __init__(self, school: School, today: date) -> None:
        """Read the school's pupils, their identifiers and their classes: six queries."""
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
        self.names: dict[str, set[UUID]] = defaultdict(set)
        for name, first, last, group in ClassGroup.objects.filter(school=school).values_list(
            "name", "school_year__starts_on", "school_year__ends_on", "pk"
        ):
            self.classes[name.casefold()].append((first, last, group))
            self.names[name].add(group)
        self.by_name: dict[tuple[str, date], list[UUID]] = defaultdict(list)
        self.times = school_times(school)

    def pupil_with_source_id(self, text: str) -> UUID | None:
        """Return the pupil that the source system calls `text`, None for an empty cell."""
        return self._one(self.by_source_id, text) if text else None

    def pupil_with_number(self, text: str) -> UUID | None:
        """Return the pupil with the personal number `text`, written in any usual way; None for an empty cell."""
        if not text:
            return None
        if ROUNDED_BY_EXCEL.fullmatch(text):
            raise CellProblem("personal_number_damaged")
        text = WHOLE.sub("", text)
        try:
            number = parse_personal_number(text, today=self.today).value
        except PersonalNumberError as error:
            number = SIGNS.sub("", text).upper()
            # A check digit may be wrong in a reserve number that the school uses: then it is here in that form.
            if number not in self.by_number:
                if LOST_ZERO.fullmatch(text):
                    raise CellProblem("personal_number_lost_zero") from None
                raise CellProblem("personal_number_unreadable", reason=str(error.message)) from None
        return self._one(self.by_number, number)

    def spans_of(self, pupil: UUID) -> list[Span]:
        """Return when the pupil was in which class, the latest first."""
        return [
            (starts_on.isoformat(), ends_on.isoformat() if ends_on else FOR_EVER, f"{pupil}\t{group}")
            for starts_on, ends_on, group in self.enrolments[pupil]
        ]

    def class_on(self, pupil: UUID, day: date) -> UUID:
        """Return the class that the pupil was in on `day`. Raises CellProblem."""
        for starts_on, ends_on, group in self.enrolments[pupil]:
            if starts_on <= day and (ends_on is None or day <= ends_on):
                return group
        raise CellProblem("not_in_a_class_then", day=day.isoformat())

    def spans_of_class(self, name: str) -> list[Span]:
        """Return the school's classes with this name, a school year each."""
        found = self.classes.get(name.casefold(), ())
        return [(first.isoformat(), last.isoformat(), str(group)) for first, last, group in found]

    def class_of_the_one_named(self, name: str, born_on: date) -> str | None:
        """Return the class of the only pupil here with this name and birth date; None for none or several.

        Nobody is found before `read_names`.
        """
        found = self.by_name.get((_folded(name), born_on), [])
        if len(found) != 1:
            return None
        group = self.enrolments[found[0]][0][2]
        return next((name for name, years in self.names.items() if group in years), None)

    def read_names(self) -> None:
        """Read the open pupils by name and birth date, in both orders of the names: one query."""
        rows = Pupil.objects.filter(pk__in=self.enrolments, protection=Protection.NONE)
        for pupil, given, family, born_on in rows.values_list("pk", "given_name", "family_name", "born_on"):
            for name in {_folded(f"{given} {family}"), _folded(f"{family} {given}")}:
                self.by_name[name, born_on].append(pupil)

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


def school_times(school: School) -> SchoolTimes:
    """Return the terms and school years of the school's calendar."""
    terms = Term.objects.filter(school_year__provider=school.provider_id)
    years = SchoolYear.objects.filter(provider=school.provider_id)
    return SchoolTimes(
        sorted(terms.values_list("starts_on", "ends_on")), sorted(years.values_list("starts_on", "ends_on"))
    )


def _folded(name: str) -> str:
    return " ".join(name.replace(",", " ").casefold().split())
