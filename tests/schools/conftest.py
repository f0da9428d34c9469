"""A school with two classes, its people, and a way to sign in."""

import pytest
from django.utils import timezone

from schools.actions.protection import confirm_reader, protect_pupil
from schools.models import Protection
from tests.attendance.classes import enrol
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ThresholdRuleFactory
from tests.factories.schools import ClassGroupFactory, PupilIdentifierFactory, SchoolFactory
from tests.schools.deciding import decide


@pytest.fixture
def school(db):
    ThresholdRuleFactory()
    return SchoolFactory(unit__name="Almskolan")


@pytest.fixture
def group(school):
    return ClassGroupFactory(school=school, name="7B")


@pytest.fixture
def other_class(school, group):
    return ClassGroupFactory(school=school, school_year=group.school_year, name="8A")


@pytest.fixture
def mentor(group):
    membership = MembershipFactory(mentor=True, unit=group.school.unit, user__given_name="Jon", user__family_name="Ek")
    group.mentors.add(membership)
    return membership


@pytest.fixture
def principal(school):
    return MembershipFactory(principal=True, unit=school.unit)


@pytest.fixture
def counsellor(school):
    return MembershipFactory(student_health=True, unit=school.unit)


@pytest.fixture
def numbered():
    """Return a way to write a pupil with a personal number into a class."""

    def write(group, given_name="Alva", family_name="Kask", **pupil):
        written = enrol(group, given_name, family_name, **pupil)
        PupilIdentifierFactory(pupil=written)
        return written

    return write


@pytest.fixture
def sign_in(client, confirm):
    """Return a way to become a person who has just confirmed that it is he or she."""

    def sign_in(membership):
        client.force_login(membership.user)
        return confirm(client)

    return sign_in


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def deputy(school):
    return MembershipFactory(principal=True, unit=school.unit)


@pytest.fixture
def inside(school):
    return decide(school.unit.authority, inside=True)


@pytest.fixture
def hidden(inside, numbered, group, principal, counsellor, deputy, now):
    """A protected pupil inside the system: the counsellor and the principal are named and confirmed."""
    pupil = numbered(group, "Hemliga", "Namnet")
    protect_pupil(pupil=pupil, kind=Protection.SECRECY_FLAG, readers=[counsellor, principal], by=principal, at=now)
    for named in pupil.named_readers.all():
        confirm_reader(named=named, by=deputy, at=now)
    pupil.refresh_from_db()
    return pupil
