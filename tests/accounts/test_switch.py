"""Acting as one membership at a time."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from accounts.sessions import MEMBERSHIP_KEY as SESSION_KEY
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
SWITCH = "/switch/"
ACCOUNT = "/account/"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def at_school(user):
    return MembershipFactory(user=user)


@pytest.fixture
def in_team(user):
    return MembershipFactory(user=user, team_worker=True)


def test_switching_moves_to_the_other_unit_and_is_shown_in_the_unit_bar(client, sign_in, at_school, in_team):
    sign_in(client, at_school)

    assert client.post(SWITCH, {"membership": in_team.pk}).url == "/"

    response = client.get(ACCOUNT)
    assert response.wsgi_request.membership == in_team
    assert in_team.unit.short_name in response.content.decode()


def test_another_side_gets_a_new_session_key(client, sign_in, at_school, in_team):
    sign_in(client, at_school)
    before = client.session.session_key

    client.post(SWITCH, {"membership": in_team.pk})

    assert client.session.session_key != before


def test_same_side_keeps_the_session_key(client, sign_in, user, at_school):
    mentor = MembershipFactory(user=user, mentor=True, unit=at_school.unit)
    sign_in(client, at_school)
    before = client.session.session_key

    client.post(SWITCH, {"membership": mentor.pk})

    assert client.session.session_key == before


def test_choice_is_remembered_at_the_next_sign_in(client, sign_in, user, at_school, in_team):
    for chosen in (at_school, in_team, at_school):
        sign_in(client, at_school)
        client.post(SWITCH, {"membership": chosen.pk})
        client.logout()
        client.force_login(user)

        assert client.get(ACCOUNT).wsgi_request.membership == chosen


def test_nobody_switches_to_the_membership_of_somebody_else(client, sign_in, at_school):
    other = MembershipFactory()
    sign_in(client, at_school)

    assert client.post(SWITCH, {"membership": other.pk}).status_code == 422
    assert client.session[SESSION_KEY] == str(at_school.pk)


def test_membership_of_somebody_else_in_the_session_is_not_believed(client, sign_in, at_school):
    other = MembershipFactory(role=Role.PRINCIPAL)
    sign_in(client, at_school)
    session = client.session
    session[SESSION_KEY] = str(other.pk)
    session.save()

    assert client.get(ACCOUNT).wsgi_request.membership == at_school


def test_without_membership_one_is_told_whom_to_ask(client, user):
    client.force_login(user)

    response = client.get("/people/")
    assert response.url == reverse("accounts:no_membership")
    assert "ask the principal" in client.get(response.url).content.decode()
    assert client.get(SWITCH).url == reverse("accounts:no_membership")
