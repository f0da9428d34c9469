"""Who may enter is a row for every address, is true for every role and method, and stands in docs/who-may-enter.md."""

import pytest
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django.test import override_settings
from django.urls import include, path

from accounts.permissions import PAGES, Anybody
from accounts.permissions.verdicts import Verdict, verdict_on
from accounts.roles import Role
from tests.architecture.addresses import all_pages, faults_of, walk
from tests.factories.accounts import UserFactory

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# An allowed reader of a row that does not exist: a page, another page, a faulty form, no such row, a link used up.
ENDS_THE_SESSION = {"account_logout", "accounts:switch", "demo:enter"}
FINE = {200, 204, 302, 404, 410, 422}


def test_every_address_has_a_row_and_every_row_an_address():
    faults = [fault for page in all_pages() for fault in faults_of(page)]

    assert not faults, "\n".join(faults)
    assert {page.name for page in all_pages()} == set(PAGES)


def view(request):
    return HttpResponse("in")


def plain_refusal(request, exception):
    """Say no without the frame, whose links do not exist here, and whose drawing would be most of the time."""
    return HttpResponseForbidden()


def plain_not_found(request, exception):
    """Say that there is no such row, without the frame."""
    return HttpResponseNotFound()


@pytest.fixture(autouse=True)
def refusals_are_plain(monkeypatch):
    monkeypatch.setattr("config.urls.handler403", plain_refusal, raising=False)
    monkeypatch.setattr("config.urls.handler404", plain_not_found, raising=False)
    cache.clear()


handler403 = plain_refusal
somewhere = [path("somewhere/", view, name="somewhere")]
urlpatterns = [path("", include((somewhere, "new"))), path("nameless/", view)]


def test_an_address_without_a_row_is_found():
    (page,) = walk(somewhere, "/", "new:")

    assert faults_of(page) == ["/somewhere/ (new:somewhere) has no row in accounts/permissions/pages.py"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"GET": frozenset()}, "no role"),
        ({"GET": Anybody("")}, "needs a reason"),
        ({"GET": Anybody("Everybody may see it."), "POST": frozenset(Role)}, "public with one method"),
        ({"TRACE": frozenset(Role)}, "method that no page"),
    ],
)
def test_wrong_rows_are_found(monkeypatch, row, words):
    monkeypatch.setitem(PAGES, "new:somewhere", row)
    (page,) = walk(somewhere, "/", "new:")

    assert any(words in fault and "/somewhere/" in fault for fault in faults_of(page))


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("address", ["/somewhere/", "/nameless/"])
def test_an_address_without_a_row_is_closed_to_everybody(client, cast, sign_in, address):
    for method in METHODS:
        assert client.generic(method, address).status_code == 403
    for member in cast.by_role().values():
        sign_in(client, member)
        assert {client.generic(method, address).status_code for method in METHODS} == {403}


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_row_opens_what_was_closed(client, cast, sign_in, monkeypatch):
    monkeypatch.setitem(PAGES, "new:somewhere", {"GET": frozenset({Role.MENTOR})})

    assert sign_in(client, cast.mentor).get("/somewhere/").content == b"in"


@pytest.mark.django_db
def test_signed_out_reaches_only_public_pages(client):
    faults = []
    for page in all_pages():
        for method in METHODS:
            response = client.generic(method, page.path)
            status = response.status_code
            to_sign_in = response.headers.get("Location", "").startswith("/sign-in/?next=")
            if page.name == "accounts:stay":
                right = status == 401  # asked for by a script, which has no use for the sign-in page
            elif page.public_reason is None:
                right = status == 302 and to_sign_in
            else:
                right = status in FINE and not to_sign_in if page.lets_in(Role.MENTOR, method) else status == 405
            if not right:
                faults.append(f"{method} {page.route}: {status}")

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", Role)
def test_the_gate_says_what_the_row_in_the_table_says(role):
    """Every address, method and role, asked of the gate itself."""
    meant = {Verdict.OPEN: FINE | {403}, Verdict.NO_SUCH_METHOD: {405}, Verdict.REFUSED: {403}}
    for page in all_pages():
        for method in METHODS:
            verdict = verdict_on(page.name, method, is_signed_in=True, role=role)
            assert expected_of(page, role, method) <= meant[verdict], (page.route, method, role, verdict)


@pytest.mark.parametrize("role", Role)
def test_role_reaches_what_its_row_in_the_table_says(client, cast, sign_in, role):
    """Through the whole program: reading and sending everywhere, each of the other methods as some role or other."""
    faults = []
    sign_in(client, cast.by_role()[role])
    for number, page in enumerate(all_pages()):
        for method in ["GET", "POST", *(METHODS if number % len(Role) == list(Role).index(role) else [])]:
            status = client.generic(method, page.path).status_code
            if page.name in ENDS_THE_SESSION and method == "POST":
                sign_in(client, cast.by_role()[role])
            if status not in expected_of(page, role, method):
                faults.append(f"{method} {page.route}: {status} for {role.label}")

    assert not faults, "\n".join(faults)


def expected_of(page, role, method):
    """Return the statuses that the table means: in, no such method, or refused."""
    if page.lets_in(role, method):
        # A download of codes that were never made: django-allauth says 403.
        return FINE | {403} if page.name == "mfa_download_recovery_codes" else FINE
    if page.public_reason is not None or role in page.roles:
        return {405} if method not in page.methods else {403}
    return {403}


@pytest.mark.django_db
def test_without_a_role_one_reaches_only_ones_own_pages(client):
    client.force_login(UserFactory())
    for page in all_pages():
        if page.public_reason is None and any(isinstance(opens, frozenset) for opens in page.methods.values()):
            response = client.get(page.path)
            assert (response.status_code, response.url) == (302, "/no-membership/"), page.route
