"""Delicate things ask who one is again, at most five minutes apart, and nothing typed is lost on the way."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse
from django.utils import timezone

from accounts.models import KeptPost, Membership
from accounts.roles import Role
from tests.architecture.addresses import all_pages
from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"
INVITE = "/people/invite/"

ASKS = {
    "accounts:invite_person",
    "accounts:reset_second_factor",
    "accounts:confirm_membership",
    "attendance:protected_pupil",
    "cases:protect_pupil",
    "oversight:print_extract",
    "oversight:release_extract",
    "schools:claim_link",
    "schools:confirm_policy",
    "schools:confirm_reader",
    "schools:confirm_readers",
    "schools:protected_list",
    "schools:pupil_readers",
    "integrations:import_errors",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}
"""What must ask; more may, but none of these may stop asking."""


@pytest.fixture
def principal(client):
    """Return a principal with a password, signed in."""
    member = MembershipFactory(principal=True)
    member.user.set_password(PASSWORD)
    member.user.save()
    client.post("/sign-in/", {"login": member.user.email, "password": PASSWORD})
    return member


def typed(member, **changed):
    """Return what is typed to invite somebody."""
    today = timezone.localdate()
    data = {"given_name": "Ny <b>", "family_name": "Vän", "email": "ny@example.com", "valid_from": today.isoformat()}
    last = (today + timedelta(days=30)).isoformat()
    return data | {"unit": str(member.unit.pk), "role": Role.MENTOR, "valid_to": last, "title": ""} | changed


def test_delicate_pages_ask():
    asking = {page.name for page in all_pages() if getattr(page.view, "asks_to_confirm", False)}

    assert asking >= ASKS


def test_signing_in_does_not_count_and_the_password_does(client, principal):
    question = client.get(INVITE).url
    assert question == "/account/confirm/?next=%2Fpeople%2Finvite%2F"

    assert client.post(question, {"password": "fel"}).status_code == 200
    assert client.get(INVITE).status_code == 302
    assert client.post(question, {"password": PASSWORD}).url == INVITE
    assert client.get(INVITE).status_code == 200


def test_confirmation_lasts_five_minutes(client, principal, time_machine):
    time_machine.move_to("2026-11-25T10:00:00+01:00", tick=False)
    client.post("/sign-in/", {"login": principal.user.email, "password": PASSWORD})
    client.post("/account/confirm/", {"password": PASSWORD})
    time_machine.move_to("2026-11-25T10:05:00+01:00", tick=False)
    assert client.get(INVITE).status_code == 200
    time_machine.move_to("2026-11-25T10:05:01+01:00", tick=False)

    assert client.get(INVITE).status_code == 302


def test_code_counts_too(client, principal):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(principal.user, secret)
    _before, now, _after = totp.yield_hotp_counters_from_time()
    code = totp.format_hotp_value(totp.hotp_value(secret, now))

    assert client.post(f"/account/confirm/code/?next={INVITE}", {"code": code}).url == INVITE
    assert client.get(INVITE).status_code == 200


def test_what_was_typed_comes_back_after_confirming_and_nothing_was_done(client, principal):
    question = client.post(INVITE, typed(principal))
    assert question.status_code == 302
    assert Membership.objects.filter(user__email="ny@example.com").count() == 0

    page = client.post(question.url, {"password": PASSWORD}, follow=True)

    text = page.content.decode()
    assert page.redirect_chain[-1][0].startswith(f"{INVITE}?again=")
    assert 'value="Ny &lt;b&gt;"' in text
    assert 'value="ny@example.com"' in text
    assert f'value="{principal.unit.pk}" selected' in text
    assert "You have confirmed that it is you. Nothing is saved yet" in text
    assert not Membership.objects.filter(user__email="ny@example.com").exists()
    assert not KeptPost.objects.exists()
    assert client.post(INVITE, typed(principal)).url == reverse("accounts:people")


def test_part_of_a_page_is_led_away_and_not_put_into_a_table(client, principal):
    response = client.get(INVITE, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?page=2"})

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/account/confirm/?next=%2Fpeople%2F%3Fpage%3D2"


@pytest.fixture
def demo_principal(client):
    """Return an invented principal, who has neither password nor second factor, signed in."""
    member = MembershipFactory(principal=True)
    member.user.set_unusable_password()
    member.user.save()
    client.force_login(member.user)
    return member


def test_invented_people_confirm_with_a_button(client, demo_principal):
    question = client.get(INVITE).url
    assert "Demo: confirm that it is you" in client.get(question).content.decode()

    assert client.post(question, {"next": INVITE}).url == INVITE
    assert client.get(INVITE).status_code == 200


def test_button_exists_only_in_the_demo(client, demo_principal, settings):
    settings.DEMO = False

    assert client.get(INVITE).status_code == 403
    assert client.post("/account/confirm/demo/", {"next": INVITE}).status_code == 404
    assert client.get(INVITE).status_code == 403


def test_button_is_not_for_people_with_a_password(client, principal):
    assert client.post("/account/confirm/demo/", {"next": INVITE}).status_code == 404


def test_the_way_back_leads_to_no_other_site(client, demo_principal):
    assert client.post("/account/confirm/demo/", {"next": "https://evil.example/"}).url == "/account/"
