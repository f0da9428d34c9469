"""Each condition of cases.access by itself; test_states asks in which state of a request or case a right is there."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Membership, Unit
from accounts.permissions import Seat
from accounts.roles import ROLES_IN, Role, UnitKind
from cases import access
from cases.models import Case, ConcernReport, Feedback, HolderInterval, Obligation, PreparedNo, Referral
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case
from tests.permissions.people import seated, somebody

AREA = Unit(id=uuid4(), kind=UnitKind.SOCIAL_AREA)
DISTRICT = Unit(id=uuid4(), kind=UnitKind.SOCIAL_AREA, parent=AREA)
TEAM = Unit(id=uuid4(), kind=UnitKind.TEAM, parent=DISTRICT)
ALONE = Unit(id=uuid4(), kind=UnitKind.TEAM)
WRITER = Membership(role=Role.TEAM_WORKER, unit=TEAM, user_id=uuid4())
SCHOOL = Unit(id=uuid4(), kind=UnitKind.SCHOOL)
ACCEPTED = Referral.Status.ACCEPTED
OF_THE_RECEIVER = {
    access.may_receive: Referral.Status.SENT,
    access.may_acknowledge: Referral.Status.SENT,
    access.may_answer: Referral.Status.SENT,
    lambda who, referral: access.may_confirm_no(who, PreparedNo(referral=referral, prepared_by=WRITER)): (
        Referral.Status.SENT
    ),
    access.may_allocate_request: Referral.Status.SENT,
    access.may_work: ACCEPTED,
}


@pytest.mark.parametrize("may", OF_THE_RECEIVER)
def test_a_request_is_its_units_and_that_of_the_heads_one_and_two_levels_above(may):
    referral = Referral(status=OF_THE_RECEIVER[may], to_unit=TEAM)

    for reader in (
        somebody(Role.TEAM_WORKER, TEAM),
        somebody(Role.UNIT_HEAD, TEAM),
        somebody(Role.UNIT_HEAD, DISTRICT),
        somebody(Role.UNIT_HEAD, AREA),
    ):
        assert may(reader, referral) is True
    assert may(somebody(Role.UNIT_HEAD, ALONE), referral) is False
    assert may(somebody(Role.COORDINATOR, DISTRICT), referral) is False


@pytest.mark.parametrize("may", OF_THE_RECEIVER)
def test_a_unit_that_lies_below_no_other_receives_too(may):
    referral = Referral(status=OF_THE_RECEIVER[may], to_unit=ALONE)

    assert may(somebody(Role.TEAM_WORKER, ALONE), referral) is True
    assert may(somebody(Role.UNIT_HEAD, AREA), referral) is False


def test_a_step_is_done_by_those_of_the_unit_that_holds_it_and_above():
    assert access.may_act_for(somebody(Role.TEAM_WORKER, TEAM), TEAM) is True
    assert access.may_act_for(somebody(Role.UNIT_HEAD, AREA), TEAM) is True
    assert access.may_act_for(somebody(Role.TEAM_WORKER, DISTRICT), TEAM) is False
    assert access.may_act_for(somebody(Role.ANALYST, TEAM), TEAM) is False
    assert access.may_act_for(somebody(Role.MENTOR, SCHOOL), SCHOOL) is False


def test_student_health_and_the_principal_speak_for_the_school():
    case = Case(school_unit=SCHOOL)
    feedback = Feedback(case=case)
    speakers = {Role.STUDENT_HEALTH, Role.PRINCIPAL}

    for role in ROLES_IN[UnitKind.SCHOOL]:
        reader = somebody(role, SCHOOL)
        assert access.may_speak_for_school(reader, case) is (role in speakers)
        assert access.may_acknowledge_feedback(reader, feedback) is (role in speakers)
        assert access.may_close(reader, case) is (role in speakers)


def test_nobody_speaks_for_another_school():
    case = Case(school_unit=SCHOOL)
    reader = somebody(Role.PRINCIPAL, Unit(id=uuid4(), kind=UnitKind.SCHOOL))

    assert access.may_speak_for_school(reader, case) is False
    assert access.may_acknowledge_feedback(reader, Feedback(case=case)) is False
    assert access.may_close(reader, case) is False


def test_nobody_acts_in_a_case_that_is_closed():
    case = Case(school_unit=SCHOOL, closed_at=timezone.now())
    reader = somebody(Role.PRINCIPAL, SCHOOL)

    assert access.may_speak_for_school(reader, case) is False
    assert access.may_acknowledge_feedback(reader, Feedback(case=case)) is False
    assert access.may_close(reader, case) is False


def test_student_health_and_the_principal_ask_for_support():
    assert {seat for seat in Seat if access.may_request_support(seated(seat))} == {Seat.STUDENT_HEALTH, Seat.PRINCIPAL}
    assert access.may_request_support(seated(Seat.PRINCIPAL)) is True


def test_cases_are_read_by_those_who_work_in_them_not_by_those_who_count_them():
    readers = {Seat.STUDENT_HEALTH, Seat.PRINCIPAL, Seat.TEAM_WORKER, Seat.INTAKE_WORKER, Seat.UNIT_HEAD}

    assert {seat for seat in Seat if access.reads_cases(seated(seat))} == readers
    assert {access.reads_cases(seated(seat)) for seat in Seat} == {True, False}


@pytest.fixture
def story(db):
    return a_case("lifted")


def holder(story):
    """Return what was lifted to the school's area, and the area."""
    lifted = HolderInterval.objects.get(
        obligation__in=Obligation.objects.open().filter(case=story.case, kind="answer_objection"),
        unit__kind=UnitKind.SCHOOL_AREA,
        to_at=None,
    )
    return lifted.obligation, lifted.unit


