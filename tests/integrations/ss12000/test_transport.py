"""Only https and only public addresses, looked at when connecting; a secret goes to the host it was entered for."""

import socket

import httpx
import pytest

from integrations.ss12000.client import Client
from integrations.ss12000.problems import SourceError
from integrations.ss12000.signing_in import Credentials, hosts_of, seal, unseal
from integrations.ss12000.transport import CheckedBackend, check_address, may_be_called, open_client, public_addresses


@pytest.fixture(autouse=True)
def as_on_a_server(settings):
    settings.SCHOOL_SOURCES_ON_THIS_MACHINE = False


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
     "192.0.2.1", "198.18.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::",
     "2001:db8::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_called(address):
    assert not may_be_called(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.10.1.1", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_addresses_may_be_called(address):
    assert may_be_called(address)


def code_of(call):
    with pytest.raises(SourceError) as raised:
        call()
    return raised.value.code


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (10, 1, 6, "", ("::1", 443, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    assert code_of(lambda: public_addresses("sis.example.org", 443)) == "address_not_public"


def test_a_name_that_changes_its_mind_is_looked_up_once_and_called_where_it_was_checked(monkeypatch):
    answers = iter([[(2, 1, 6, "", ("8.8.8.8", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: next(answers))
    called = []
    backend = CheckedBackend()
    monkeypatch.setattr(backend._plain, "connect_tcp", lambda address, *_a: called.append(address))

    backend.connect_tcp("sis.example.org", 443)

    assert called == ["8.8.8.8"]


def test_a_conversation_with_this_machine_is_refused_though_the_address_is_https():
    client = Client("https://localhost/v2.0", Credentials("none"), sleep=lambda _s: None)

    assert code_of(lambda: client.get("persons")) == "address_not_public"


@pytest.mark.parametrize(
    ("address", "code"),
    [("http://sis.example.org/v2.0", "address_not_https"), ("ftp://sis.example.org", "address_not_https"),
     ("https://user:pass@sis.example.org", "address_unknown"), ("https://", "address_unknown"),
     ("https://sis.example.org/#x", "address_unknown"), ("sis.example.org", "address_unknown"),
     ("https://[::1", "address_unknown")],
)  # fmt: skip
def test_an_address_we_cannot_use_has_a_name(address, code):
    assert code_of(lambda: check_address(address)) == code


def test_no_proxy_and_no_redirect_and_certificates_are_checked():
    client = open_client()

    assert not client.follow_redirects
    assert not client.trust_env
    assert client.timeout == httpx.Timeout(30)


def test_a_certificate_that_is_none_is_refused():
    assert code_of(lambda: open_client("-----BEGIN NOTHING-----")) == "certificate_refused"


def test_a_secret_is_readable_for_the_hosts_it_was_entered_for_and_no_others():
    hosts = hosts_of("https://api.example.org/v2.0", "https://login.example.org/token")
    sealed = seal("hemligt", hosts)

    assert "hemligt" not in sealed
    assert unseal(sealed, hosts) == "hemligt"
    for other in ("https://evil.example.org/v2.0", "https://api.example.org:8443/v2.0"):
        moved = hosts_of(other, "https://login.example.org/token")
        assert code_of(lambda moved=moved: unseal(sealed, moved)) == "secret_unreadable"
    assert hosts_of("https://API.example.org/v2.0/", "https://login.example.org/token") == hosts
