"""Which language a page speaks."""

import pytest
from django.test import override_settings

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


@override_settings(LANGUAGE_CODE="sv")
def test_swedish_without_a_choice_whatever_the_browser_says(client):
    response = client.get(SIGN_IN, headers={"accept-language": "en"})

    assert '<html lang="sv"' in response.content.decode()
    assert response["Content-Language"] == "sv"


def test_choice_before_sign_in_is_kept_in_a_cookie(client):
    response = client.post("/set-language/", {"language": "sv", "next": SIGN_IN})

    assert response.url == SIGN_IN
    assert '<html lang="sv"' in client.get(SIGN_IN).content.decode()


def test_choice_when_signed_in_is_kept_on_the_person(client):
    user = UserFactory(language="en")
    client.force_login(user)
    client.post("/set-language/", {"language": "sv"})
    client.cookies.pop("django_language")

    assert '<html lang="sv"' in client.get("/account/").content.decode()


def test_unknown_language_and_foreign_address_are_ignored(client):
    response = client.post("/set-language/", {"language": "xx", "next": "https://evil.example/"})

    assert response.url == "/"
    assert "django_language" not in response.cookies
