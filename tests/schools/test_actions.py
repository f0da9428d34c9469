"""Opening classes and enrolling pupils."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from schools.actions import (
    ClassExists,
    NewGuardian,
    NewPupil,
    NotAllowed,
    NotAtTheSchool,
    NumberTaken,
    enrol_pupils,
    open_class,
)
from schools.models import Enrolment, Pupil, PupilIdentifier, SchoolForm
from schools.personal_numbers import invented_number
from tests.factories.accounts import MembershipFactory
from tests.factories.schools import ClassGroupFactory, SchoolFactory, SchoolYearFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 8, 17, 7, tzinfo=UTC)
FIRST_DAY = date(2026, 8, 17)
NUMBER = invented_number(2013, 4)
ALVA = NewPupil(
    given_name="Alva",
    family_name="Påhittad",
    born_on=NUMBER.date,
    municipality_code="0180",
    district_code="farsta",
    number=NUMBER,
    source_id="elev-1",
    guardians=(NewGuardian("Mona", "Påhittad"),),
)


@pytest.fixture
def principal():
    return MembershipFactory(principal=True, unit=SchoolFactory().unit)


def open_7b(by, **changes):
    school = by.unit.school
    facts = {
        "school": school,
        "school_year": SchoolYearFactory(provider=school.provider),
        "name": "7B",
        "grade": 7,
        "school_form": SchoolForm.COMPULSORY,
        "mentors": [MembershipFactory(mentor=True, unit=by.unit)],
        "by": by,
        "at": AT,
    }
    return open_class(**facts | changes)


def test_a_class_is_opened_with_its_mentors_and_written_down(principal):
    mentor = MembershipFactory(mentor=True, unit=principal.unit)

    group = open_7b(principal, mentors=[mentor])

    assert list(group.mentors.all()) == [mentor]
    event = AuditEvent.objects.get(action="class_opened")
    assert event.target_id == str(group.pk)
    assert event.details == {"mentors": [str(mentor.pk)]}


def test_a_second_class_with_the_same_name_is_refused(principal):
    open_7b(principal)

    with pytest.raises(ClassExists):
        open_7b(principal)


def test_a_mentor_of_another_school_is_refused(principal):
    with pytest.raises(NotAtTheSchool):
        open_7b(principal, mentors=[MembershipFactory(mentor=True, unit=SchoolFactory().unit)])


def test_the_school_year_of_another_provider_is_refused(principal):
    with pytest.raises(NotAtTheSchool):
        open_7b(principal, school_year=SchoolYearFactory())


@pytest.mark.parametrize(
    "role", ["mentor", "student_health", "principal", "school_admin", "coordinator", "system_admin"]
)
def test_others_than_the_schools_own_may_not_change_its_register(role):
    group = ClassGroupFactory()
    stranger = MembershipFactory(**{role: True})

    with pytest.raises(NotAllowed):
        enrol_pupils(class_group=group, pupils=[ALVA], starts_on=FIRST_DAY, by=stranger, at=AT)

    assert not Pupil.objects.exists()


def test_the_schools_administrator_may_keep_its_register():
    group = ClassGroupFactory()
    administrator = MembershipFactory(school_admin=True, unit=group.school.unit)

    assert enrol_pupils(class_group=group, pupils=[ALVA], starts_on=FIRST_DAY, by=administrator, at=AT)


def test_a_pupil_comes_with_numbers_home_guardians_and_class(principal):
    group = open_7b(principal)

    [pupil] = enrol_pupils(class_group=group, pupils=[ALVA], starts_on=FIRST_DAY, by=principal, at=AT)

    assert Pupil.objects.visible_to(principal).get() == pupil
    numbers = pupil.identifiers.order_by("kind").values_list("kind", "value", "valid_from")
    assert list(numbers) == [
        ("personal_number", NUMBER.value, NUMBER.date),
        ("source_id", "elev-1", FIRST_DAY),
    ]
    assert pupil.residences.get().district_code == "farsta"
    assert [guardian.full_name for guardian in pupil.guardians.all()] == ["Mona Påhittad"]
    assert Enrolment.objects.get(pupil=pupil).starts_on == FIRST_DAY
    details = AuditEvent.objects.get(action="pupils_enrolled").details
    assert details == {"pupils": [str(pupil.pk)], "from": "2026-08-17"}


def test_nobody_is_enrolled_when_one_number_is_taken(principal):
    group = open_7b(principal)
    enrol_pupils(class_group=group, pupils=[ALVA], starts_on=FIRST_DAY, by=principal, at=AT)
    somebody = NewPupil("Bo", "Påhittad", date(2013, 1, 1), "0180")

    with pytest.raises(NumberTaken):
        enrol_pupils(class_group=group, pupils=[somebody, ALVA], starts_on=FIRST_DAY, by=principal, at=AT)

    assert Pupil.objects.count() == 1


def test_the_same_number_twice_in_one_list_is_refused(principal):
    with pytest.raises(NumberTaken):
        enrol_pupils(class_group=open_7b(principal), pupils=[ALVA, ALVA], starts_on=FIRST_DAY, by=principal, at=AT)

    assert not PupilIdentifier.objects.exists()


def test_enrolling_a_class_costs_the_same_however_many_come(principal):
    group = open_7b(principal)

    def somebody(index):
        return NewPupil("Bo", "Påhittad", date(2013, 1, 1), "0180", number=invented_number(2013, 100 + index))

    def count(pupils):
        with CaptureQueriesContext(connection) as queries:
            enrol_pupils(class_group=group, pupils=pupils, starts_on=FIRST_DAY, by=principal, at=AT)
        return len(queries)

    assert count([somebody(0)]) == count([somebody(index) for index in range(1, 26)])
