"""A stolen database opens no account: passwords are peppered, second factors and kept texts are encrypted."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.passwords import NotGuessableValidator, PepperedArgon2PasswordHasher
from accounts.secrecy import NotReadable, decrypt, encrypt
from tests.factories.accounts import MembershipFactory, UserFactory

PASSWORD = "långt ord med hästar"
REAL = ["accounts.passwords.PepperedArgon2PasswordHasher", "django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_stolen_hash_is_not_of_the_password():
    stored = PepperedArgon2PasswordHasher().encode(PASSWORD, "salt" * 6)
    as_plain_argon2 = stored.removeprefix("peppered_")

    assert not Argon2PasswordHasher().verify(PASSWORD, as_plain_argon2)


def test_right_password_is_right_and_wrong_is_wrong(settings):
    settings.PASSWORD_HASHERS = REAL
    stored = make_password(PASSWORD)

    assert stored.startswith("peppered_argon2$")
    assert check_password(PASSWORD, stored)
    assert not check_password("fel", stored)


def test_another_servers_key_does_not_open(settings):
    settings.PASSWORD_HASHERS = REAL
    stored = make_password(PASSWORD)
    settings.PASSWORD_PEPPER = "another"

    assert not check_password(PASSWORD, stored)


@pytest.mark.django_db
def test_old_hash_is_stored_anew_at_sign_in(client, settings):
    settings.PASSWORD_HASHERS = REAL
    user = MembershipFactory().user
    user.password = Argon2PasswordHasher().encode(PASSWORD, "salt" * 6)
    user.save()

    assert client.post("/sign-in/", {"login": user.email, "password": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("peppered_argon2$")


@pytest.mark.django_db
def test_rows_of_second_factors_do_not_hold_the_secrets():
    user = UserFactory()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = str(cursor.fetchall())

    assert secret not in stored
    assert decrypt(codes.instance.data["seed"], "second factor") not in stored
    assert all(code not in stored for code in codes.generate_codes())
    assert totp.TOTP(Authenticator.objects.get(type="totp")).instance.wrap()


def test_key_can_be_changed_while_old_rows_stay_readable(settings):
    settings.ENCRYPTION_KEYS = ["old"]
    stored = encrypt("hemligt", "test")
    settings.ENCRYPTION_KEYS = ["new", "old"]
    assert decrypt(stored, "test") == "hemligt"
    settings.ENCRYPTION_KEYS = ["new"]

    with pytest.raises(NotReadable):
        decrypt(stored, "test")


def test_what_is_encrypted_for_one_purpose_is_not_readable_for_another():
    with pytest.raises(NotReadable):
        decrypt(encrypt("hemligt", "one"), "other")


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "p4ssw0rdp4ssw0rd",
        "Stockholm2026!!!!",
        "sommar2026sommar2026",
        "Lösenord!Stockholm1",
        "närvarobryggan2026",
        "karimazizkarim1984",
        "qwertyuiopasdfgh",
        "abcdefghijklmnopq",
        "hejhejhejhejhejhej",
        "aaaaaaaaaaaaaaaaaaa",
        "123456789012345",
    ],
)
def test_password_that_is_easy_to_guess_is_refused(password):
    user = UserFactory.build(given_name="Karim", family_name="Aziz", email="karim.aziz@example.com")

    with pytest.raises(ValidationError):
        NotGuessableValidator().validate(password, user)


@pytest.mark.parametrize(
    "password", [PASSWORD, "correct horse battery staple", "hG7k2Lq9zP4mX8wR", "vind tegel panna 7"]
)
def test_password_that_is_hard_to_guess_is_taken_whatever_it_is_composed_of(password):
    NotGuessableValidator().validate(password, UserFactory.build())


@pytest.mark.django_db
def test_fourteen_signs_are_too_few(client):
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)

    def change(new):
        fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        return client.post("/account/password/", fields).status_code

    assert change("vindtegelpanna") == 422
    assert change("vindtegelpannan") == 302
