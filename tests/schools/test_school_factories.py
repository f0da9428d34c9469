"""The factories for schools and people make rows that the database accepts, with every trait."""

from datetime import date

import pytest

from accounts.models import Membership
from accounts.roles import ROLES_IN, UnitKind
from schools.models import Pupil
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.schools import ClassGroupFactory, GuardianFactory, PupilFactory, SchoolFactory
from tests.factories.socialservices import ReasonCodeFactory, ServiceFactory

pytestmark = pytest.mark.django_db

MEMBERSHIPS = list(MembershipFactory._meta.parameters)


@pytest.mark.parametrize("trait", MEMBERSHIPS)
def test_every_membership_is_held_in_a_unit_where_the_role_exists(trait):
    membership = MembershipFactory(**{trait: True})

    assert membership.role in ROLES_IN[UnitKind(membership.unit.kind)]
    assert Membership.objects.active(date(2026, 11, 23)).filter(pk=membership.pk).exists()


@pytest.mark.parametrize("trait", list(UnitFactory._meta.parameters))
def test_every_kind_of_unit_can_be_made(trait):
    assert UnitFactory(**{trait: True}).kind == trait


def test_a_pupil_comes_with_class_home_and_number_when_asked_for():
    mentor = MembershipFactory(mentor=True)
    group = ClassGroupFactory(school=SchoolFactory(unit=mentor.unit, independent=True), mentors=[mentor])

    pupil = PupilFactory(
        enrolled=True,
        enrolment__class_group=group,
        resident=True,
        residence__district_code="jarva",
        numbered=True,
        protected=False,
    )
    GuardianFactory(pupil=pupil, protected=True)

    assert list(Pupil.objects.visible_to(mentor)) == [pupil]
    assert pupil.residences.get().district_code == "jarva"
    assert pupil.identifiers.get().value[8:11] in {"238", "239", "980"}
    assert group.school_year.provider == group.school.provider


def test_two_pupils_never_share_a_number():
    first, second = PupilFactory.create_batch(2, numbered=True)

    assert first.identifiers.get().value != second.identifiers.get().value


def test_services_and_reasons_of_both_kinds_can_be_made():
    assert ServiceFactory().office.kind == ServiceFactory().office.unit.kind == "team"
    assert ServiceFactory(intake=True).office.unit.kind == "intake"
    assert not ReasonCodeFactory(concern_report=True).is_shown_to_school
