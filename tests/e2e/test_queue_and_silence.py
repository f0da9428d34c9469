"""A wait with place and date, a no that leads to a meeting, and silence all the way up; on both sides."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days
from tests.e2e.server import Server
from tests.e2e.test_answers import OBJECTION_OF, WAITS, Answers
from tests.e2e.test_the_whole_story import agree
from tests.e2e.walking import follow

UNANSWERED = """
SELECT r.id, r.case_id FROM cases_referral r
  JOIN accounts_membership m ON m.unit_id = r.from_unit_id JOIN accounts_user u ON u.id = m.user_id
  JOIN accounts_unit t ON t.id = r.to_unit_id
 WHERE u.given_name = 'Sara' AND u.family_name = 'Lind' AND t.name = 'Farsta närvaroteam'
   AND r.status IN ('sent', 'received') ORDER BY r.sent_at DESC LIMIT 1
"""
NOTED = """
SELECT changes->0->>'kind', changes->0->>'due_on', subject::text FROM cases_event
 WHERE case_id = %s AND kind = 'no_answer' ORDER BY id
"""
HELD = """
SELECT u.name FROM cases_obligation o JOIN cases_holderinterval i ON i.obligation_id = o.id AND i.to_at IS NULL
  JOIN accounts_unit u ON u.id = i.unit_id WHERE o.case_id = %s AND o.kind = %s AND o.stopped_at IS NULL ORDER BY u.name
"""
TOLD_ON = """
SELECT g.told_on FROM cases_decisionreason g JOIN cases_decision d ON d.id = g.decision_id WHERE d.referral_id = %s
"""
WITH_A_MEASURE = """
SELECT p.id, m.id, m.kind FROM attendance_measure m
  JOIN schools_pupil p ON p.id = m.pupil_id AND p.protection = 'none'
  JOIN accounts_membership s ON s.unit_id = m.school_unit_id JOIN accounts_user u ON u.id = s.user_id
 WHERE u.given_name = 'Sara' AND u.family_name = 'Lind' AND m.kind <> 'own'
   AND NOT EXISTS (SELECT FROM cases_case c WHERE c.pupil_id = p.id AND c.closed_at IS NULL)
   AND NOT EXISTS (SELECT FROM attendance_measure o WHERE o.pupil_id = p.id AND o.kind = m.kind AND o.id <> m.id)
 ORDER BY m.added_at DESC LIMIT 1
