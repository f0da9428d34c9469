"""Every change to the register of classes and pupils: one verb per function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

import audit.actions
from accounts.models import Membership

from ..access import may_keep_register
from ..models import (
    ClassGroup,
    Enrolment,
    Guardian,
    Protection,
    Pupil,
    PupilIdentifier,
    Residence,
    School,
    SchoolYear,
)
from ..personal_numbers import PersonalNumber
from ..protection import is_marked, read_protection

NATIONAL_NUMBERS = (PupilIdentifier.Kind.PERSONAL_NUMBER, PupilIdentifier.Kind.COORDINATION_NUMBER)


class NotAllowed(Exception):
    """The person may not change this school's register."""


class ClassExists(Exception):
    """The school has a class with this name in the school year already."""


class NotAtTheSchool(Exception):
    """A mentor works at another school, or the school year belongs to another provider."""


class NumberTaken(Exception):
    """The pupils could not be written in. It says neither which number nor whether somebody has it.

    `message` is the same whatever the reason: at another school, protected, or twice in the list.
    """

    message = _("The pupils could not be written in. Ask the system administrator, who can see why.")


@dataclass(frozen=True)
class NewGuardian:
    """Somebody with custody of a new pupil."""

    given_name: str
    family_name: str
    may_be_contacted: bool = True


@dataclass(frozen=True)
class NewPupil:
    """What is known about a pupil who comes to a class.

    `source_id` is the key in the school's own system; `district_code` is empty when the home district is unknown.
    `protection` is the source's own word on protected identity; whatever is not plainly none holds the pupil aside.
    """

    given_name: str
    family_name: str
    born_on: date
    municipality_code: str
    district_code: str = ""
    number: PersonalNumber | None = None
    source_id: str = ""
    guardians: tuple[NewGuardian, ...] = ()
    protection: str = ""


@transaction.atomic
def open_class(
    *,
    school: School,
    school_year: SchoolYear,
    name: str,
    grade: int,
    school_form: str,
    mentors: Iterable[Membership],
    by: Membership,
    at: datetime,
) -> ClassGroup:
    """Open the class `name` at `school` with its mentors. Raises NotAllowed, ClassExists and NotAtTheSchool."""
    mentors = list(mentors)
    _lock_school(school, by)
    if school_year.provider_id != school.provider_id or any(mentor.unit_id != school.pk for mentor in mentors):
        raise NotAtTheSchool
    if ClassGroup.objects.filter(school=school, school_year=school_year, name=name).exists():
        raise ClassExists
    group = ClassGroup.objects.create(
        school=school, school_year=school_year, name=name, grade=grade, school_form=school_form
    )
    group.mentors.set(mentors)
    audit.actions.record(
        action="class_opened", target=group, by=by, at=at, details={"mentors": [str(mentor.pk) for mentor in mentors]}
    )
    return group


def held_aside(pupils: Sequence[NewPupil]) -> list[int]:
    """Return the places in the list, from 1, of those with protected identity: all that may be kept of them."""
    return [place for place, new in enumerate(pupils, start=1) if _is_protected(new)]


@transaction.atomic
def enrol_pupils(
    *, class_group: ClassGroup, pupils: Sequence[NewPupil], starts_on: date, by: Membership, at: datetime
) -> list[Pupil]:
    """Write new pupils into a class from `starts_on`, all of them or none, and return them in the order given.

    Those with protected identity are left out and nothing of them is stored; `held_aside` gives their places. Raises
    NotAllowed, and NumberTaken when somebody already has one of the national numbers.
    """
    _lock_school(class_group.school, by)
    pupils = [new for new in pupils if not _is_protected(new)]
    _refuse_taken_numbers(pupils)
    written = Pupil.objects.bulk_create(
        Pupil(given_name=new.given_name, family_name=new.family_name, born_on=new.born_on) for new in pupils
    )
    pairs = list(zip(written, pupils, strict=True))
    _write_identifiers([row for pupil, new in pairs for row in _identifiers(pupil, new, starts_on)])
    Residence.objects.bulk_create(
        Residence(
            pupil=pupil,
            municipality_code=new.municipality_code,
            district_code=new.district_code,
            valid_from=starts_on,
        )
        for pupil, new in pairs
    )
    Guardian.objects.bulk_create(_guardian(pupil, guardian) for pupil, new in pairs for guardian in new.guardians)
    Enrolment.objects.bulk_create(
        Enrolment(pupil=pupil, class_group=class_group, starts_on=starts_on) for pupil in written
    )
    audit.actions.record(
        action="pupils_enrolled",
        target=class_group,
        by=by,
        at=at,
        details={"pupils": [str(pupil.pk) for pupil in written], "from": starts_on.isoformat()},
    )
    return written


def _is_protected(new: NewPupil) -> bool:
    names = (new.given_name, new.family_name)
    return read_protection(new.protection) != Protection.NONE or any(map(is_marked, names))


def _lock_school(school: School, by: Membership) -> None:
    """Let changes to one school's register happen in turn."""
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    if not may_keep_register(by, school):
        raise NotAllowed


def _refuse_taken_numbers(pupils: Sequence[NewPupil]) -> None:
    values = [new.number.value for new in pupils if new.number and new.number.kind in NATIONAL_NUMBERS]
    held = PupilIdentifier.objects.filter(kind__in=NATIONAL_NUMBERS, value__in=values, valid_to=None)
    if len(set(values)) < len(values) or held.exists():
        raise NumberTaken


def _write_identifiers(rows: list[PupilIdentifier]) -> None:
    """Write the numbers; one that the writer may not even see is refused in the same words as any other."""
    try:
        with transaction.atomic():
            PupilIdentifier.objects.bulk_create(rows)
    except IntegrityError:
        raise NumberTaken from None


def _identifiers(pupil: Pupil, new: NewPupil, starts_on: date) -> list[PupilIdentifier]:
    rows = []
    if new.number:
        # A number is somebody's from birth; the school's own key only since the pupil came to the school.
        rows.append(PupilIdentifier(pupil=pupil, kind=new.number.kind, value=new.number.value, valid_from=new.born_on))
    if new.source_id:
        kind = PupilIdentifier.Kind.SOURCE_ID
        rows.append(PupilIdentifier(pupil=pupil, kind=kind, value=new.source_id, valid_from=starts_on))
    return rows


def _guardian(pupil: Pupil, new: NewGuardian) -> Guardian:
    return Guardian(
        pupil=pupil,
        given_name=new.given_name,
        family_name=new.family_name,
        may_be_contacted=new.may_be_contacted,
    )
