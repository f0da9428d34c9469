"""Each condition of schools.access and attendance.access by itself: who may, and who lacks just that one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Unit
from accounts.roles import Role, UnitKind
from attendance import access as attendance
from attendance.models import Concern
from schools import access as schools
from schools.models import NamedReader, Protection, Pupil, PupilLink, School
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.attendance import AbsenceInvestigationFactory, MeasureFactory, SignalFactory
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, SchoolFactory
from tests.permissions.people import somebody

UNIT = Unit(id=uuid4(), kind=UnitKind.SCHOOL)
ELSEWHERE = Unit(id=uuid4(), kind=UnitKind.SCHOOL)
TEAM = Unit(id=uuid4(), kind=UnitKind.TEAM)
AT = timezone.now()


def those_who(may, *about):
    """Return the roles at a school in which somebody may."""
    return {role for role in Role if may(somebody(role, UNIT), *about)}


def test_the_principal_and_the_administrator_keep_the_register_of_their_own_school():
    school = School(unit=UNIT)

    assert those_who(schools.may_keep_register, school) == {Role.PRINCIPAL, Role.SCHOOL_ADMIN}
    assert schools.may_keep_register(somebody(Role.PRINCIPAL, UNIT), school) is True
    assert schools.may_keep_register(somebody(Role.PRINCIPAL, ELSEWHERE), school) is False


def test_those_who_work_with_pupils_claim_links_and_log_concerns():
    workers = {Role.MENTOR, Role.STUDENT_HEALTH, Role.PRINCIPAL}

    assert those_who(schools.may_claim_link) == workers
    assert set(schools.READABLE_BY) == workers
    assert those_who(attendance.may_log_concerns) == workers
    assert those_who(attendance.reads_signals) == workers
    assert attendance.may_log_concerns(somebody(Role.MENTOR, UNIT)) is True
    assert attendance.reads_signals(somebody(Role.MENTOR, UNIT)) is True


def test_student_health_and_the_principal_ask_for_support():
    assert those_who(attendance.may_ask_for_support) == {Role.STUDENT_HEALTH, Role.PRINCIPAL}
    assert attendance.may_ask_for_support(somebody(Role.PRINCIPAL, UNIT)) is True


def test_a_concern_is_answered_by_student_health_and_the_principal_of_its_school():
    concern = Concern(pupil=Pupil(protection=Protection.NONE), school_unit=UNIT)

    assert those_who(attendance.may_answer_concern, concern) == {Role.STUDENT_HEALTH, Role.PRINCIPAL}
    assert attendance.may_answer_concern(somebody(Role.PRINCIPAL, UNIT), concern) is True
    assert attendance.may_answer_concern(somebody(Role.PRINCIPAL, ELSEWHERE), concern) is False


@pytest.mark.parametrize("protection", [one for one in Protection if one != Protection.NONE])
def test_a_concern_about_a_protected_pupil_is_answered_by_nobody(protection):
    concern = Concern(pupil=Pupil(protection=protection), school_unit=UNIT)

    assert attendance.may_answer_concern(somebody(Role.PRINCIPAL, UNIT), concern) is False


def test_only_system_administrators_enter_the_citys_decision_on_protected_pupils():
    assert those_who(schools.may_decide_protection) == {Role.SYSTEM_ADMIN}
    assert schools.may_decide_protection(somebody(Role.SYSTEM_ADMIN, UNIT)) is True


@pytest.fixture
def school(db):
    return SchoolFactory(unit__parent=UnitFactory(school_area=True))


@pytest.fixture
def pupil(school):
    return EnrolmentFactory(class_group=ClassGroupFactory(school=school)).pupil


@pytest.fixture
def mentor(school, pupil):
    """Return the pupil's own mentor."""
    mentor = MembershipFactory(mentor=True, unit=school.unit)
    pupil.enrolments.get().class_group.mentors.add(mentor)
    return mentor


@pytest.fixture
def principal(school):
    return MembershipFactory(principal=True, unit=school.unit)


def test_a_concern_is_logged_about_a_pupil_one_works_with(school, pupil, mentor):
    assert attendance.may_log_concern(mentor, pupil) is True
    assert attendance.may_log_concern(MembershipFactory(mentor=True, unit=school.unit), pupil) is False
    # Sees every pupil of the school in the register, and logs nothing about any of them.
    assert attendance.may_log_concern(MembershipFactory(school_admin=True, unit=school.unit), pupil) is False


def test_measures_are_taken_by_those_who_work_with_the_pupil(school, pupil, mentor, principal):
    measure = MeasureFactory(enrolment=pupil.enrolments.get(), responsible=mentor)

    for member in (mentor, principal, MembershipFactory(student_health=True, unit=school.unit)):
        assert attendance.may_add_measure(member, pupil) is True
        assert attendance.may_change_measure(member, measure) is True
    for stranger in (
        MembershipFactory(mentor=True, unit=school.unit),
        MembershipFactory(school_admin=True, unit=school.unit),
        MembershipFactory(principal=True),
    ):
        assert attendance.may_add_measure(stranger, pupil) is False
        assert attendance.may_change_measure(stranger, measure) is False


