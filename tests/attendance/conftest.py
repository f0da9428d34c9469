"""The people of a school, signed in."""

import pytest
from django.utils import timezone

from tests.attendance.classes import enrol, weekdays_until
from tests.confirmed import confirmed
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ClassDayFactory, ThresholdRuleFactory
from tests.factories.schools import ClassGroupFactory


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def group():
    ThresholdRuleFactory()
    return ClassGroupFactory(name="7B")


@pytest.fixture
def taught(group, today):
    """Sixty days on which the class was taught and all of it was reported, the latest last."""
    days = weekdays_until(today, 60)
    for day in days:
        ClassDayFactory(class_group=group, day=day)
    return days


@pytest.fixture
def pupil(group):
    return enrol(group, "Alva", "Kask")


@pytest.fixture
def counsellor(group):
    return MembershipFactory(
        student_health=True, unit=group.school.unit, user__given_name="Sara", user__family_name="Lind"
    )


@pytest.fixture
def mentor(group):
    membership = MembershipFactory(mentor=True, unit=group.school.unit, user__given_name="Jon", user__family_name="Ek")
    group.mentors.add(membership)
    return membership


@pytest.fixture
def principal(group):
    return MembershipFactory(principal=True, unit=group.school.unit)


@pytest.fixture
def sign_in(client):
    def sign_in(membership):
        client.force_login(membership.user)
        return confirmed(client)

    return sign_in
