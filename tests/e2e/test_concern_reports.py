"""A concern report from arrival to informed reporter, in Swedish, on both sides."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.test_the_whole_story import SCHOOL
from tests.e2e.walking import Story, follow

UNREPORTED = """
SELECT p.id FROM schools_pupil p
  JOIN schools_enrolment e ON e.pupil_id = p.id AND e.ends_on IS NULL
  JOIN schools_classgroup g ON g.id = e.class_group_id
  JOIN schools_residence r ON r.pupil_id = p.id AND r.valid_to IS NULL
 WHERE g.school_id = %s AND g.name = '7B' AND p.protection = 'none' AND r.district_code = 'farsta'
   AND NOT EXISTS (SELECT FROM cases_concernreport c WHERE c.pupil_id = p.id)
 ORDER BY p.id LIMIT 1
"""
LATEST = "SELECT id FROM cases_concernreport ORDER BY noted_at DESC LIMIT 1"


class Reports(Story):
    """The server and the windows, and what the story asks the database."""

    def report(self) -> str:
        """Return the id of the latest report."""
        [(found,)] = self.server.rows(LATEST)
        return str(found)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def story(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Reports:
    """Have nobody walked in yet."""
    return Reports(fresh_demo, open_page, request.param)


def test_from_arrival_to_informed_reporter(story: Reports):
    pupil = note_the_report(story)
    the_counsellor_sees_nothing(story, pupil)
    go_through_it_at_the_office(story)
    read_the_word(story)


def note_the_report(story: Reports) -> str:
    """The mentor finds from the pupil how to report, and notes that it is done: one page."""
    [(school,)] = story.server.rows(SCHOOL)
    [(pupil,)] = story.server.rows(UNREPORTED, school)
    page = story.go("mentor", f"/pupils/{pupil}/")
    follow(page, page.get_by_role("link", name="Anmäl till socialtjänsten"))
    expect(page.locator("main")).to_contain_text("ingen kan ta över den")
    expect(page.locator("main")).to_contain_text("08-465 004 70")
    page.get_by_label("Per telefon").check(force=True)
    page.fill("[name=reference]", "OA-2026-77")
    follow(page, page.get_by_role("button", name="Jag har anmält"))
    expect(page.locator("main")).to_contain_text("Ingenting ännu.")
    return str(pupil)


def the_counsellor_sees_nothing(story: Reports, pupil: str) -> None:
    """A colleague who works with the pupil is not told that there is a report."""
    page = story.go("counsellor", f"/pupils/{pupil}/report/")
    expect(page.locator("main")).not_to_contain_text("OA-2026-77")
    expect(page.get_by_role("heading", name="Anmälningar du känner till")).to_have_count(0)
    page = story.go("counsellor", f"/reports/{story.report()}/")
    expect(page.locator("main")).not_to_contain_text("OA-2026-77")


def go_through_it_at_the_office(story: Reports) -> None:
    """Receipt, protection, a longer time refused without a ground, the decision, and the word to the reporter."""
    page = story.go("intake_worker", f"/report-intake/{story.report()}/")
    expect(page.locator("main")).to_contain_text("Ingen skyddsbedömning är gjord")
    follow(page, page.get_by_role("link", name=re.compile("^Bekräfta")))
    follow(page, page.get_by_role("button", name="Bekräfta"))
    follow(page, page.get_by_role("link", name=re.compile("^Bedöm")))
    page.get_by_label("Barnet behöver inget omedelbart skydd").check(force=True)
    follow(page, page.get_by_role("button", name="Spara bedömningen"))
    follow(page, page.get_by_role("link", name="Ta längre tid än 14 dagar"))
    follow(page, page.get_by_role("button", name="Spara den nya dagen"))
    expect(page.locator("main")).to_contain_text("Välj en grund")
    page = story.go("intake_worker", f"/report-intake/{story.report()}/decide/")
    page.get_by_label("Utredning inleds inte").check(force=True)
    follow(page, page.get_by_role("button", name="Spara beslutet"))
    expect(page.locator("main")).to_contain_text("Skriv varför utredning inte inleds")
    page.get_by_label("Varför inleds ingen utredning?").select_option(label="Skolans ansvar")
    page.fill("[name=words]", "Frånvaron hör till klassrummet.")
    follow(page, page.get_by_role("button", name="Spara beslutet"))
    follow(page, page.get_by_role("link", name=re.compile("^Återkoppla")))
    follow(page, page.get_by_role("button", name="Lämna beskedet: Utredning inleds inte"))
    expect(page.locator("main")).to_contain_text("Allt är gjort.")


def read_the_word(story: Reports) -> None:
    """The mentor reads the one word, and nothing of why."""
    page = story.go("mentor", "/")
    follow(page, page.get_by_role("link", name="Läs beskedet om din anmälan").first)
    page = story.go("mentor", f"/reports/{story.report()}/")
    expect(page.locator("main")).to_contain_text("Anmälan har kommit in")
    expect(page.locator("main")).to_contain_text("Utredning inleds inte")
    expect(page.locator("main")).not_to_contain_text("klassrummet")
    expect(page.locator("main")).not_to_contain_text("Skolans ansvar")