"""
SENT_ABOUT = """
SELECT r.id FROM cases_referral r JOIN cases_case c ON c.id = r.case_id WHERE c.pupil_id = %s ORDER BY r.sent_at DESC
"""
MEANWHILE = "Mentorn ringer hem på måndagar."


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def story(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Answers:
    """Have nobody walked in yet."""
    return Answers(fresh_demo, open_page, request.param)


def test_a_wait_has_place_date_and_meanwhile_and_a_long_one_is_the_coordinators_to_see(story: Answers):
    referral = story.request_of(WAITS)
    [(case,)] = story.server.rows("SELECT case_id FROM cases_referral WHERE id = %s", referral)
    queue(story, referral, place=3, days=10)
    assert story.status(referral) == "queued"
    page = story.go("counsellor", f"/cases/{case}/")
    number = page.locator(".case-number").inner_text().split()[-1]
    for told in (MEANWHILE, "Plats i kön", "3"):
        expect(page.locator("main")).to_contain_text(told)
    expect(story.go("coordinator", "/stalled/?cause=S12").locator("main")).not_to_contain_text(number)

    queue(story, referral, place=2, days=21)
    page = story.go("coordinator", "/stalled/?cause=S12")
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).not_to_contain_text(MEANWHILE)

    page = story.go("team_worker", f"/intake/{referral}/")
    expect(page.locator("main")).to_contain_text("Plats 2 i er kö")
    follow(page, page.locator("#answer form button[type=submit]").first)
    assert story.status(referral) == "accepted"
    expect(story.go("counsellor", f"/cases/{case}/").locator("main")).to_contain_text("begäran är mottagen")
    expect(story.go("coordinator", "/stalled/?cause=S12").locator("main")).not_to_contain_text(number)


def test_a_no_for_what_the_school_has_done_is_met_by_it_before_it_is_sent(story: Answers):
    [(pupil, measure, kind)] = story.server.rows(WITH_A_MEASURE)
    page = story.go("counsellor", f"/requests/new/?pupil={pupil}")
    page.locator("label", has_text="Farsta närvaroteam").first.click()
    page.locator(f"[name=tried_items][value=measure-{measure}]").check(force=True)
    for name in ("why_now", "what_hinders", "help_wanted"):
        page.fill(f"[name={name}]", "Det har blivit tyngre sedan höstlovet.")
    agree(page)
    page.fill("[name=contact]", "Sara Lind, skolkurator")
    follow(page, page.locator("main form button[type=submit]").first)
    follow(page, page.get_by_role("button", name=re.compile("^Skicka begäran till")))
    [(referral,)] = story.server.rows(SENT_ABOUT, pupil)

    page = story.go("team_worker", f"/intake/{referral}/decline/")
    page.get_by_label("Skolans ansvar").check(force=True)
    page.select_option("[name=missing_measure]", kind)
    page.fill("[name=rationale]", "Vi ser att mer går att göra i skolan först.")
    page.fill("[name=advice]", "Gå vidare med det ni har börjat.")
    follow(page, page.locator("#answer form button[type=submit]").first)
    expect(page.locator("main")).to_contain_text("Skolan har berättat att den gjorde detta")
    follow(page, page.locator("button[name=confirm]"))
    expect(page.locator(".error-summary")).to_contain_text("varför")
    assert story.status(str(referral)) in {"received", "assessing"}
    page.fill("[name=nevertheless]", "Det pågick bara en vecka.")
    follow(page, page.locator("button[name=confirm]"))

    page = story.go("unit_head", f"/intake/{referral}/second/")
    expect(page.locator("main")).to_contain_text("Skolan har berättat att den gjorde detta")
    follow(page, page.get_by_role("button", name="Skicka svaret"))
    assert story.status(str(referral)) == "declined"
    expect(story.go("counsellor", f"/requests/{referral}/respond/").locator("main")).to_contain_text("Det pågick bara")


def test_a_no_that_is_contradicted_says_why_all_the_same_and_leads_to_a_meeting(story: Answers):
    referral = story.request_of(WAITS)
    [(case,)] = story.server.rows("SELECT case_id FROM cases_referral WHERE id = %s", referral)
    page = story.go("team_worker", f"/intake/{referral}/decline/")
    page.get_by_label("Skolans ansvar").check(force=True)
    page.select_option("[name=missing_measure]", "quiet_place")
    page.fill("[name=rationale]", "Yusuf vill inte träffa oss.")
    follow(page, page.locator("#answer form button[type=submit]").first)
    expect(page.locator("main")).to_contain_text("Det här talar emot svaret")
    page.fill("[name=nevertheless]", "")
    follow(page, page.locator("button[name=confirm]"))
    expect(page.locator(".error-summary")).to_contain_text("varför")
    page.fill("[name=nevertheless]", "Det har gjorts i ett ämne.")
    follow(page, page.locator("button[name=confirm]"))

    page = story.go("unit_head", f"/intake/{referral}/second/")
    expect(page.locator("main")).to_contain_text("Det här talar emot svaret")
    follow(page, page.get_by_role("button", name="Skicka svaret"))
    assert story.status(referral) == "declined"
    expect(story.go("counsellor", f"/requests/{referral}/respond/").locator("main")).to_contain_text("Bollen")

    assert owes_a_meeting(story, case, referral)
    page = story.go("unit_head", f"/work/{referral}/meeting/")
    page.fill("[name=question]", "Vem gör vad med proven?")
    morning = add_working_days(datetime.now(STOCKHOLM).date(), 3)
    page.fill("[name=day_1]", morning.isoformat())
    page.fill("[name=clock_1]", "09:00")
    page.fill("[name=where]", "Skolan")
    page.locator("[name=family_invited]").first.check(force=True)
    follow(page, page.locator("main form button[type=submit]").last)
    assert story.server.rows(HELD, case, "call_meeting") == []
    expect(story.go("counsellor", f"/cases/{case}/").locator("main")).to_contain_text("Vem gör vad med proven?")


def test_silence_about_a_new_request_goes_from_the_head_to_the_managers_the_district_and_the_city(story: Answers):
    [(referral, case)] = story.server.rows(UNANSWERED)
    story.let_pass(referral)
    assert story.server.rows(HELD, case, "review_stalled") == [("Farsta närvaroteam",)]
    for person in ("counsellor", "team_worker"):
        expect(story.go(person, f"/cases/{case}/").locator("main")).to_contain_text("Inget svar")

    story.let_pass(referral)
    [(objection, level, _outcome)] = story.server.rows(OBJECTION_OF, referral)
    assert level == "heads"
    assert len(story.server.rows(HELD, case, "answer_objection")) == len(("school", "social"))
    for person in ("area_manager", "unit_head"):
        expect(story.go(person, f"/objections/{objection}/").locator("main")).to_be_visible()

    seen = [level]
    while len(story.server.rows(NOTED, case)) < len(WHOLE_LADDER):
        story.let_pass(referral)
        [(_id, level, _outcome)] = story.server.rows(OBJECTION_OF, referral)
        seen += [level] if level not in seen else []
    assert seen == ["heads", "district", "city"]
    expect(story.go("coordinator", f"/objections/{objection}/").locator("main")).to_contain_text("Staden")

    noted = story.server.rows(NOTED, case)
    assert [kind for kind, _due, _of in noted] == WHOLE_LADDER
    assert len(set(noted)) == len(noted), "each date of each obligation is counted once"
    [(status, is_open)] = story.server.rows(
        "SELECT r.status, c.closed_at IS NULL FROM cases_referral r, cases_case c WHERE c.id = r.case_id AND r.id = %s",
        referral,
    )
    assert (status in {"sent", "received"}, is_open) == (True, True), "no answer is no no"


WHOLE_LADDER = ["acknowledge_request", "review_stalled", *["answer_objection"] * 4]
"""The unit, its head, the managers of both sides, the district, the city."""


def queue(story: Answers, referral: str, *, place: int, days: int) -> None:
    """Give the request a place, and a day so many working days ahead."""
    page = story.go("team_worker", f"/intake/{referral}/queue/")
    page.fill("[name=place]", str(place))
    expected = add_working_days(datetime.now(STOCKHOLM).date(), days)
    page.fill("[name=expected_on]", expected.isoformat())
    page.fill("[name=interim]", MEANWHILE)
    follow(page, page.locator("#answer form button[type=submit]").first)


def owes_a_meeting(story: Answers, case: str, referral: str) -> bool:
    """Say whether the unit owes the meeting: in the case where the school reads why, else in its head's To do."""
    [(told_on,)] = story.server.rows(TOLD_ON, referral)
    held = story.server.rows(HELD, case, "call_meeting") == [("Farsta närvaroteam",)]
    asked = story.go("unit_head", "/").locator(f"main a[href='/work/{referral}/meeting/']").count() > 0
    return asked and held == bool(told_on)
