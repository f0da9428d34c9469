"""The school's own work, in Swedish: a measure, the investigation, and a request when one guardian says no."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.test_the_whole_story import SCHOOL, UNKNOWN_PUPIL, agree
from tests.e2e.walking import walk_in


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def counsellor(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Page:
    """Have the counsellor walk in."""
    page = open_page(java_script_enabled=request.param)
    walk_in(page, fresh_demo, "counsellor")
    return page


@pytest.fixture
def pupil(fresh_demo: Server) -> str:
    """Return the id of a pupil under 15 of the counsellor's school about whom nothing has been said."""
    [(school,)] = fresh_demo.rows(SCHOOL)
    [(_source_id, found, _name)] = fresh_demo.rows(UNKNOWN_PUPIL, school)
    return str(found)


def test_from_a_measure_over_the_investigation_to_a_request_with_one_guardian_against(
    counsellor: Page, pupil: str, fresh_demo: Server
):
    add_a_measure(counsellor, fresh_demo, pupil)
    open_the_investigation(counsellor, fresh_demo, pupil)
    ask_with_one_guardian_against(counsellor, fresh_demo, pupil)


def add_a_measure(page: Page, server: Server, pupil: str) -> None:
    """What is done, by whom, and when it is asked whether it helps: only kind and pupil's view to say."""
    page.goto(f"{server.url}/pupils/{pupil}/measures/new/")
    page.get_by_label("Vad gör skolan?").select_option(label="En egen vuxen i skolan")
    page.locator("[name=pupil_agrees][value=yes]").check(force=True)
    page.get_by_role("button", name="Spara insatsen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("En egen vuxen i skolan")
    page.goto(f"{server.url}/pupils/{pupil}/")
    expect(page.locator("main")).to_contain_text("En egen vuxen i skolan")


def open_the_investigation(page: Page, server: Server, pupil: str) -> None:
    """The pattern is filled in; each task is written by itself."""
    page.goto(f"{server.url}/pupils/{pupil}/mapping/new/")
    page.get_by_role("button", name="Börja utreda").click()
    expect(page).to_have_url(re.compile(f"/pupils/{pupil}/mapping/[0-9a-f-]{{36}}/$"))
    expect(page.get_by_role("heading", name="0 av 8 delar klara")).to_be_visible()
    expect(page.get_by_role("link", name="Anmäl till huvudmannen")).to_be_visible()
    [(tasks, duties)] = server.rows(
        """SELECT (SELECT count(*) FROM attendance_investigationtask t WHERE t.investigation_id = i.id),
                  (SELECT count(*) FROM attendance_investigationduty d WHERE d.investigation_id = i.id)
             FROM attendance_absenceinvestigation i WHERE i.pupil_id = %s""",
        pupil,
    )
    assert (tasks, duties) == (8, 2)


def ask_with_one_guardian_against(page: Page, server: Server, pupil: str) -> None:
    """Both must say yes; one says no: nothing is sent, nothing is lost, and the lawful ways are offered."""
    page.goto(f"{server.url}/requests/new/?pupil={pupil}")
    page.locator("label", has_text="Farsta närvaroteam").first.click()
    page.fill("[name=what_hinders]", "Vill inte möta klassen på morgonen.")
    page.fill("[name=help_wanted]", "Stöd till hemmet och en väg in på morgonen.")
    expect(page.locator("main")).to_contain_text("En egen vuxen i skolan")
    agree(page)
    page.locator("input[name=guardian_2_answer][value=no]").check(force=True)
    page.locator("main form button[type=submit]").first.click()
    for way in ("Gör en orosanmälan", "Fortsätt skolans eget arbete"):
        expect(page.locator("main")).to_contain_text(way)
    expect(page.locator("[name=help_wanted]")).to_have_value("Stöd till hemmet och en väg in på morgonen.")
    assert server.rows("SELECT count(*) FROM cases_case WHERE pupil_id = %s", pupil) == [(0,)]
