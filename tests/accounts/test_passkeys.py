"""The pages where a person keeps passkeys."""

from base64 import urlsafe_b64encode

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"


def registration():
    """Return what a browser sends for a new passkey, with a public key that belongs to nobody."""
    key = ES256({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32})
    credential = AttestedCredentialData.create(b"\0" * 16, b"key", key)
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP
    made = AttestationObject.create("none", AuthenticatorData.create(b"r" * 32, flags, 1, credential), {})
    text = {name: urlsafe_b64encode(raw).rstrip(b"=").decode() for name, raw in (("made", bytes(made)), ("id", b"key"))}
    client_data = urlsafe_b64encode(b'{"type":"webauthn.create","challenge":"","origin":"https://localhost"}')
    return {
        "id": text["id"],
        "rawId": text["id"],
        "type": "public-key",
        "response": {"attestationObject": text["made"], "clientDataJSON": client_data.rstrip(b"=").decode()},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


def test_passkeys_are_listed_renamed_and_removed(client):
    user = MembershipFactory().user
    user.set_password(PASSWORD)
    user.save()
    data = {"name": "Nyckel", "credential": registration()}
    key = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert "Nyckel" in client.get("/account/passkeys/").content.decode()
    for path in ("passkeys/add/", f"passkeys/{key.pk}/edit/", f"passkeys/{key.pk}/remove/", "confirm/passkey/"):
        assert client.get(f"/account/{path}").status_code == 200, path
    assert client.post(f"/account/passkeys/{key.pk}/edit/", {"name": "Mobilen"}).status_code == 302
    assert "Mobilen" in client.get("/account/passkeys/").content.decode()
    assert client.post(f"/account/passkeys/{key.pk}/remove/").status_code == 302
    assert not user.authenticator_set.exists()


def test_passkey_of_somebody_else_is_not_there(client):
    key = Authenticator.objects.create(
        user=MembershipFactory().user, type=Authenticator.Type.WEBAUTHN, data={"name": "n", "credential": {}}
    )
    user = MembershipFactory().user
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert client.get(f"/account/passkeys/{key.pk}/edit/").status_code == 404
