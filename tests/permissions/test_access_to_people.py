"""Each condition of accounts.access by itself: who may, and for every condition somebody who lacks just that one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.utils import timezone

from accounts import access
from accounts.confirming import KEY
from accounts.models import Membership, Unit
from accounts.permissions import Seat
from accounts.roles import Role
from tests.factories.accounts import LONG_AGO, MembershipFactory, UnitFactory
from tests.permissions.people import seated

TODAY = timezone.localdate()


@pytest.fixture
def school(db):
    return UnitFactory()


@pytest.fixture
def principal(school):
    return MembershipFactory(principal=True, unit=school, user__email="rektor@example.com")


@pytest.fixture
def mentor(school):
    return MembershipFactory(mentor=True, unit=school)


@pytest.fixture
def admin(db):
    return MembershipFactory(system_admin=True)


def test_a_view_that_asks_people_to_confirm_says_so_and_answers_those_who_have():
    def view(request, number, word):
        """Say something."""
        return f"{number} {word}"

    asking = access.recently_confirmed(view)
    request = HttpRequest()
    request.session = {KEY: timezone.now().isoformat()}

    assert asking.asks_to_confirm is True
    assert (asking.__name__, asking.__doc__) == ("view", "Say something.")
    assert asking(request, 7, word="steps") == "7 steps"


def test_those_who_answer_for_people_manage_them_and_nobody_else():
    managers = {Seat.PRINCIPAL, Seat.AREA_MANAGER, Seat.UNIT_HEAD, Seat.SYSTEM_ADMIN}

    assert {seat for seat in Seat if access.may_manage_people(seated(seat))} == managers
    assert access.may_manage_people(seated(Seat.PRINCIPAL)) is True


def test_a_principal_invites_into_the_own_school(principal, school):
    assert access.may_invite(principal, unit=school, role=Role.MENTOR, email="ny@example.com") is True


@pytest.mark.parametrize("email", ["rektor@example.com", "Rektor@Example.com"])
def test_nobody_invites_oneself(principal, school, email):
    assert access.may_invite(principal, unit=school, role=Role.MENTOR, email=email) is False


def test_nobody_is_invited_in_a_role_that_the_unit_does_not_have(principal, school):
    assert access.may_invite(principal, unit=school, role=Role.TEAM_WORKER, email="ny@example.com") is False


def test_who_does_not_answer_for_people_invites_nobody(mentor, school):
    assert access.may_invite(mentor, unit=school, role=Role.MENTOR, email="ny@example.com") is False


def test_nobody_is_invited_into_another_school_or_one_that_has_closed(principal, school):
    assert access.may_invite(principal, unit=UnitFactory(), role=Role.MENTOR, email="ny@example.com") is False
    Unit.objects.filter(pk=school.pk).update(closed_on=TODAY)
    assert access.may_invite(principal, unit=school, role=Role.MENTOR, email="ny@example.com") is False


def test_a_system_administrator_invites_anywhere(admin, school):
    assert access.may_invite(admin, unit=school, role=Role.MENTOR, email="ny@example.com") is True


def test_a_membership_is_changed_by_who_answers_for_it(principal, admin, mentor):
    assert access.may_change_membership(principal, mentor) is True
    assert access.may_change_membership(admin, mentor) is True


def test_nobody_changes_a_membership_of_the_own_or_of_elsewhere(principal, mentor):
    assert access.may_change_membership(principal, principal) is False
    assert access.may_change_membership(mentor, principal) is False
    assert access.may_change_membership(principal, MembershipFactory(mentor=True)) is False


@pytest.mark.parametrize(("trait", "needs"), [("system_admin", True), ("log_auditor", True), ("analyst", False)])
def test_two_agree_about_the_second_factor_of_those_who_run_or_watch(db, trait, needs):
    assert access.needs_two_to_reset(MembershipFactory(**{trait: True}).user, TODAY) is needs


def test_two_agree_also_about_a_role_to_come_but_not_about_one_that_is_over(db):
    days = timedelta(days=10)
    to_come = MembershipFactory(log_auditor=True, valid_from=TODAY + days, renewed_on=None, valid_to=TODAY + 2 * days)
    over = MembershipFactory(log_auditor=True, valid_to=TODAY - days)

    assert access.needs_two_to_reset(to_come.user, TODAY) is True
    assert access.needs_two_to_reset(over.user, TODAY) is False


def test_a_principal_takes_away_a_second_factor_alone_unless_two_have_to_agree(principal, mentor, school):
    auditor = MembershipFactory(log_auditor=True, unit=school)

    assert access.may_reset_second_factor(principal, mentor, TODAY) is True
    assert access.may_reset_second_factor(principal, auditor, TODAY) is False


def test_a_system_administrator_takes_part_in_every_reset_but_the_own(admin, mentor):
    auditor = MembershipFactory(log_auditor=True)

    assert access.may_reset_second_factor(admin, mentor, TODAY) is True
    assert access.may_reset_second_factor(admin, auditor, TODAY) is True
    assert access.may_reset_second_factor(admin, admin, TODAY) is False
    assert access.may_reset_second_factor(mentor, auditor, TODAY) is False


def proposed(**fields):
    """Return a role that waits for a second person."""
    return Membership(role=Role.LOG_AUDITOR, user_id=uuid4(), invited_by_id=uuid4(), **fields)


def test_the_second_person_is_neither_who_gets_the_role_nor_who_proposed_it():
    membership = proposed()

    assert access.is_second_person(Membership(user_id=uuid4()), membership) is True
    assert access.is_second_person(Membership(user_id=membership.user_id), membership) is False
    assert access.is_second_person(Membership(user_id=membership.invited_by_id), membership) is False


def test_there_is_no_second_person_where_nobody_is_waited_for():
    reader = Membership(user_id=uuid4())

    assert access.is_second_person(reader, proposed(confirmed_at=LONG_AGO)) is False
    assert access.is_second_person(reader, Membership(role=Role.MENTOR, user_id=uuid4())) is False


def test_a_role_is_confirmed_by_a_second_person_who_answers_for_the_unit(admin, principal):
    waiting = MembershipFactory(log_auditor=True, confirmed_at=None, invited_by=principal.user)

    assert access.may_confirm(admin, waiting) is True
    assert access.may_confirm(MembershipFactory(principal=True), waiting) is False
    proposer = MembershipFactory(system_admin=True)
    waiting.invited_by = proposer.user
    assert access.may_confirm(proposer, waiting) is False


def test_one_person_renews_what_one_person_gives(principal, admin, mentor, school):
    assert access.may_renew(principal, mentor) is True
    assert access.may_renew(principal, MembershipFactory(mentor=True)) is False
    assert access.may_renew(admin, MembershipFactory(log_auditor=True, unit=school)) is False


def test_one_person_is_enough_for_every_role_but_two():
    alone = {role for role in Role if access.is_renewed_by_one(Membership(role=role))}

    assert alone == set(Role) - {Role.SYSTEM_ADMIN, Role.LOG_AUDITOR}
