"""Every answer keeps out of caches, runs nothing but ours and tells other sites nothing (G22 of security.md)."""

import pytest
from django.core.handlers.base import BaseHandler
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.permissions.verdicts import Verdict
from accounts.roles import Role
from integrations import actions
from tests.architecture.addresses import all_pages
from tests.factories.schools import SchoolFactory

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
EXACT = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PARTIAL = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


def faults_of(path, response):
    """Return what an answer's headers lack."""
    policy = {part.strip() for part in response.headers.get("Content-Security-Policy", "").split(";")}
    vary = {word.strip() for word in response.headers.get("Vary", "").split(",")}
    wanted = {f"{name}: {value}": response.headers.get(name) == value for name, value in EXACT.items()}
    wanted |= {
        "Content-Security-Policy": policy >= POLICY and "unsafe" not in str(policy),
        "Permissions-Policy": "geolocation=()" in response.headers.get("Permissions-Policy", ""),
        "Vary: HX-Request, Cookie": {"HX-Request", "Cookie"} <= vary,
        "Content-Language": response.headers.get("Content-Language") in {"sv", "en"},
    }
    return [f"{path} ({response.status_code}) lacks {header}" for header, there in wanted.items() if not there]


def pages_by_role():
    """Return each page once, with the first role that may enter."""
    order = list(Role)
    return {role: [p for p in all_pages() if p.roles and role == min(p.roles, key=order.index)] for role in Role}


def check(answers):
    """Fail with all that the answers lack; return which status codes there were."""
    answers = list(answers)
    faults = [fault for path, response in answers for fault in faults_of(path, response)]
    assert not faults, "\n".join(faults)
    return {response.status_code for _path, response in answers}


def test_every_page_signed_out(client, db):
    seen = check((page.path, client.get(page.path)) for page in all_pages())

    assert seen >= {200, 302, 405}


def test_every_page_signed_out_as_a_part_of_a_page(client, db):
    seen = check((page.path, client.get(page.path, headers=PARTIAL)) for page in all_pages())

    assert 401 in seen


def test_every_page_signed_in(client, cast, sign_in):
    seen = set()
    for role, pages in pages_by_role().items():
        sign_in(client, cast.by_role()[role])
        seen |= check((path, client.get(path)) for path in [*(page.path for page in pages), "/nothing/"])

    assert seen >= {200, 302, 404, 405}


def test_every_page_signed_in_as_a_part_of_a_page(client, cast, sign_in):
    for role, pages in pages_by_role().items():
        sign_in(client, cast.by_role()[role])
        check((page.path, client.get(page.path, headers=PARTIAL)) for page in pages)


def test_every_page_that_a_role_may_not_enter(client, cast, sign_in):
    seen = set()
    for role in Role:
        sign_in(client, cast.by_role()[role])
        closed = [page.path for page in all_pages() if page.roles is not None and role not in page.roles]
        seen |= check((path, client.get(path)) for path in closed)

    assert 403 in seen
    assert seen <= {403, 405}


def test_every_page_with_a_method_that_it_does_not_take(client, cast, sign_in):
    for role, pages in pages_by_role().items():
        sign_in(client, cast.by_role()[role])
        check((page.path, client.delete(page.path)) for page in pages)


def test_every_page_when_it_breaks(cast, sign_in, monkeypatch):
    def broken(request, *args, **kwargs):
        raise RuntimeError("the view broke")

    monkeypatch.setattr(BaseHandler, "make_view_atomic", lambda self, view: broken)
    monkeypatch.setattr("django.core.handlers.exception.log_response", lambda *args, **kwargs: None)
    monkeypatch.setattr("accounts.gate.verdict_on", lambda *args, **kwargs: Verdict.OPEN)
    client = sign_in(Client(raise_request_exception=False), cast.principal)

    answers = [(page.path, client.get(page.path)) for page in all_pages()]

    check(answers)
    assert [path for path, response in answers if response.status_code != 500] == []


def test_request_that_is_no_request_of_ours(client, db):
    response = client.get("/help/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert [fault for fault in faults_of("/help/", response) if "Vary" not in fault and "Language" not in fault] == []


def test_download(client, cast, sign_in, confirm):
    text = "Elev-id;Datum;Giltig;Ogiltig\nx;2026-11-31;0;45\n"
    principal = cast.principal
    SchoolFactory(unit=principal.unit)
    absence_import = actions.upload_absence_file(
        unit=principal.unit, file_name="vecka.csv", content=text.encode(), by=principal, at=timezone.now()
    )
    actions.read_import(absence_import, at=timezone.now())
    path = reverse("integrations:import_errors", args=[absence_import.pk])

    response = confirm(sign_in(client, principal)).get(path)

    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert faults_of(path, response) == []


def test_lacking_headers_are_found(client, db):
    response = client.get("/livez/")
    response["Cache-Control"] = "max-age=60"
    response["Content-Security-Policy"] = "default-src 'none'; script-src 'self' 'unsafe-inline'"
    del response["Vary"]
    del response["Cross-Origin-Resource-Policy"]

    assert len(faults_of("/livez/", response)) == 4


def test_browser_is_told_to_use_tls_only(settings, db):
    settings.SECURE_HSTS_SECONDS = 31536000
    client = Client()
    lacking = [
        page.path
        for page in all_pages()
        if "max-age=31536000" not in client.get(page.path, secure=True).headers.get("Strict-Transport-Security", "")
    ]

    assert lacking == []


def test_signing_out_empties_the_browser(client, cast, sign_in):
    response = sign_in(client, cast.principal).post("/sign-out/")

    assert response["Clear-Site-Data"] == '"cache", "storage"'


CALLED_BY_SERVERS = "/imports/notices/"
"""No browser's form is sent here: the address itself is the secret (integrations/ss12000/notices.py)."""


def pages_for_browsers():
    return [page for page in all_pages() if not page.path.startswith(CALLED_BY_SERVERS)]


def test_one_address_is_called_by_servers():
    assert len(all_pages()) - len(pages_for_browsers()) == 1


def test_nothing_is_changed_without_the_forms_token(cast, sign_in):
    client = Client(enforce_csrf_checks=True)
    answers = {page.path: client.post(page.path).status_code for page in pages_for_browsers()}
    sign_in(client, cast.principal)
    answers |= {f"{page.path} signed in": client.post(page.path).status_code for page in pages_for_browsers()}

    assert {path: status for path, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method_gets_round_the_token(cast, sign_in, method):
    client = sign_in(Client(enforce_csrf_checks=True), cast.principal)

    assert {getattr(client, method)(page.path).status_code for page in pages_for_browsers()} == {403}


def test_no_page_has_inline_style_or_script(client, cast, sign_in):
    sign_in(client, cast.principal)
    faults = []
    for page in all_pages():
        text = client.get(page.path).content.decode(errors="replace")
        faults += [
            f"{page.route} has {word}" for word in (" style=", "<style", " onclick=", " onload=") if word in text
        ]

    assert not faults, "\n".join(faults)
