"""A right that is taken away is gone at the next request, in every session of the person (G8)."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Session, User
from accounts.roles import Role
from tests.factories.accounts import MembershipFactory
from wall import identity
from wall.identity import Entered
from wall.roles import SCHOOL

YESTERDAY = timedelta(days=1)
PAGE = "/people/"


def end(membership):
    Membership.objects.filter(pk=membership.pk).update(valid_to=timezone.localdate() - YESTERDAY)


def not_begun(membership):
    today = timezone.localdate()
    Membership.objects.filter(pk=membership.pk).update(valid_from=today + YESTERDAY, renewed_on=today + YESTERDAY)


def deactivate(membership):
    User.objects.filter(pk=membership.user_id).update(is_active=False)


def change_role(membership):
    Membership.objects.filter(pk=membership.pk).update(role=Role.MENTOR)


def make_unconfirmed(membership):
    Membership.objects.filter(pk=membership.pk).update(role=Role.SYSTEM_ADMIN, confirmed_at=None)


def close_the_unit(membership):
    membership.unit.closed_on = timezone.localdate()
    membership.unit.save()


def new_password(membership):
    membership.user.set_password("en helt annan mening")
    membership.user.save()


@pytest.fixture
def browsers(cast, sign_in):
    """Three browsers in which the principal is signed in, each with a session of its own."""
    found = [sign_in(Client(), cast.principal) for _ in range(3)]
    assert len({one.session.session_key for one in found}) == 3
    assert {one.get(PAGE).status_code for one in found} == {200}
    return found


@pytest.mark.parametrize(
    ("withdraw", "answers"),
    [
        (end, {(302, "/no-membership/")}),
        (not_begun, {(302, "/no-membership/")}),
        (close_the_unit, {(302, "/no-membership/")}),
        (make_unconfirmed, {(302, "/no-membership/")}),
        (change_role, {(403, "")}),
        (deactivate, {(302, "/sign-in/?next=/people/")}),
        (new_password, {(302, "/sign-in/?next=/people/")}),
    ],
)
def test_next_request_of_every_session_is_refused(cast, browsers, withdraw, answers):
    withdraw(cast.principal)

    for method in ("get", "post"):
        found = {
            (one.status_code, one.headers.get("Location", "")) for one in (getattr(b, method)(PAGE) for b in browsers)
        }
        assert found == answers


def test_moved_to_another_unit_sees_nothing_of_the_old_one(cast, browsers):
    Membership.objects.filter(pk=cast.principal.pk).update(unit=cast.other_counsellor.unit)

    for browser in browsers:
        page = browser.get(PAGE).content.decode()
        assert cast.mentor.user.full_name not in page
        assert cast.other_counsellor.user.full_name in page


def test_the_other_role_of_the_same_person_goes_on_alone(cast, browsers):
    """The chosen role is gone: the session goes on in the other one, with its rights and no more."""
    other = MembershipFactory(user=cast.principal.user, team_worker=True)
    end(cast.principal)

    for browser in browsers:
        response = browser.get("/account/")
        assert response.wsgi_request.membership == other
        assert browser.get(PAGE).status_code == 403


def test_control_a_session_that_remembers_rights_is_found(cast, browsers, monkeypatch):
    """With who one is remembered from before, the ended role still opens the page: the test above is not blind."""
    remembered = list(Membership.objects.filter(pk=cast.principal.pk).select_related("user", "unit__parent"))
    who = Entered(None, cast.principal.user_id, cast.principal.pk, SCHOOL)

    data = dict(Session.objects.values_list("pk", "data"))

    @contextmanager
    def session(key, *, at):
        with identity.acting_as(cast.principal):
            yield replace(who, session_data=data[identity.key_hash(key)])

    end(cast.principal)
    assert {browser.get(PAGE).status_code for browser in browsers} == {302}
    monkeypatch.setattr("accounts.middleware.identity.session", session)
    monkeypatch.setattr("accounts.middleware._memberships_of", lambda user: remembered)

    assert {browser.get(PAGE).status_code for browser in browsers} == {200}
