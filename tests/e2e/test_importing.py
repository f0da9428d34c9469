"""Bringing a file of absence in, as a principal does: faults named, columns remembered, an import taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.test_every_page import findings, sideways
from tests.e2e.test_the_whole_story import PUPILS, SCHOOL, approve, wait_for
from tests.e2e.walking import follow, walk_in

COLUMNS = ".ds-button[href$='/columns/']"
STATE = """
SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY pupil_id, day, source_id), '')) FROM attendance_attendanceday t
"""


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def has_scripts(request: pytest.FixtureRequest) -> bool:
    """Go the whole way with JavaScript and without."""
    return request.param


@pytest.fixture
def page(has_scripts: bool, fresh_demo: Server, open_page: Callable[..., Page]) -> Page:
    """Have a principal walked in."""
    page = open_page(java_script_enabled=has_scripts)
    walk_in(page, fresh_demo, "principal")
    return page


def test_faults_are_named_columns_remembered_and_an_import_taken_back(
    page: Page, fresh_demo: Server, has_scripts: bool
) -> None:
    [(school,)] = fresh_demo.rows(SCHOOL)
    ids = [value for (value,) in fresh_demo.rows(PUPILS, school)][:30]
    [(last_day,)] = fresh_demo.rows("SELECT max(day) FROM attendance_classday")
    before = fresh_demo.rows(STATE)

    upload(page, fresh_demo, as_file(ids, last_day, 45, "31-11-26"), "fel.csv", has_scripts)
    wait_for(page, page.locator(COLUMNS))
    judge(page, has_scripts)
    page.locator(COLUMNS).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stäm av kolumnerna")
    judge(page, has_scripts)
    page.get_by_role("button", name="Läs filen så här").click()
    wait_for(page, page.locator("#problems"))
    expect(page.locator("main")).to_contain_text("Skriv året med fyra siffror")
    judge(page, has_scripts)
    page.get_by_role("button", name=re.compile("^Avbryt")).click()

    upload(page, fresh_demo, as_file(ids, last_day, 45), "hel.csv", has_scripts)
    wait_for(page, page.locator("#differences"))
    expect(page.locator("#classes")).to_be_visible()
    judge(page, has_scripts)
    approve(page)
    assert fresh_demo.rows(STATE) != before

    follow(page, page.get_by_role("link", name="Ångra importen"))
    judge(page, has_scripts)
    page.get_by_role("button", name="Ångra importen").click()
    wait_for(page, page.locator("section.receipt"))
    expect(page.locator("section.receipt")).to_contain_text("är som det var före")
    assert fresh_demo.rows(STATE) == before

    page.goto(f"{fresh_demo.url}/imports/absence-sources/")
    judge(page, has_scripts)
    follow(page, page.locator("main a[href*='/imports/absence-sources/']").last)
    judge(page, has_scripts)


def as_file(ids: list[str], day: object, minutes: int, spoilt: str = "") -> bytes:
    """Return the file of one day, with one date spoilt if a test wants it."""
    rows = [f"{one};{day};300;300;0;{minutes}" for one in ids]
    if spoilt:
        rows[3] = rows[3].replace(str(day), spoilt)
    return "\n".join(["Elev-id;Datum;Undv. tid;Rapporterad;GF min;F min", *rows]).encode()


def upload(page: Page, server: Server, content: bytes, name: str, has_scripts: bool) -> None:
    """Choose the file and send it."""
    page.goto(f"{server.url}/imports/new/")
    judge(page, has_scripts)
    page.set_input_files("input[name=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Ladda upp och granska").click()


def judge(page: Page, has_scripts: bool) -> None:
    """Have axe find nothing on the open page, in light and dark, and no screen too narrow for it."""
    if has_scripts:
        faults = findings(page, page.url) + sideways(page, page.url)
        page.set_viewport_size({"width": 1280, "height": 900})
        assert not faults, "\n".join(faults)
