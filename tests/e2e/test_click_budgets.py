"""The daily things take no more clicks, pages and answers than they may (docs/screens, the design's section 3)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.server import Server
from tests.e2e.walking import walk_in


class Counted:
    """A person's page on which every click and every page load is counted from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        self.loads = 0
        page.on("load", lambda _: self._loaded())

    def _loaded(self) -> None:
        self.loads += 1

    def click(self, locator: Locator) -> None:
        """Click once."""
        self.clicks += 1
        locator.click()


def test_log_a_concern_takes_one_page_and_at_most_six_clicks(fresh_demo: Server, open_page):
    page = open_page(viewport={"width": 320, "height": 640})
    walk_in(page, fresh_demo, "mentor")
    before = fresh_demo.rows("SELECT count(*) FROM attendance_concern")[0][0]
    hand = Counted(page)

    hand.click(page.locator("a[href$='/concerns/new/']:visible").last)
    expect(page).to_have_url(re.compile("/concerns/new/$"))
    asked = page.locator("form.form [name]:not([type=hidden])")
    names = {field.get_attribute("name") for field in asked.all()}
    page.locator("select[name=pupil]").select_option(index=1)  # chosen with the keyboard: no click
    hand.click(page.locator("label", has_text="Går hem tidigt"))
    hand.click(page.locator("label", has_text="Ja").first)
    hand.click(page.locator("fieldset", has=page.locator("[name=harm_suspected]")).locator("label", has_text="Nej"))
    hand.click(page.get_by_role("button", name="Spara oron"))
    expect(page).not_to_have_url(re.compile("/concerns/new/$"))

    assert fresh_demo.rows("SELECT count(*) FROM attendance_concern")[0][0] == before + 1
    assert hand.clicks <= 6
    assert hand.loads <= 3  # the form and its receipt; one to spare for a redirect that the browser counts
    assert len(names & {"pupil", "signs", "talked", "harm_suspected"}) == 4


def test_accept_takes_two_clicks_from_incoming(fresh_demo: Server, page: Page):
    walk_in(page, fresh_demo, "team_worker")
    page.goto(f"{fresh_demo.url}/intake/?show=assess")
    before = accepted(fresh_demo)
    hand = Counted(page)

    hand.click(page.locator("main a.ds-button[href*='/intake/']").first)
    hand.click(page.get_by_role("button", name="Ta emot", exact=True))
    expect(page.locator("main")).to_be_visible()

    assert hand.clicks == 2
    assert accepted(fresh_demo) == before + 1


def test_acknowledge_takes_one_click_in_the_list(fresh_demo: Server, page: Page):
    walk_in(page, fresh_demo, "team_worker")
    page.goto(f"{fresh_demo.url}/intake/")
    row = page.locator("li.todo-row", has=page.locator("form[action$='/acknowledge/']")).first
    key = row.get_attribute("id")

    Counted(page).click(row.locator("form[action$='/acknowledge/'] button"))

    expect(page.locator(f"#{key}")).to_have_class(re.compile("todo-receipt"))


@pytest.mark.parametrize("person", ["unit_head", "principal"])
def test_all_stalled_cases_are_one_click_away_without_a_filter(person: str, demo: Server, page: Page):
    walk_in(page, demo, person)
    hand = Counted(page)

    hand.click(page.locator("header nav a[href='/stalled/']"))
    expect(page).to_have_url(re.compile("/stalled/$"))

    assert hand.clicks == 1
    expect(page.locator("main tbody tr").first).to_be_visible()


def test_every_stall_rule_shows_in_the_demo(demo: Server, page: Page):
    """Each of S1 to S8 is the first cause of some case on the coordinator's board."""
    walk_in(page, demo, "coordinator")
    page.goto(f"{demo.url}/stalled/")

    for reason in (
        "Inget nästa steg",
        "Allt är pausat",
        "Svar försenat",
        "Ingen händelse",
        "Pausen har gått ut",
        "Ingen på plats",
        "Skickat vidare utan mottagare",
        "Nej, och sedan inget",
    ):
        expect(page.locator("main tbody tr", has_text=reason).first).to_be_visible()


def accepted(server: Server) -> int:
    """Return how many requests have been accepted and wait for their first contact."""
    return server.rows("SELECT count(*) FROM cases_referral WHERE status = 'accepted'")[0][0]
