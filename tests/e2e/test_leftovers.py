"""After signing out nothing about a child is left in the browser (G21 of security.md)."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.e2e.leftovers import WRITE, canaries_in, stores
from tests.e2e.server import Server
from tests.e2e.walking import follow, walk_in

# HTMX remembers the path it is on; signing out leads to the sign-in page, which has no secrets in its path.
EMPTY = {"local": {}, "session": {"htmx-current-path-for-history": "/sign-in/"}, "databases": [], "caches": []}


def pupils(server: Server) -> list[str]:
    """Return the whole name of every pupil."""
    return [name for (name,) in server.rows("SELECT given_name || ' ' || family_name FROM schools_pupil")]


def look_around(page: Page, server: Server, canaries: list[str]) -> int:
    """Open pages about children, parts of pages among them; return how many showed somebody's name."""
    showing = 0
    for path in ("/", "/pupils/", "/signals/", "/cases/"):
        page.goto(server.url + path)
        showing += bool(canaries_in(page.content(), canaries))
    page.goto(server.url + "/cases/")
    page.locator("main a[href^='/cases/']").first.click()
    expect(page).not_to_have_url(f"{server.url}/cases/")
    showing += bool(canaries_in(page.content(), canaries))
    page.goto(server.url + "/pupils/")
    follow(page, page.locator("main a[href^='/pupils/']").first)
    return showing + bool(canaries_in(page.content(), canaries))


def sign_out(page: Page) -> None:
    """Press the button in the bar."""
    page.locator("form[action='/sign-out/'] button").click()
    page.wait_for_url("**/sign-in/**")


def test_nothing_is_left_after_signing_out(page: Page, demo: Server) -> None:
    canaries = pupils(demo)
    walk_in(page, demo, "counsellor")
    assert look_around(page, demo, canaries) >= 3

    assert canaries_in(stores(page), canaries) == []
    sign_out(page)

    assert json.loads(stores(page)) == EMPTY
    for _ in range(5):
        page.go_back()
        page.wait_for_load_state()
        assert canaries_in(page.content(), canaries) == [], page.url


def test_what_a_page_would_leave_is_found_and_signing_out_removes_it(page: Page, demo: Server) -> None:
    canary = pupils(demo)[0]
    walk_in(page, demo, "counsellor")
    page.evaluate(WRITE, canary)
    assert stores(page).count(canary) == 4

    sign_out(page)

    assert json.loads(stores(page)) == EMPTY
