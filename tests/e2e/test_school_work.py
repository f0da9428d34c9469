"""The school's own work, in Swedish: a measure, the investigation, and a request when one guardian says no."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.test_the_whole_story import SCHOOL, agree
from tests.e2e.walking import walk_in


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def counsellor(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Page:
    """Have the counsellor walk in."""
    page = open_page(java_script_enabled=request.param)
    walk_in(page, fresh_demo, "counsellor")
    return page


# A pupil of the counsellor's school in these years of age, living in Farsta with two guardians, whom no case is about.
PUPIL_AGED = """
SELECT p.id FROM schools_pupil p
  JOIN schools_enrolment e ON e.pupil_id = p.id AND e.ends_on IS NULL
  JOIN schools_classgroup g ON g.id = e.class_group_id
  JOIN schools_residence r ON r.pupil_id = p.id AND r.valid_to IS NULL
 WHERE g.school_id = %s AND p.protection = 'none' AND r.district_code = 'farsta'
   AND extract(year FROM age(p.born_on)) BETWEEN %s AND %s
   AND (SELECT count(*) FROM schools_guardian w WHERE w.pupil_id = p.id AND NOT w.is_protected) = 2
   AND NOT EXISTS (SELECT FROM cases_case c WHERE c.pupil_id = p.id)
 ORDER BY EXISTS (SELECT FROM attendance_signal s WHERE s.pupil_id = p.id AND s.answer = '') DESC, p.id LIMIT 1
"""
A_NO = """
SELECT r.id, c.pupil_id FROM cases_referral r JOIN cases_case c ON c.id = r.case_id
  JOIN cases_obligation o ON o.referral_id = r.id AND o.kind = 'respond_to_no' AND o.stopped_at IS NULL
 WHERE c.school_unit_id = %s AND r.status = 'declined' ORDER BY r.sent_at LIMIT 1
"""


def a_pupil(server: Server, youngest: int, oldest: int) -> str:
    """Return the id of a pupil of that age, in whole years, one with an unanswered signal if there is any."""
    [(school,)] = server.rows(SCHOOL)
    [(found,)] = server.rows(PUPIL_AGED, school, youngest, oldest)
    return str(found)


def test_from_a_measure_over_the_investigation_to_a_request_with_one_guardian_against(
    counsellor: Page, fresh_demo: Server
):
    pupil = a_pupil(fresh_demo, 13, 13)
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
    expect(page.locator("main")).to_contain_text("En egen vuxen i skolan")
    fill_in(page)
    page.locator("input[name=guardian_2_answer][value=no]").check(force=True)
    page.locator("main form button[type=submit]").first.click()
    for way in ("Gör en orosanmälan", "Fortsätt skolans eget arbete"):
        expect(page.locator("main")).to_contain_text(way)
    expect(page.locator("[name=help_wanted]")).to_have_value("Stöd till hemmet och en väg in på morgonen.")
    assert server.rows("SELECT count(*) FROM cases_case WHERE pupil_id = %s", pupil) == [(0,)]


def test_a_pupil_of_fifteen_agrees_alone_and_takes_it_back(counsellor: Page, fresh_demo: Server):
    pupil = a_pupil(fresh_demo, 15, 16)
    counsellor.goto(f"{fresh_demo.url}/requests/new/?pupil={pupil}")
    fill_in(counsellor)
    for guardian in ("guardian_1", "guardian_2"):
        counsellor.locator(f"input[name={guardian}_answer][value=no]").check(force=True)
    counsellor.locator("main form button[type=submit]").first.click()
    expect(counsellor.locator("main")).to_contain_text("Fortsätt skolans eget arbete")

    counsellor.locator("input[name=pupil_suitable]").check(force=True)
    counsellor.locator("main form button[type=submit]").first.click()
    counsellor.get_by_role("button", name=re.compile("^Skicka begäran till")).click()
    expect(counsellor).to_have_url(re.compile(r"/sent/$"))
    assert latest_request(fresh_demo, pupil) == "sent"

    counsellor.goto(f"{fresh_demo.url}/pupils/{pupil}/consents/")
    expect(counsellor.locator("main")).to_contain_text("Samtycket gäller")
    counsellor.get_by_role("link", name=re.compile("^Återkalla samtycke")).click()
    counsellor.get_by_role("button", name=re.compile("^Återkalla samtycke")).click()

    expect(counsellor.locator("main")).to_contain_text("Samtycket gäller inte")
    assert latest_request(fresh_demo, pupil) == "withdrawn"
    stopped = """SELECT bool_and(stopped_at IS NOT NULL) FROM cases_disclosure d JOIN cases_case c ON c.id = d.case_id
                  WHERE c.pupil_id = %s"""
    assert fresh_demo.rows(stopped, pupil) == [(True,)]


def latest_request(server: Server, pupil: str) -> str:
    """Return how the pupil's latest request stands."""
    query = """SELECT r.status FROM cases_referral r JOIN cases_case c ON c.id = r.case_id
                WHERE c.pupil_id = %s ORDER BY r.sent_at DESC LIMIT 1"""
    [(status,)] = server.rows(query, pupil)
    return str(status)


def fill_in(page: Page) -> None:
    """Choose the team, write the two boxes that nobody else can, and note that the pupil says yes."""
    page.locator("label", has_text="Farsta närvaroteam").first.click()
    page.fill("[name=what_hinders]", "Vill inte möta klassen på morgonen.")
    page.fill("[name=help_wanted]", "Stöd till hemmet och en väg in på morgonen.")
    if page.locator("[name=tried_items]").count() == 0:
        page.fill("[name=tried]", "Samtal med mentor sedan i oktober.")
    agree(page)


WAYS = {
    "follow": ({"plan": "Vi kartlägger lärmiljön.", "due_on": 10}, "do_next_step"),
    "new_facts": ({}, None),
    "lift": ({"disagreement": "Vi är inte överens om vems ansvaret är."}, "answer_objection"),
    "talk": ({"about": "Hur vi delar på arbetet.", "meet_on": 7}, "follow_up"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_principal_answers_a_no_in_each_of_the_four_ways(
    way: str, fresh_demo: Server, open_page: Callable[..., Page]
):
    page = open_page(java_script_enabled=way != "talk")
    walk_in(page, fresh_demo, "principal")
    [(school,)] = fresh_demo.rows(SCHOOL)
    [(referral, pupil)] = fresh_demo.rows(A_NO, school)
    told, kind = WAYS[way]

    page.goto(f"{fresh_demo.url}/requests/{referral}/respond/")
    page.locator(f"input[name=way][value={way}]").check(force=True)
    for name, value in told.items():
        day = dt.date.today() + dt.timedelta(days=value) if isinstance(value, int) else None  # noqa: DTZ011
        page.fill(f"[name={name}]", day.isoformat() if day else str(value))
    page.locator("main form button[type=submit]").last.click()

    if kind is None:
        expect(page).to_have_url(re.compile("/requests/new/"))
        return
    expect(page.locator("main .error-summary")).to_have_count(0)
    started = """SELECT count(*) > 0 FROM cases_obligation o JOIN cases_case c ON c.id = o.case_id
                  WHERE c.pupil_id = %s AND o.kind = %s AND o.stopped_at IS NULL"""
    assert fresh_demo.rows(started, pupil, kind) == [(True,)]
    waiting = """SELECT count(*) FROM cases_obligation WHERE referral_id = %s AND kind = 'respond_to_no'
                    AND stopped_at IS NULL"""
    assert fresh_demo.rows(waiting, referral) == [(0,)]