def test_absence_is_investigated_by_student_health_and_the_principal_who_alone_decides_against(
    school, pupil, mentor, principal
):
    investigation = AbsenceInvestigationFactory(enrolment=pupil.enrolments.get())
    health = MembershipFactory(student_health=True, unit=school.unit)

    for member in (health, principal):
        assert attendance.may_open_investigation(member, pupil) is True
        assert attendance.may_change_investigation(member, investigation) is True
    assert attendance.may_decide_not_needed(principal, pupil) is True
    assert attendance.may_decide_not_needed(health, pupil) is False
    for stranger in (mentor, MembershipFactory(school_admin=True, unit=school.unit), MembershipFactory(principal=True)):
        assert attendance.may_open_investigation(stranger, pupil) is False
        assert attendance.may_change_investigation(stranger, investigation) is False
        assert attendance.may_decide_not_needed(stranger, pupil) is False


def test_a_signal_is_answered_by_those_who_work_with_the_pupil(school, pupil, mentor, principal):
    signal = SignalFactory(enrolment=pupil.enrolments.get())

    assert attendance.may_answer_signal(mentor, signal) is True
    assert attendance.may_answer_signal(principal, signal) is True
    assert attendance.may_answer_signal(MembershipFactory(mentor=True, unit=school.unit), signal) is False
    assert attendance.may_answer_signal(MembershipFactory(school_admin=True, unit=school.unit), signal) is False


def test_a_link_is_ended_by_who_has_it_and_by_the_principal(school, pupil, principal):
    owner = MembershipFactory(student_health=True, unit=school.unit)
    link = PupilLink.objects.create(
        pupil=pupil,
        membership=owner,
        ground="claimed",
        reason="covering",
        started_at=AT,
        ends_at=AT + timedelta(hours=24),
    )

    assert schools.may_end_link(owner, link) is True
    assert schools.may_end_link(principal, link) is True
    assert schools.may_end_link(MembershipFactory(student_health=True, unit=school.unit), link) is False
    assert schools.may_end_link(MembershipFactory(principal=True), link) is False


@pytest.mark.parametrize("may", [schools.may_name, schools.may_protect])
def test_the_principal_names_and_protects_pupils_of_the_own_school(may, pupil, mentor, principal):
    assert may(principal, pupil) is True
    assert may(mentor, pupil) is False
    assert may(MembershipFactory(principal=True), pupil) is False


def name(pupil, member, by, confirmed_by=None):
    """Name a reader of a protected pupil."""
    return NamedReader.objects.create(
        pupil=pupil,
        membership=member,
        granted_by=by,
        granted_at=AT,
        confirmed_by=confirmed_by,
        confirmed_at=AT if confirmed_by else None,
    )


@pytest.fixture
def head(school):
    return MembershipFactory(area_manager=True, unit=school.unit.parent)


def test_the_readers_of_a_protected_pupil_are_kept_by_a_principal_who_is_one(pupil, mentor, principal, head):
    Pupil.objects.filter(pk=pupil.pk).update(protection=Protection.SECRECY_FLAG, alias="K7")
    name(pupil, mentor, principal, head)

    assert schools.may_keep_readers(principal, pupil.pk) is False
    name(pupil, principal, mentor, head)
    assert schools.may_keep_readers(principal, pupil.pk) is True
    assert schools.may_keep_readers(mentor, pupil.pk) is False


def test_a_reader_is_confirmed_by_another_principal_or_the_head_above(school, pupil, mentor, principal, head):
    named = name(pupil, mentor, principal)
    second = MembershipFactory(principal=True, unit=school.unit)

    assert schools.may_confirm_reader(head, named) is True
    assert schools.may_confirm_reader(second, named) is True
    assert schools.may_confirm_reader(principal, named) is False
    assert schools.may_confirm_reader(MembershipFactory(principal=True), named) is False
    for trait in ("student_health", "mentor", "school_admin"):
        colleague = MembershipFactory(**{trait: True}, unit=school.unit)
        assert schools.may_confirm_reader(colleague, named) is False


def test_a_pupils_page_offers_what_the_reader_may_begin_about_the_pupil(school, pupil, mentor, principal):
    health = MembershipFactory(student_health=True, unit=school.unit)

    for member in (mentor, principal, health):
        offered = attendance.may_about(member)
        assert offered.log_concern == attendance.may_log_concern(member, pupil)
        assert offered.add_measure == attendance.may_add_measure(member, pupil)
        assert offered.open_investigation == attendance.may_open_investigation(member, pupil)
    assert attendance.may_about(health) == attendance.MayAbout(True, True, True)
    assert attendance.may_about(mentor) == attendance.MayAbout(True, True, False)
    assert attendance.may_about(MembershipFactory(school_admin=True)) == attendance.MayAbout(False, False, False)
