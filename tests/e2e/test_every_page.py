"""Every page of every person: no accessibility findings in light and dark, no sideways scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.crawling import pages_of
from tests.e2e.server import Server
from tests.e2e.walking import follow, walk_in

PEOPLE = [
    "mentor",
    "counsellor",
    "principal",
    "school_admin",
    "team_worker",
    "intake_worker",
    "unit_head",
    "area_manager",
    "coordinator",
    "analyst",
    "system_admin",
]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
checked: set[str] = set()
"""Kinds of page that axe has judged for somebody; the frame is the same for all."""


@pytest.mark.parametrize("person", PEOPLE)
def test_pages_are_accessible_and_fit_a_narrow_screen(person: str, demo: Server, page: Page):
    names = [f"{given} {family}" for given, family in demo.rows("SELECT given_name, family_name FROM schools_pupil")]
    walk_in(page, demo, person)
    faults: list[str] = []

    for kind in pages_of(page, demo):
        title = page.title()
        faults += [f"{kind}: a child's name in the title" for name in names if name in title]
        faults += sideways(page, kind)
        if kind not in checked:
            checked.add(kind)
            faults += findings(page, kind)

    assert not faults, "\n".join(faults)


def test_signed_out_pages_are_accessible(demo: Server, page: Page):
    faults: list[str] = []
    for path in ("/sign-in/", "/demo/", "/help/", "/about/", "/accessibility/", "/privacy/"):
        page.goto(demo.url + path)
        faults += sideways(page, path) + findings(page, path)
    assert not faults, "\n".join(faults)


def test_pages_behind_a_confirmation_are_accessible(demo: Server, page: Page):
    walk_in(page, demo, "principal")
    pupil = demo.rows(
        "SELECT e.pupil_id FROM schools_enrolment e JOIN schools_classgroup g ON g.id = e.class_group_id "
        "JOIN accounts_membership m ON m.unit_id = g.school_id JOIN accounts_session s ON s.membership_id = m.id "
        "WHERE m.role = 'principal' ORDER BY s.created_at DESC, e.pupil_id LIMIT 1"
    )[0][0]
    faults: list[str] = []
    for path in ("/protected/lift/", f"/pupils/{pupil}/protect/", "/protected/"):
        page.goto(demo.url + path)
        if "/account/confirm/" in page.url:
            follow(page, page.locator("main form button"))
        assert page.url == demo.url + path
        faults += sideways(page, path) + findings(page, path)
        if page.locator("main form.form").count():
            follow(page, page.locator("main form.form button[type=submit]"))
            faults += sideways(page, f"{path} refused") + findings(page, f"{path} refused")
    assert not faults, "\n".join(faults)


def findings(page: Page, kind: str) -> list[str]:
    """Return what axe finds on the open page in light and in dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        result = Axe().run(page, options=AXE)
        for violation in result.response["violations"]:
            where = violation["nodes"][0]["target"]
            found.append(f"{kind} ({scheme}): {violation['id']}: {violation['help']} at {where}")
    page.emulate_media(color_scheme="light")
    return found


def sideways(page: Page, kind: str) -> list[str]:
    """Return a fault for each screen that the open page is wider than."""
    faults = []
    for screen in (320, 768, 1280):
        page.set_viewport_size({"width": screen, "height": 900})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > screen:
            faults.append(f"{kind}: {width} px wide on a screen of {screen}")
    return faults
