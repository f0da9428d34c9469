"""The page says in time that a session will end, and hides itself when it has."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.walking import walk_in


def test_page_warns_lets_stay_and_hides_itself(page: Page, demo: Server) -> None:
    page.clock.install()
    walk_in(page, demo, "counsellor")
    soon, over = page.locator("[data-idle=soon]"), page.locator("[data-idle=over]")
    expect(soon).to_be_hidden()

    page.clock.fast_forward("17:50")
    expect(soon).to_be_hidden()
    page.clock.fast_forward("00:20")
    expect(soon).to_be_visible()
    with page.expect_response("**/account/stay/") as answer:
        soon.get_by_role("button").click()
    assert answer.value.status == 204
    expect(soon).to_be_hidden()

    page.clock.fast_forward("18:10")
    expect(soon).to_be_visible()
    page.clock.fast_forward("02:00")
    expect(over).to_be_visible()
    expect(page.locator("#main")).to_be_hidden()
    over.get_by_role("button").click()
    expect(page.locator("#main")).to_be_visible()
