"""A school's register as it stands here, looked up the way a comparison asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from schools.models import ClassGroup, Enrolment, Guardian, Protection, Pupil, PupilIdentifier, SchoolYear

from .models import SourceClass, SourcePupil, SourceSchool
from .problems import SourceError

NATIONAL = (PupilIdentifier.Kind.PERSONAL_NUMBER, PupilIdentifier.Kind.COORDINATION_NUMBER)
NUMBERS = (*NATIONAL, PupilIdentifier.Kind.TEMPORARY_NUMBER)


@dataclass(frozen=True)
class Match:
    """Whom a person of the source is here: a pupil, nobody, somebody protected, or somebody it cannot be told who."""

    pupil: Pupil | None = None
    is_linked: bool = False
    is_protected: bool = False
    conflict: str = ""


class Register:
    """The pupils and classes of one school, and what its source calls them."""

    def __init__(self, source_school: SourceSchool, today: date) -> None:
        self.school = source_school.school
        self.source = source_school.source
        self.today = today
        self.year = school_year_of(self.school.provider_id, today)

    @cached_property
    def links(self) -> dict[UUID, Pupil]:
        """The pupil behind each person of the source that is matched."""
        found = SourcePupil.objects.filter(source=self.source, gone_on=None).select_related("pupil")
        return {link.person: link.pupil for link in found}

    @cached_property
    def enrolled(self) -> dict[UUID, Enrolment]:
        """The running enrolment of each pupil at the school."""
        here = Enrolment.objects.filter(class_group__school=self.school, ends_on=None).select_related("class_group")
        return {enrolment.pupil_id: enrolment for enrolment in here}

    @cached_property
    def linked_here(self) -> dict[UUID, Pupil]:
        """The matched persons who are enrolled at the school and not protected."""
        return {
            person: pupil
            for person, pupil in self.links.items()
            if pupil.pk in self.enrolled and not pupil.is_protected
        }

    @cached_property
    def classes(self) -> dict[str, ClassGroup]:
        """The school's classes this school year by name."""
        return {group.name.casefold(): group for group in self._classes_this_year}

    @cached_property
    def _classes_this_year(self) -> list[ClassGroup]:
        return list(ClassGroup.objects.filter(school=self.school, school_year=self.year))

    @cached_property
    def class_links(self) -> dict[UUID, ClassGroup]:
        """The class behind each group of the source, this school year."""
        by_id = {group.pk: group for group in self._classes_this_year}
        found = SourceClass.objects.filter(source=self.source, class_group__in=by_id)
        return {link.group: by_id[link.class_group_id] for link in found}

    def class_of(self, group: UUID, name: str) -> ClassGroup | None:
        """Return the class that a group of the source is: matched before, or of the same name."""
        return self.class_links.get(group) or self.classes.get(name.casefold())

    @cached_property
    def numbers(self) -> dict[UUID, dict[str, str]]:
        """The current numbers of the pupils enrolled here, by kind."""
        found: dict[UUID, dict[str, str]] = defaultdict(dict)
        rows = PupilIdentifier.objects.filter(pupil__in=self.enrolled, kind__in=NUMBERS, valid_to=None)
        for pupil, kind, value in rows.values_list("pupil", "kind", "value"):
            found[pupil][kind] = value
        return found

    @cached_property
    def guardians(self) -> dict[UUID, set[tuple[str, str]]]:
        """The names of the guardians of the pupils enrolled here, to see who is missing."""
        found: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
        for pupil, given, family in Guardian.objects.filter(pupil__in=self.enrolled).values_list(
            "pupil", "given_name", "family_name"
        ):
            found[pupil].add((given.casefold(), family.casefold()))
        return found

    def read_numbers(self, numbers: Iterable[str]) -> None:
        """Look up, in one question, who has these numbers."""
        rows = PupilIdentifier.objects.filter(kind__in=NUMBERS, value__in=set(numbers), valid_to=None)
        self._by_number: dict[str, set[UUID]] = defaultdict(set)
        for value, pupil in rows.values_list("value", "pupil"):
            self._by_number[value].add(pupil)
        pupils = {pupil for found in self._by_number.values() for pupil in found}
        self._pupils = Pupil.objects.in_bulk(pupils)

    def holders_of(self, number: str) -> set[UUID]:
        """Return who has a number, of those that were read."""
        return self._by_number.get(number, set()) if number else set()

    def match(self, person: UUID, number: str) -> Match:
        """Return whom a person is here: by the source's own id, else by personal number, never by name."""
        linked = self.links.get(person)
        if linked is not None:
            return Match(linked, is_linked=True, is_protected=linked.is_protected)
        found = self.holders_of(number)
        if not found:
            return Match()
        if len(found) > 1:
            return Match(conflict="number_twice")
        pupil = self._pupils[next(iter(found))]
        if pupil.protection != Protection.NONE:
            return Match(is_protected=True)
        if pupil.pk in self._linked_pupils:
            return Match(conflict="two_ids")
        return Match(pupil)

    @cached_property
    def _linked_pupils(self) -> set[UUID]:
        return {pupil.pk for pupil in self.links.values()}


def school_year_of(provider: UUID, today: date) -> SchoolYear:
    """Return the provider's school year that runs or comes next. Raises SourceError."""
    years = SchoolYear.objects.filter(provider=provider, ends_on__gte=today).order_by("starts_on", "pk")
    year = years.first()
    if year is None:
        raise SourceError("no_school_year")
    return year
