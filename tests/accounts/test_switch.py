"""Acting as one membership at a time."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.confirming import KEY
from accounts.roles import Role
from accounts.sessions import MEMBERSHIP_KEY as SESSION_KEY
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
SWITCH = "/switch/"
ACCOUNT = "/account/"


@pytest.fixture
def user():
    """Somebody of the demo: without any way of saying who one is."""
    return UserFactory(password=make_password(None))


@pytest.fixture
def at_school(user):
    return MembershipFactory(user=user)


@pytest.fixture
def in_team(user):
    return MembershipFactory(user=user, team_worker=True)


def test_switching_moves_to_the_other_unit_and_is_shown_in_the_unit_bar(client, sign_in, at_school, in_team):
    sign_in(client, at_school)

    change_hats(client, in_team)

    response = client.get(ACCOUNT)
    assert response.wsgi_request.membership == in_team
    assert in_team.unit.short_name in response.content.decode()


def test_another_side_gets_a_new_session_key(client, sign_in, at_school, in_team):
    sign_in(client, at_school)
    before = client.session.session_key

    change_hats(client, in_team)

    assert client.session.session_key != before


PASSWORD = "en lång mening om hösten"


@pytest.fixture
def with_password(user, at_school, in_team, client):
    """Somebody with two hats who has signed in as people do, at school."""
    user.set_password(PASSWORD)
    user.save()
    at_school.chosen_at = timezone.now()
    at_school.save()
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    assert client.get(ACCOUNT).wsgi_request.membership == at_school
    return client


def say_who_one_is(client, where):
    return client.post(where, {"password": PASSWORD})


def test_another_side_asks_who_one_is(with_password, in_team, at_school):
    sent_away = with_password.post(SWITCH, {"membership": in_team.pk})

    assert sent_away.url.startswith("/account/confirm/?next=")
    assert with_password.get(ACCOUNT).wsgi_request.membership == at_school

    back = say_who_one_is(with_password, sent_away.url)
    assert back.url == f"/switch/?membership={in_team.pk}"
    page = with_password.get(back.url)
    assert page.context["form"]["membership"].value() == str(in_team.pk)
    assert with_password.post(SWITCH, {"membership": in_team.pk}).url == "/"
    assert with_password.get(ACCOUNT).wsgi_request.membership == in_team


def test_who_one_is_holds_for_five_minutes_and_for_one_session(with_password, in_team, at_school, settings):
    say_who_one_is(with_password, "/account/confirm/?next=/switch/")
    session = with_password.session
    long_ago = timezone.now() - timedelta(minutes=5, seconds=1)
    session[KEY], kept = long_ago.isoformat(), session[KEY]
    session.save()
    assert with_password.post(SWITCH, {"membership": in_team.pk}).url.startswith("/account/confirm/")
    session[KEY] = kept
    session.save()
    assert with_password.post(SWITCH, {"membership": in_team.pk}).url == "/"

    # The new session has not been told who one is.
    assert with_password.post(SWITCH, {"membership": at_school.pk}).url.startswith("/account/confirm/")


def test_same_side_does_not_ask(with_password, user, at_school):
    mentor = MembershipFactory(user=user, mentor=True, unit=at_school.unit)

    assert with_password.post(SWITCH, {"membership": mentor.pk}).url == "/"


def test_who_has_no_way_of_saying_so_stays_outside_the_demo(client, sign_in, at_school, in_team, settings):
    settings.DEMO = False
    sign_in(client, at_school)

    assert client.post(SWITCH, {"membership": in_team.pk}).status_code == 403
    assert client.get(ACCOUNT).wsgi_request.membership == at_school


def change_hats(client, membership):
    """Choose a membership of the other side, saying who one is on the way, as people of the demo do."""
    sent_away = client.post(SWITCH, {"membership": membership.pk})
    assert client.get(sent_away.url).status_code == 200
    assert client.post(sent_away.url).url == f"/switch/?membership={membership.pk}"
    assert client.post(SWITCH, {"membership": membership.pk}).url == "/"


def stay(client, membership):
    """Choose a membership of the same side."""
    assert client.post(SWITCH, {"membership": membership.pk}).url == "/"


def test_nothing_of_the_old_session_comes_along_and_its_key_is_dead(client, sign_in, at_school, in_team):
    sign_in(client, at_school)
    session = client.session
    session["draft"] = "canary-of-the-school"
    session.save()
    client.post("/people/nothing/")
    old = client.cookies["sessionid"].value

    change_hats(client, in_team)

    assert client.cookies["sessionid"].value != old
    assert "canary-of-the-school" not in str(dict(client.session))
    stolen = Client()
    stolen.cookies["sessionid"] = old
    assert stolen.get(ACCOUNT).status_code == 302


def test_a_message_that_waits_is_not_shown_on_the_other_side(client, sign_in, at_school, in_team):
    """What was said at school, and not yet shown, is shown nowhere."""
    principal = MembershipFactory(user=at_school.user, principal=True, unit=at_school.unit)
    colleague = MembershipFactory(unit=at_school.unit, away_from="2026-11-01", away_to="2026-11-02")
    sign_in(client, principal)
    client.post(f"/people/{colleague.pk}/back/")

    change_hats(client, in_team)

    for page in ("/account/", "/intake/", "/"):
        assert colleague.user.full_name not in client.get(page, follow=True).content.decode()


def test_same_side_keeps_the_session_key(client, sign_in, user, at_school):
    mentor = MembershipFactory(user=user, mentor=True, unit=at_school.unit)
    sign_in(client, at_school)
    before = client.session.session_key

    client.post(SWITCH, {"membership": mentor.pk})

    assert client.session.session_key == before


def test_choice_is_remembered_at_the_next_sign_in(client, sign_in, user, at_school, in_team):
    for chosen in (at_school, in_team, at_school):
        sign_in(client, at_school)
        (change_hats if chosen == in_team else stay)(client, chosen)
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
