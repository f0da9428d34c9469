"""G18: no page shows a pupil without a row in the log, and no page is shown when the log cannot be written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from django.http import HttpResponse
from django.test import Client

from accounts.models import Membership
from tests.confirmed import confirmed

HREF = re.compile(r'(?:href|hx-get)="([/?][^"#]*)"')
NOT_PAGES = re.compile(r"^/(static|demo|sign-out|set-language|switch|account)/")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
HTMX = {"HTTP_HX_REQUEST": "true"}


def pages_of(client: Client, each_kind: int = 1) -> Iterator[tuple[str, HttpResponse]]:
    """Open some pages of every kind that links lead to from the start page."""
    waiting, seen, opened = ["/"], {"/"}, Counter()
    while waiting:
        path = waiting.pop(0)
        response = client.get(path)
        yield path, response
        if response.status_code in {301, 302}:
            text = f'href="{response.url}"'
        elif response["Content-Type"].startswith("text/html"):
            text = response.content.decode()
        else:
            continue
        for found in HREF.findall(text.replace("&amp;", "&")):
            target = path.partition("?")[0] + found if found.startswith("?") else found
            kind = ID.sub("*", target)
            if target not in seen and not NOT_PAGES.match(target) and opened[kind] < each_kind:
                seen.add(target)
                opened[kind] += 1
                waiting.append(target)


def entered(client: Client, member: Membership) -> Client:
    """Become somebody."""
    client.force_login(member.user)
    return confirmed(client)


def people(canaries) -> list[Membership]:
    """Return everybody of the cast."""
    return [member for member in vars(canaries.cast).values() if isinstance(member, Membership)]


def test_whoever_is_on_a_page_is_in_its_row(client: Client, canaries, rows_of_one_request: Callable):
    shown, opened, missed, too_many = 0, 0, [], []

    for member in people(canaries):
        rows_of_one_request()
        for path, response in pages_of(entered(client, member), each_kind=2):
            rows = rows_of_one_request()
            on_page = canaries.on(response.content.decode())
            logged = {pupil for row in rows for pupil in row.pupils}
            opened += 1
            shown += bool(on_page)
            if on_page - logged or len(rows) > 1:
                missed.append(f"{member.role} {path}: {len(rows)} rows, {len(on_page - logged)} pupils missing")
            if logged - on_page and response.status_code == 200:
                too_many.append(f"{member.role} {path}: {len(logged - on_page)} pupils too many")

    assert not missed, "\n".join(missed)
    assert not too_many, "\n".join(too_many)
    assert shown > 100, (shown, opened)


def test_partials_are_logged_as_pages(client: Client, canaries, rows_of_one_request: Callable):
    missed = []

    for member in (canaries.cast.counsellor, canaries.cast.worker):
        addresses = [path for path, _response in pages_of(entered(client, member))]
        rows_of_one_request()
        for path in addresses:
            response = client.get(path, **HTMX)
            logged = {pupil for row in rows_of_one_request() for pupil in row.pupils}
            if canaries.on(response.content.decode()) - logged:
                missed.append(f"{member.role} {path}")

    assert not missed, "\n".join(missed)


def test_no_row_no_page(client: Client, canaries, rows_of_one_request: Callable, as_owner: Callable):
    client.raise_request_exception = False
    logged: list[tuple[Membership, str]] = []
    for member in people(canaries):
        rows_of_one_request()
        logged += [(member, path) for path, _page in pages_of(entered(client, member)) if rows_of_one_request()]
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON audit_accessrecord FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )

    served = []
    for member, path in logged:
        response = entered(client, member).get(path)
        if response.status_code < 500 or canaries.on(response.content.decode()):
            served.append(f"{member.role} {path}: {response.status_code}")

    assert len(logged) > 100
    assert not served, "\n".join(served)


def test_without_the_middleware_the_crawl_finds_pages_without_rows(
    client: Client, canaries, rows_of_one_request: Callable, settings
):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("audit.")]

    shown = [
        path for path, page in pages_of(entered(client, canaries.cast.principal)) if canaries.on(str(page.content))
    ]

    assert len(shown) > 10
    assert not rows_of_one_request()
