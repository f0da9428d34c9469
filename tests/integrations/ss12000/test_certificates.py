"""Over TLS: the server must be whom its address says, and where it asks who we are it gets our certificate."""

from __future__ import annotations

import ssl

import pytest
from django.utils import timezone

from integrations.ss12000 import settings_actions
from integrations.ss12000.client import Client
from integrations.ss12000.connection_test import try_source
from integrations.ss12000.models import SourceSecret
from integrations.ss12000.problems import SourceError
from integrations.ss12000.signing_in import Credentials
from tests.factories.accounts import MembershipFactory
from tests.ss12000_server.certificates import Authority, server_side
from tests.ss12000_server.server import serving

NOBODY_ASKED = Credentials("bearer", "fixed")


@pytest.fixture(scope="module")
def known():
    return Authority("known.example.org")


@pytest.fixture(scope="module")
def unknown():
    return Authority("unknown.example.org")


@pytest.fixture(autouse=True)
def trusted(known, tmp_path, monkeypatch):
    """Let this machine trust the known authority and no other."""
    file = tmp_path / "trusted.pem"
    file.write_text(known.own())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))


def ask(address, certificate=""):
    client = Client(address, NOBODY_ASKED, certificate=certificate, sleep=lambda _seconds: None)
    try:
        return client.get("organisations", [("limit", "1")])
    finally:
        client.close()


def refusal(address, certificate=""):
    with pytest.raises(SourceError) as refused:
        ask(address, certificate)
    return refused.value.code


def test_a_server_that_a_known_authority_vouches_for_is_asked(known, data, tmp_path):
    with serving(data, tls=server_side(tmp_path, known.vouch_for("localhost"))) as source:
        assert ask(source.address)["data"]


def test_a_server_that_nobody_known_vouches_for_gets_no_secret(unknown, data, tmp_path):
    with serving(data, tls=server_side(tmp_path, unknown.vouch_for("localhost"))) as source:
        assert refusal(source.address) == "certificate_refused"
        assert source.headers == []


def test_a_server_by_another_name_gets_no_secret(known, data, tmp_path):
    with serving(data, tls=server_side(tmp_path, known.vouch_for("sis.example.org"))) as source:
        assert refusal(source.address) == "certificate_refused"
        assert source.headers == []


def test_a_certificate_that_has_ended_is_not_accepted(known, data, tmp_path):
    with serving(data, tls=server_side(tmp_path, known.vouch_for("localhost", ended=True))) as source:
        assert refusal(source.address) == "certificate_refused"


def test_a_server_that_asks_who_we_are_gets_our_certificate(known, unknown, data, tmp_path):
    tls = server_side(tmp_path, known.vouch_for("localhost"), only_clients_of=unknown)
    with serving(data, tls=tls) as source:
        assert ask(source.address, unknown.vouch_for("narvarobryggan"))["data"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_without_our_certificate_or_with_another_such_a_server_lets_nobody_in(known, unknown, data, tmp_path, version):
    tls = server_side(tmp_path, known.vouch_for("localhost"), only_clients_of=unknown)
    tls.maximum_version = version
    with serving(data, tls=tls) as source:
        for certificate in ("", known.vouch_for("narvarobryggan"), unknown.vouch_for("narvarobryggan", ended=True)):
            assert refusal(source.address, certificate) == "certificate_wanted"
        assert source.headers == []


def test_what_is_no_certificate_is_told_before_anybody_is_called(known, data, tmp_path):
    with serving(data, tls=server_side(tmp_path, known.vouch_for("localhost"))) as source:
        assert refusal(source.address, "-----BEGIN CERTIFICATE-----\nnej\n") == "certificate_refused"
        assert source.headers == []


@pytest.mark.django_db
def test_the_certificate_that_an_administrator_entered_is_the_one_that_is_shown(place, known, unknown, data, tmp_path):
    tls = server_side(tmp_path, known.vouch_for("localhost"), only_clients_of=unknown)
    admin = MembershipFactory(system_admin=True)
    with serving(data, tls=tls) as source:
        row = place.source
        row.address, row.sign_in = source.address, "bearer"
        row.save()
        entered = {SourceSecret.Kind.SECRET: "fixed", SourceSecret.Kind.CERTIFICATE: unknown.vouch_for("narvaro")}
        for kind, secret in entered.items():
            settings_actions.set_secret(row, kind=kind, secret=secret, by=admin, at=timezone.now())

        lines = {line["what"]: line["code"] for line in try_source(row, at=timezone.now())}

    assert lines["organisations"] == "ok"
    assert lines["persons"] == "ok"