def test_what_was_lifted_is_done_and_handed_over_by_those_who_hold_it(story):
    obligation, unit = holder(story)

    for may in (access.may_do, access.may_allocate, access.may_answer_lift):
        assert may(somebody(Role.UNIT_HEAD, unit), obligation) is True
        assert may(somebody(Role.UNIT_HEAD, ALONE), obligation) is False


def test_only_managers_answer_what_was_lifted(story):
    obligation, unit = holder(story)
    obligation.intervals.filter(to_at=None).update(unit=story.case.school_unit)
    counsellor = somebody(Role.STUDENT_HEALTH, story.case.school_unit)

    assert access.may_do(counsellor, obligation) is True
    assert access.may_answer_lift(counsellor, obligation) is False
    assert access.may_answer_lift(somebody(Role.PRINCIPAL, story.case.school_unit), obligation) is True
    assert access.may_do(somebody(Role.UNIT_HEAD, unit), obligation) is (unit.pk == story.case.school_unit.parent_id)


def test_what_is_done_nobody_does_again(story):
    done = Obligation.objects.filter(case=story.case, stopped_at__isnull=False)
    held = [(one, interval.unit) for one in done for interval in one.intervals.select_related("unit")]

    assert held
    for obligation, unit in held:
        for may in (access.may_do, access.may_allocate, access.may_answer_lift):
            assert may(somebody(Role.UNIT_HEAD, unit), obligation) is False


def test_a_note_is_written_by_those_who_may_write_and_read_the_case(story):
    team = story.referral.to_unit

    assert access.may_write_note(somebody(Role.TEAM_WORKER, team), story.case) is True
    assert access.may_write_note(MembershipFactory(team_worker=True), story.case) is False
    assert access.may_write_note(somebody(Role.MENTOR, story.case.school_unit), story.case) is False


def test_holders_are_reminded_by_those_who_oversee_the_case(story):
    school = story.case.school_unit

    assert access.may_oversee(somebody(Role.PRINCIPAL, school), story.case) is True
    assert access.may_oversee(story.cast.coordinator, story.case) is False
    assert access.may_oversee(story.cast.coordinator, a_case("redirected_twice", cast=story.cast).case) is True
    assert access.may_oversee(MembershipFactory(principal=True), story.case) is False
    assert access.may_oversee(somebody(Role.STUDENT_HEALTH, school), story.case) is False


def test_everybody_at_a_school_reports_and_nobody_else():
    at_school = {Seat.MENTOR, Seat.STUDENT_HEALTH, Seat.PRINCIPAL, Seat.SCHOOL_ADMIN}

    for seat in Seat:
        assert access.may_report(seated(seat)) is (seat in at_school), seat


def test_who_made_a_report_and_the_schools_principal_speak_for_it_and_no_colleague():
    reporter = somebody(Role.MENTOR, SCHOOL)
    report = ConcernReport(reported_by_id=reporter.pk, school_unit=SCHOOL, to_unit=TEAM)
    elsewhere = Unit(id=uuid4(), kind=UnitKind.SCHOOL)

    assert access.may_speak_for_report(reporter, report) is True
    assert access.may_speak_for_report(somebody(Role.PRINCIPAL, SCHOOL), report) is True
    assert access.may_speak_for_report(somebody(Role.PRINCIPAL, elsewhere), report) is False
    for role in (Role.MENTOR, Role.STUDENT_HEALTH, Role.SCHOOL_ADMIN, Role.LOG_AUDITOR):
        assert access.may_speak_for_report(somebody(role, SCHOOL), report) is False, role
    assert access.may_speak_for_report(somebody(Role.INTAKE_WORKER, TEAM), report) is False


def test_a_report_is_handled_by_the_office_that_has_it_and_its_heads():
    office = Unit(id=uuid4(), kind=UnitKind.INTAKE, parent=DISTRICT)
    report = ConcernReport(to_unit=office, school_unit=SCHOOL)

    assert access.may_handle_report(somebody(Role.INTAKE_WORKER, office), report) is True
    assert access.may_handle_report(somebody(Role.UNIT_HEAD, DISTRICT), report) is True
    assert access.may_handle_report(somebody(Role.TEAM_WORKER, office), report) is False
    assert access.may_handle_report(somebody(Role.INTAKE_WORKER, TEAM), report) is False
    assert access.may_handle_report(somebody(Role.PRINCIPAL, SCHOOL), report) is False
