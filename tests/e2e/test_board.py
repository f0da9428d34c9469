"""The board from one case to the next, several at once, and a deviation on both sides; in Swedish."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.walking import Story, follow

REMINDERS = "SELECT count(*) FROM cases_event WHERE kind = 'reminded'"
HAPPENED = "Begäran låg tre veckor utan att någon svarade."


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def story(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Story:
    """Have nobody walked in yet."""
    return Story(fresh_demo, open_page, request.param)


def test_a_head_walks_through_the_board_and_reminds_about_several(story: Story):
    page = story.go("unit_head", "/stalled/")
    [(before,)] = story.server.rows(REMINDERS)
    boxes = page.locator("tbody input[type=checkbox]")
    total = boxes.count()
    for number in range(2):
        boxes.nth(number).check()
    follow(page, page.get_by_role("button", name="Påminn om de ikryssade"))
    expect(page.locator("main form li")).to_have_count(2)
    follow(page, page.get_by_role("button", name="Påminn om 2 ärenden"))
    expect(page.get_by_text("En påminnelse är skickad.")).to_have_count(2)
    assert story.server.rows(REMINDERS) == [(before + 2,)]

    page = story.go("unit_head", "/stalled/")
    follow(page, page.locator("tbody th a").first)
    for number in range(1, total + 1):
        expect(page.get_by_text(f"Ärende {number} av {total}")).to_be_visible()
        expect(page.get_by_role("heading", name="Varför det står still")).to_be_visible()
        if number < total:
            follow(page, page.get_by_role("link", name="Nästa ärende"))
    expect(page.get_by_role("link", name="Nästa ärende")).to_have_count(0)


def test_without_a_tick_nothing_is_sent_and_the_board_says_so(story: Story):
    page = story.go("unit_head", "/stalled/")

    follow(page, page.get_by_role("button", name="Påminn om de ikryssade"))

    expect(page.get_by_text("Välj minst ett ärende.")).to_be_visible()


def test_who_waits_for_whom_leads_to_the_cases(story: Story):
    page = story.go("unit_head", "/stalled/")
    follow(page, page.get_by_role("link", name="Vem väntar på vem"))

    link = page.locator("tbody td a").first
    count = int(link.inner_text().split()[0])
    follow(page, link)

    expect(page.locator("#chosen tbody tr")).to_have_count(count)
    follow(page, page.locator("#chosen tbody th a").first)
    expect(page.get_by_role("heading", name="Vem har vad")).to_be_visible()


def test_a_deviation_goes_from_the_school_to_the_head_and_back(story: Story):
    school = story.go("counsellor", "/cases/?show=waiting")
    follow(school, school.locator("tbody a[href^='/cases/']").first)
    follow(school, school.get_by_role("link", name="Registrera en avvikelse"))
    follow(school, school.get_by_role("button", name="Registrera", exact=True))
    expect(school.get_by_role("link", name="Skriv vad som hände")).to_be_visible()
    school.locator("[name=kind][value=no_answer]").check()
    school.locator("[name=happened]").fill(HAPPENED)
    school.locator("[name=consequence]").fill("Hjälpen kom en månad senare än den kunde.")
    follow(school, school.get_by_role("button", name="Registrera", exact=True))
    expect(school.get_by_text("Cheferna på båda sidor har den.")).to_be_visible()
    address = school.url.removeprefix(story.server.url)

    head = story.go("unit_head", "/")
    follow(head, head.locator(f"main a[href='{address}']").first)
    expect(head.get_by_text(HAPPENED)).to_be_visible()
    head.locator("[name=response]").fill("Vi fördelar varje morgon från och med nu.")
    follow(head, head.get_by_role("button", name="Skicka svaret"))

    school = story.go("counsellor", address)
    expect(school.get_by_text("Vi fördelar varje morgon från och med nu.")).to_be_visible()
