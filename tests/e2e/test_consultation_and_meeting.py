"""Advice without a name, and a joint meeting, in Swedish: asked and answered, called, agreed and held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.walking import Story, follow

QUESTION = "En elev i mellanstadiet är borta varje onsdag. Vem kan följa med hem?"

OFFICE = """
SELECT m.unit_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
 WHERE u.email = 'elin.sandvall@example.org'
"""
ACTIVE = """
SELECT r.case_id FROM cases_referral r JOIN cases_case c ON c.id = r.case_id JOIN schools_pupil p ON p.id = c.pupil_id
 WHERE p.given_name = 'Alva' AND p.family_name = 'Kvarnby' AND r.status = 'active'
"""


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def story(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Story:
    """Have nobody walked in yet."""
    return Story(fresh_demo, open_page, request.param)


def test_a_question_without_a_name_is_asked_and_answered(story: Story):
    [(office,)] = story.server.rows(OFFICE)
    address = ask(story, str(office))
    answer(story, address)
    read(story, address)


def ask(story: Story, office: str) -> str:
    """The counsellor is told which word says who it is, loses nothing, and asks in other words."""
    page = story.go("counsellor", "/cases/")
    follow(page, page.get_by_role("link", name="Konsultationer utan namn"))
    follow(page, page.get_by_role("link", name="Ställ en fråga"))
    page.get_by_label("Vem frågar ni?").select_option(value=office)
    page.fill("[name=question]", f"Eleven Noor. {QUESTION} Ring 070-123 45 67.")
    follow(page, page.get_by_role("button", name="Skicka frågan"))
    expect(page.locator("main")).to_contain_text("”Noor”")
    expect(page.locator("main")).to_contain_text("”070-123 45 67”")
    expect(page.locator("[name=question]")).to_have_value(f"Eleven Noor. {QUESTION} Ring 070-123 45 67.")
    page.fill("[name=question]", QUESTION)
    follow(page, page.get_by_role("button", name="Skicka frågan"))
    expect(page.locator("main")).to_contain_text("Inte besvarad")
    return page.url.removeprefix(story.server.url)


def answer(story: Story, address: str) -> None:
    """The intake office finds it in To do and in the list beside Incoming, and answers."""
    page = story.go("intake_worker", "/intake/")
    follow(page, page.get_by_role("link", name="Konsultationer utan namn"))
    expect(page.locator(f'a[href="{address}"]')).to_be_visible()
    page = story.go("intake_worker", "/")
    follow(page, page.locator(f'a[href="{address}"]').first)
    page.fill("[name=text]", "Vi kan följa med. Begär stöd så ses vi nästa vecka.")
    page.get_by_label("Begär stöd", exact=True).check(force=True)
    follow(page, page.get_by_role("button", name="Skicka svaret"))
    expect(page.locator("main")).to_contain_text("Råd: Begär stöd")


def read(story: Story, address: str) -> None:
    """The counsellor has the answer among the new things to read."""
    page = story.go("counsellor", "/")
    follow(page, page.locator(f'a[href="{address}"]').first)
    expect(page.locator("main")).to_contain_text("Vi kan följa med.")


def test_a_joint_meeting_is_called_agreed_and_held(story: Story):
    [(case,)] = story.server.rows(ACTIVE)
    page = story.go("counsellor", f"/cases/{case}/")
    follow(page, page.get_by_role("link", name="Kalla till möte"))
    follow(page, page.get_by_role("button", name="Kalla till mötet"))
    expect(page.locator("main")).to_contain_text("Skriv vad som ska beslutas")
    expect(page.locator("main")).to_contain_text("Skriv varför de inte är inbjudna")
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    page.fill("[name=question]", "Vem följer med på morgonen?")
    page.fill("[name=day_1]", soon.isoformat())
    page.fill("[name=clock_1]", "13:00")
    page.fill("[name=where]", "Per telefon")
    page.get_by_label("Eleven och vårdnadshavarna är inbjudna").check(force=True)
    follow(page, page.get_by_role("button", name="Kalla till mötet"))
    expect(page.locator("main")).to_contain_text("Vem följer med på morgonen?")
    page = story.go("team_worker", f"/cases/{case}/")
    follow(page, page.get_by_role("link", name="Svara på kallelsen till ett gemensamt möte"))
    page.get_by_label("Ja, ").first.check(force=True)
    follow(page, page.get_by_role("button", name="Skicka svaret"))
    page = story.go("counsellor", f"/cases/{case}/")
    follow(page, page.get_by_role("link", name="Håll det gemensamma mötet"))
    page.fill("[name=decisions]", "Karim följer med på måndagar.")
    page.fill("[name=next_task]", "Se hur måndagarna går.")
    page.locator("[name=next_unit]").first.check(force=True)
    follow(page, page.get_by_role("button", name="Spara besluten och nästa datum"))
    expect(page.get_by_role("heading", name="Plan och möten")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Karim följer med på måndagar.")
