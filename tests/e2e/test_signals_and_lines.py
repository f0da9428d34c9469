"""From the list of signals to a pupil's weeks, and to stricter lines tried on last week: with script and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.test_every_page import findings, sideways
from tests.e2e.walking import walk_in


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def has_script(request) -> bool:
    """Say whether the browser runs scripts."""
    return request.param


def judged(page: Page, kind: str, has_script: bool) -> list[str]:
    """Return what axe and narrow screens find; both are measured by script."""
    return findings(page, kind) + sideways(page, kind) if has_script else []


def test_a_filter_leads_to_a_pupil_and_other_weeks(demo: Server, open_page, has_script):
    page = open_page(java_script_enabled=has_script)
    walk_in(page, demo, "counsellor")
    page.goto(f"{demo.url}/signals/?show=all")
    rows = page.locator("table.signals tbody tr")
    before = rows.count()

    page.get_by_label("Typ av signal").select_option(index=1)
    if not has_script:
        page.get_by_role("button", name="Använd filter").click()
    expect(page.locator(".tag")).to_have_count(1)
    expect(page).to_have_url(re.compile("kind="))
    assert 0 < rows.count() <= before
    faults = judged(page, "signals", has_script)
    page.locator(".tag").click()
    expect(page.locator(".tag")).to_have_count(0)
    expect(rows).to_have_count(before)

    page.locator("table.signals tbody th a").first.click()
    page.get_by_role("link", name="Terminen").click()
    expect(page.locator("#cal-title")).to_have_text("Terminen")
    expect(page).to_have_url(re.compile("span=term"))
    faults += judged(page, "pupil, the term", has_script)
    page.get_by_role("link", name="Lista").click()
    expect(page.locator("#cal .absence-list, #cal p").first).to_be_visible()
    expect(page.locator("#cal table")).to_have_count(0)
    faults += judged(page, "pupil, a list", has_script)

    assert not faults, "\n".join(faults)


def test_stricter_lines_are_tried_and_set(fresh_demo: Server, open_page, has_script):
    page = open_page(java_script_enabled=has_script)
    walk_in(page, fresh_demo, "principal")
    page.goto(f"{fresh_demo.url}/signals/")
    page.get_by_role("link", name="Vilka gränser?").click()
    stored = "SELECT count(*) FROM attendance_thresholdrule WHERE school_id IS NOT NULL"
    levels = page.locator("[name=total_percent_20]")

    levels.fill("12, 15, 20, 30, 50")
    page.get_by_role("button", name="Pröva på senaste veckan").click()
    expect(page.locator("[name=total_percent_20][aria-invalid=true]")).to_have_count(1)
    levels.fill("5, 10, 15, 20, 30, 50")
    page.get_by_role("button", name="Pröva på senaste veckan").click()
    expect(page.locator("#trial")).to_contain_text("Med de här gränserna hade ni fått")
    assert fresh_demo.rows(stored)[0][0] == 0
    faults = judged(page, "lines", has_script)

    page.locator("[name=reason]").fill("Vi vill se tidigare.")
    page.get_by_role("button", name="Spara gränserna").click()
    expect(page.locator("main")).to_contain_text("för nya signaler")
    expect(page.locator("#coming")).to_be_visible()
    assert fresh_demo.rows(stored)[0][0] >= 1
    assert not faults, "\n".join(faults)
