"""A school's own system is connected and read: by the system administrator without JavaScript, then by the school."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server, running_copy
from tests.e2e.test_every_page import findings, sideways
from tests.e2e.walking import follow, walk_in
from tests.ss12000_server.data import a_school
from tests.ss12000_server.server import Behaviour, Source, serving

SCHOOL_OF = """
SELECT s.school_unit_code, p.name FROM schools_school s JOIN schools_provider p ON p.id = s.provider_id
  JOIN accounts_membership m ON m.unit_id = s.unit_id AND m.role = 'school_admin'
  JOIN accounts_user u ON u.id = m.user_id AND (u.given_name, u.family_name) = ('Camilla', 'Rydell')
"""
PATIENCE = 60


@pytest.fixture
def demo_with_sources(demo_template: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return a server and worker that may read a source on this machine."""
    monkeypatch.setenv("SCHOOL_SOURCES_ON_THIS_MACHINE", "1")
    with running_copy(worker=True) as server:
        yield server


@pytest.fixture
def system(demo_with_sources: Server) -> Iterator[Source]:
    """Serve a small school under the code of the school administrator's."""
    data = a_school()
    data.lists["organisations"][1]["schoolUnitCode"] = demo_with_sources.rows(SCHOOL_OF)[0][0]
    for row in data.lists["persons"]:
        row["civicNo"], row["birthDate"] = None, "2013-02-03"
    with serving(data, Behaviour(missing={"attendances", "aggregatedAttendance"})) as source:
        yield source


def wait_for(page: Page, words: str) -> None:
    """Load the page again until it says something; nothing moves by itself without JavaScript."""
    until = time.monotonic() + PATIENCE
    while words not in page.locator("main").inner_text() and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("main")).to_contain_text(words)


def confirm(page: Page) -> None:
    """Say once more who one is."""
    page.wait_for_url("**/account/confirm/**")
    follow(page, page.locator("main form button[type=submit]"))


def test_a_source_is_entered_tested_read_and_answered(
    demo_with_sources: Server, system: Source, no_js_page: Page, open_page
):
    demo, page = demo_with_sources, no_js_page
    (code, provider) = demo.rows(SCHOOL_OF)[0]
    walk_in(page, demo, "system_admin")
    page.get_by_role("link", name="Källor").first.click()
    page.get_by_role("link", name="Lägg till en källa").first.click()
    confirm(page)

    page.locator("[name=name]").fill("Elevregistret")
    page.locator("[name=provider]").select_option(label=provider)
    page.locator("[name=address]").fill(system.address)
    page.locator("[name=sign_in][value=bearer]").check()
    page.locator("[name=schools]").fill("99999999")
    for name in ("duties", "deletedEntities", "calendarEvents"):
        page.locator(f"[name=endpoints][value={name}]").check()
    page.locator("[name=is_dry_run]").uncheck()
    page.get_by_role("button", name="Spara källan").click()
    expect(page.locator("main")).to_contain_text("ingen skola med koden: 99999999")
    expect(page.locator("[name=address]")).to_have_value(system.address)
    page.locator("[name=schools]").fill(code)
    page.get_by_role("button", name="Spara källan").click()

    page.get_by_role("link", name="Skriv in hemligheten").click()
    page.locator("[name=credential]").fill("fixed")
    page.get_by_role("button", name="Spara hemligheten").click()
    expect(page.locator("main")).not_to_contain_text("fixed")
    page.get_by_role("button", name="Prova anslutningen").click()
    wait_for(page, "Servern känner till skolan.")
    expect(page.get_by_role("row", name=re.compile("Närvaro för sig"))).to_contain_text("Nej")

    page.get_by_role("button", name="Läs registret nu").click()
    wait_for(page, "6 nya elever")
    expect(page.locator("main")).not_to_contain_text("Elev000")

    school = open_page()
    walk_in(school, demo, "school_admin")
    school.goto(f"{demo.url}/imports/")
    school.get_by_role("link", name="Register från skolans system").click()
    school.locator("main table a").first.click()
    expect(school.locator("main")).to_contain_text("Elev000 Påhittad")
    faults = findings(school, "comparison") + sideways(school, "comparison")
    school.get_by_role("button", name="Svara").click()
    wait_for(school, "Ändringarna är genomförda")
    assert demo.rows("SELECT count(*) FROM schools_pupil WHERE family_name = 'Påhittad'")[0][0] == 6

    seen = open_page()
    walk_in(seen, demo, "system_admin")
    for link in ("/imports/sources/", page.url.removeprefix(demo.url)):
        seen.goto(demo.url + link)
        faults += findings(seen, link) + sideways(seen, link)
    for link in ("Ändra inställningarna", "Skriv in hemligheten"):
        seen.goto(page.url)
        follow(seen, seen.get_by_role("link", name=link))
        if "/account/confirm/" in seen.url:
            confirm(seen)
        faults += findings(seen, link) + sideways(seen, link)
    assert not faults, "\n".join(faults)
