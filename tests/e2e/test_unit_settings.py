"""A head settles a time, hides a reason, changes what the team offers and finds a request: in Swedish, both ways."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.test_every_page import findings, sideways
from tests.e2e.walking import follow, walk_in

WHY = "Vi är en till från januari."
A_NAME = """
SELECT p.given_name, c.number FROM cases_referral r
  JOIN cases_case c ON c.id = r.case_id JOIN schools_pupil p ON p.id = c.pupil_id
  JOIN accounts_unit u ON u.id = r.to_unit_id JOIN accounts_membership m ON m.unit_id = u.id
  JOIN accounts_user who ON who.id = m.user_id
 WHERE who.given_name = %s AND r.status IN ('assessing', 'active', 'accepted') AND c.closed_at IS NULL
 ORDER BY c.number LIMIT 1
"""
SETTLED = "SELECT days, why FROM cases_unittime ORDER BY changed_at DESC LIMIT 1"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def has_script(request) -> bool:
    """Say whether the browser runs scripts."""
    return request.param


def judged(page: Page, kind: str, has_script: bool) -> list[str]:
    """Return what axe and narrow screens find; both are measured by script."""
    return findings(page, kind) + sideways(page, kind) if has_script else []


def test_a_head_settles_what_applies_in_the_team(fresh_demo: Server, open_page, has_script):
    page = open_page(java_script_enabled=has_script)
    walk_in(page, fresh_demo, "unit_head")
    follow(page, page.get_by_role("link", name="Inställningar", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Inställningar – Farsta närvaroteam")
    expect(page.get_by_role("navigation", name="Andra enheter").get_by_role("link").first).to_be_visible()
    faults = judged(page, "settings", has_script)

    follow(page, page.get_by_role("link", name="Ändra Svara på begäran"))
    page.get_by_label("Hur många?").fill("25")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".error-summary")).to_contain_text("Högst 20 arbetsdagar")
    faults += judged(page, "a time that is too long", has_script)
    page.get_by_label("Hur många?").fill("7")
    page.get_by_label("Varför?").fill(WHY)
    follow(page, page.get_by_role("button", name="Spara"))
    expect(page.locator("main")).to_contain_text("Sparat. Gäller från")
    expect(page.locator("#times + .table-scroll, section:has(#times)").first).to_contain_text("7 arbetsdagar från")
    assert fresh_demo.rows(SETTLED) == [(7, WHY)]

    page.get_by_text(re.compile(r"^Visa alla \d+ skäl$")).click()
    follow(page, page.get_by_role("link", name=re.compile("^Dölj ")).first)
    page.get_by_label("Varför?").fill(WHY)
    follow(page, page.get_by_role("button", name="Spara"))
    expect(page.locator("section:has(#reasons)").first).to_contain_text("Dolt från")

    follow(page, page.locator("section:has(#services)").first.get_by_role("link", name=re.compile("^Ändra ")).first)
    faults += judged(page, "a service", has_script)
    page.get_by_label("Hur många elever åt gången").fill("33")
    page.get_by_label("Varför?").fill(WHY)
    follow(page, page.get_by_role("button", name="Spara"))
    expect(page.locator("section:has(#services)").first).to_contain_text("33")
    assert not faults, "\n".join(faults)


def test_a_head_sees_who_has_what_and_finds_a_request(fresh_demo: Server, open_page, has_script):
    page = open_page(java_script_enabled=has_script)
    walk_in(page, fresh_demo, "unit_head")
    page.goto(f"{fresh_demo.url}/intake/")
    page.get_by_text("Vem har vad", exact=True).click()
    faults = judged(page, "incoming", has_script)
    follow(page, page.locator("details:has(#workload) tbody th a").nth(1))
    expect(page).to_have_url(re.compile("person="))
    expect(page.locator("main")).to_contain_text("Bara det")

    [(name, number)] = fresh_demo.rows(A_NAME, "Karim")
    for words in (name, number):
        page.get_by_label("Namn, helt personnummer eller ärendenummer").fill(words)
        follow(page, page.get_by_role("button", name="Sök"))
        expect(page.locator(".todo .todo-row").first).to_be_visible()
        assert words not in page.url
    faults += judged(page, "a request found", has_script)
    assert not faults, "\n".join(faults)


def test_the_stand_in_finds_what_the_absent_person_holds(fresh_demo: Server, open_page, has_script):
    page = open_page(java_script_enabled=has_script)
    walk_in(page, fresh_demo, "team_worker")

    follow(page, page.get_by_role("link", name="Karim", exact=False).first)
    follow(page, page.get_by_role("link", name="Vad som gäller på din enhet: tider, skäl och ersättare"))
    expect(page.locator("main")).to_contain_text("Det här gäller på enheten. Chefen ändrar det.")
    assert page.get_by_role("link", name=re.compile("^(Ändra|Dölj) ")).count() == 0
    assert not judged(page, "settings, read only", has_script)
