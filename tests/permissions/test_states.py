"""In which state of a request or a case each right can be used: rows in memory, every status, no database."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Membership, Unit
from accounts.roles import Role, UnitKind
from cases import access
from cases.models import Case, Feedback, PreparedNo, Referral

S = Referral.Status
TEAM, SCHOOL = Unit(id=uuid4(), kind=UnitKind.TEAM), Unit(id=uuid4(), kind=UnitKind.SCHOOL)
WORKER = Membership(role=Role.TEAM_WORKER, unit=TEAM)
COLLEAGUE = Membership(role=Role.TEAM_WORKER, unit=TEAM, user_id=uuid4())
PRINCIPAL = Membership(role=Role.PRINCIPAL, unit=SCHOOL)
STRANGER = Membership(role=Role.TEAM_WORKER, unit=Unit(id=uuid4(), kind=UnitKind.TEAM))
UNANSWERED = {S.SENT, S.RECEIVED, S.ASSESSING, S.ASKED, S.QUEUED}
RIGHTS = {
    access.may_receive: set(S),
    access.may_acknowledge: {S.SENT, S.RECEIVED},
    access.may_answer: UNANSWERED,
    lambda who, referral: access.may_confirm_no(who, PreparedNo(referral=referral, prepared_by=COLLEAGUE)): UNANSWERED,
    access.may_allocate_request: UNANSWERED | {S.ACCEPTED, S.ACTIVE},
    access.may_work: {S.ACCEPTED, S.ACTIVE},
}


@pytest.mark.parametrize("may", RIGHTS)
def test_each_right_over_a_request_has_its_states(may):
    for status in S:
        referral = Referral(status=status, to_unit=TEAM)
        assert may(WORKER, referral) is (status in RIGHTS[may]), status
        assert not may(STRANGER, referral)
        assert not may(PRINCIPAL, referral)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_school_speaks_and_closes_while_the_case_is_open(is_open):
    case = Case(school_unit=SCHOOL, closed_at=None if is_open else timezone.now())

    for may in (access.may_speak_for_school, access.may_close):
        assert may(PRINCIPAL, case) is is_open
        assert not may(WORKER, case)
    for acknowledged_at in (None, timezone.now()):
        feedback = Feedback(case=case, acknowledged_at=acknowledged_at)
        assert access.may_acknowledge_feedback(PRINCIPAL, feedback) is (is_open and acknowledged_at is None)
        assert not access.may_acknowledge_feedback(WORKER, feedback)


def test_only_some_ask_for_support_at_all():
    assert {role for role in Role if access.may_request_support(Membership(role=role, unit=SCHOOL))} == {
        Role.STUDENT_HEALTH,
        Role.PRINCIPAL,
    }
