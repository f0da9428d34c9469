"""Signing in with password and second factor, and what is reachable before the second factor is set up."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import NoReverseMatch, reverse

from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"
SIGN_IN = "/sign-in/"


@pytest.fixture
def user():
    user = MembershipFactory(mentor=True).user
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def secret(user):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code(secret):
    """Return the code of this half minute; the one before and the one after are accepted too."""
    _before, now, _after = totp.yield_hotp_counters_from_time()
    return totp.format_hotp_value(totp.hotp_value(secret, now))


def enter(client, user, password=PASSWORD):
    return client.post(SIGN_IN, {"login": user.email, "password": password})


def confirm(client, page):
    """Open a page that asks for the password once more, and give it."""
    question = client.get(page).url
    assert question.startswith("/account/confirm/")
    assert client.get(question).status_code == 200
    return client.post(question, {"password": PASSWORD})


def test_right_password_lets_in_and_wrong_does_not(client, user):
    assert enter(client, user, "fel").status_code == 200
    assert "_auth_user_id" not in client.session
    assert enter(client, user).url == "/"


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "account_set_password"])
def test_pages_of_allauth_that_we_do_not_use_have_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_signing_out_needs_a_post(client, user):
    enter(client, user)

    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


def test_code_is_asked_for_where_an_app_is_set_up(client, user, secret):
    assert enter(client, user).url == "/sign-in/verify/"
    assert "_auth_user_id" not in client.session
    assert client.get("/account/").url.startswith(SIGN_IN)
    assert client.get("/sign-in/verify/").status_code == 200

    assert client.post("/sign-in/verify/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-in/verify/", {"code": code(secret)}).url == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_without_second_factor_only_its_set_up_is_reachable(client, user, settings):
    settings.REQUIRE_MFA = True
    enter(client, user)

    set_up = reverse("mfa_activate_totp")
    for path in ("/account/", "/people/", "/switch/", "/account/password/", "/nothing/", "/account/codes/"):
        assert client.get(path).url == set_up, path
    assert confirm(client, set_up).url == set_up
    for path in (set_up, "/account/second-factor/", "/account/passkeys/", "/account/passkeys/add/"):
        assert client.get(path).status_code == 200, path
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("seconds", "answer"), [(0, 302), (29, 302), (60, 200), (3600, 200), (-60, 200)])
def test_a_code_is_good_for_its_half_minute_and_the_next_and_no_longer(
    client, user, secret, time_machine, seconds, answer
):
    time_machine.move_to(datetime(2026, 11, 26, 9, 0, 0, tzinfo=UTC), tick=False)
    its = code(secret)
    time_machine.move_to(datetime(2026, 11, 26, 9, 0, 0, tzinfo=UTC) + timedelta(seconds=seconds), tick=False)
    enter(client, user)

    assert client.post("/sign-in/verify/", {"code": its}).status_code == answer


def test_setting_up_the_app_opens_the_rest_and_gives_reserve_codes(client, user, settings):
    settings.REQUIRE_MFA = True
    enter(client, user)
    confirm(client, reverse("mfa_activate_totp"))
    page = client.get(reverse("mfa_activate_totp"))
    answer = {"code": code(page.context["form"].secret)}

    assert client.post(reverse("mfa_activate_totp"), answer).url == reverse("mfa_view_recovery_codes")
    for path in ("/account/", "/account/codes/", "/account/second-factor/", "/account/codes/new/"):
        assert client.get(path).status_code == 200, path


def test_changing_the_second_factor_asks_again_who_it_is(client, user, secret):
    enter(client, user)
    client.post("/sign-in/verify/", {"code": code(secret)})
    remove = reverse("mfa_deactivate_totp")

    assert confirm(client, remove).url == remove
    assert client.get(remove).status_code == 200
    for path in ("/account/confirm/code/", "/account/second-factor/"):
        assert client.get(path).status_code == 200, path
    assert client.post(remove).status_code == 302
    assert not user.authenticator_set.exists()


def test_reserve_codes_are_shown_once_and_each_opens_once(client, user, settings):
    settings.REQUIRE_MFA = True
    enter(client, user)
    confirm(client, reverse("mfa_activate_totp"))
    page = client.get(reverse("mfa_activate_totp"))
    shown = client.post(reverse("mfa_activate_totp"), {"code": code(page.context["form"].secret)}, follow=True)
    codes = re.findall(r"<code>(\d{8})</code>", shown.content.decode())

    assert len(codes) == 10
    assert "<code>" not in client.get("/account/codes/").content.decode()
    for attempt, answer in (("first", 302), ("second", 200)):
        client.post("/sign-out/")
        enter(client, user)
        assert client.post("/sign-in/verify/", {"code": codes[0]}).status_code == answer, attempt
