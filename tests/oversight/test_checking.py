"""Readings are held against the rules with what was true when they happened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import AccessRecord
from oversight.checking import check_readings
from oversight.models import RuleHit
from oversight.rules import Rule
from schools.models import PupilLink
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ConcernFactory
from tests.factories.cases import a_case
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, GuardianFactory, PupilFactory

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def read(by, *pupils, at=AT, kind="read"):
    """Let somebody read about pupils."""
    return AccessRecord.objects.create(
        page="attendance:pupil_detail", at=at, kind=kind, pupils=[pupil.pk for pupil in pupils],
        user=by.user, membership_id=by.pk, unit_id=by.unit_id, role=by.role,
    )  # fmt: skip


def found():
    """Return the rules hit, after all readings were looked at."""
    while check_readings(AT + timedelta(days=1)):
        pass
    return set(RuleHit.objects.values_list("rule", flat=True))


@pytest.fixture
def group(db):
    """Return a class with a mentor."""
    group = ClassGroupFactory()
    group.mentors.add(MembershipFactory(mentor=True, unit=group.school.unit))
    return group


@pytest.fixture
def pupil(group):
    """Return a pupil of the class."""
    return EnrolmentFactory(class_group=group, pupil__family_name="Udda").pupil


def test_work_is_not_hit(group, pupil):
    for by in (group.mentors.get(), *(MembershipFactory(role=role, unit=group.school.unit) for role in ("principal",))):
        read(by, pupil)

    assert found() == set()


def test_mentor_of_another_class_has_no_task(group, pupil):
    read(MembershipFactory(mentor=True, unit=group.school.unit), pupil)

    assert found() == {Rule.NO_TASK}


def test_who_logged_a_concern_has_a_task(group, pupil):
    mentor = MembershipFactory(mentor=True, unit=group.school.unit)
    ConcernFactory(enrolment=pupil.enrolments.get(), logged_by=mentor)
    read(mentor, pupil)

    assert found() == set()


def test_another_school_is_outside(pupil):
    read(MembershipFactory(), pupil)

    assert found() == {Rule.OUTSIDE}


def test_reading_before_the_pupil_moved_is_of_its_day(group, pupil):
    pupil.enrolments.update(ends_on=date(2026, 11, 26))
    counsellor = MembershipFactory(unit=group.school.unit)
    read(counsellor, pupil, at=AT)
    assert found() == set()

    read(counsellor, pupil, at=AT + timedelta(days=3))
    check_readings(AT + timedelta(days=9))

    assert set(RuleHit.objects.values_list("rule", flat=True)) == {Rule.OUTSIDE}


def test_those_in_the_case_have_a_task_and_their_heads_too(db):
    story = a_case("accepted")
    cast = story.cast
    for by in (cast.worker, cast.head, cast.area_head, cast.counsellor, cast.coordinator):
        read(by, story.pupil, at=timezone.now())
    assert not check_readings(timezone.now())

    assert check_readings(timezone.now() + timedelta(hours=1)) == 5
    rules = set(RuleHit.objects.values_list("rule", flat=True))
    assert rules <= {Rule.NIGHT}


def test_another_team_is_outside(db):
    story = a_case("accepted")
    read(story.cast.other_worker, story.pupil)

    assert Rule.OUTSIDE in found()


def test_names_of_pupil_and_guardian(group, pupil):
    GuardianFactory(pupil=pupil, family_name="Holm")
    school = group.school.unit
    read(MembershipFactory(unit=school, user__family_name="Udda"), pupil)
    read(MembershipFactory(unit=school, user__family_name="Holm"), pupil)

    assert found() == {Rule.SAME_NAME, Rule.GUARDIAN_NAME}


def test_protected_pupil_is_hit(group):
    pupil = EnrolmentFactory(class_group=group, pupil=PupilFactory(protected=True)).pupil
    read(MembershipFactory(unit=group.school.unit), pupil)

    assert found() == {Rule.PROTECTED}


def test_reading_is_looked_at_once(pupil):
    read(MembershipFactory(), pupil)
    found()
    found()

    assert RuleHit.objects.count() == 1


def test_hit_belongs_to_the_log_of_its_reading(pupil):
    record = read(MembershipFactory(), pupil)
    found()

    assert RuleHit.objects.get().authority == AccessRecord.objects.get(page=record.page).authority


def test_queries_do_not_grow_with_readings(group, django_assert_max_num_queries):
    pupils = [EnrolmentFactory(class_group=group).pupil for _ in range(20)]
    for _place in range(20):
        read(MembershipFactory(unit=group.school.unit), *pupils, kind="list")

    with django_assert_max_num_queries(16):
        check_readings(AT + timedelta(days=1))


@pytest.mark.parametrize(("ground", "rules"), [("claimed", {Rule.CLAIMED}), ("named", set())])
def test_link_is_a_task_and_a_claimed_one_is_looked_at(group, pupil, ground, rules):
    mentor = MembershipFactory(mentor=True, unit=group.school.unit)
    lasts = timedelta(hours=24)
    PupilLink.objects.create(
        pupil=pupil, membership=mentor, ground=ground, reason="covering", started_at=AT - timedelta(hours=1),
        ends_at=AT - timedelta(hours=1) + lasts,
    )  # fmt: skip
    read(mentor, pupil)

    assert found() == rules
