"""Answers that lead on: a no that takes two, one for motivation, an objection, and silence; in Swedish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days
from tests.e2e.server import Server
from tests.e2e.walking import Story, follow

REQUEST_OF = """
SELECT r.id FROM cases_referral r JOIN cases_case c ON c.id = r.case_id JOIN schools_pupil p ON p.id = c.pupil_id
 WHERE p.given_name = %s AND p.family_name = %s ORDER BY r.sent_at DESC LIMIT 1
"""
OBJECTION_OF = "SELECT id, level, outcome FROM cases_objection WHERE referral_id = %s"
DUE = """
SELECT min(o.due_on) FROM cases_obligation o JOIN cases_referral r ON r.case_id = o.case_id
 WHERE r.id = %s AND o.stopped_at IS NULL AND NOT o.is_statutory
   AND NOT EXISTS (SELECT FROM cases_event e WHERE e.kind = 'no_answer' AND e.subject = o.id
                    AND e.changes->0->>'due_on' = o.due_on::text)
"""
SILENCES = """
SELECT count(*) FROM cases_event e JOIN cases_referral r ON r.case_id = e.case_id
 WHERE r.id = %s AND e.kind = 'no_answer'
"""
WAITS, DECLINED = ("Yusuf", "Jamacow"), ("Noel", "Sandvall")
WRITTEN = "Det som är svårt för Yusuf är proven. Skolan kan ändra hur de går till innan vi kommer in."


class Answers(Story):
    """The server and the windows, and what the story asks the database."""

    def request_of(self, name: tuple[str, str]) -> str:
        """Return the id of the latest request about a pupil."""
        [(found,)] = self.server.rows(REQUEST_OF, *name)
        return str(found)

    def status(self, referral: str) -> str:
        """Return the status of a request."""
        [(found,)] = self.server.rows("SELECT status FROM cases_referral WHERE id = %s", referral)
        return str(found)

    def let_pass(self, referral: str) -> None:
        """Let the next date of the case pass without an answer: the morning comes when that is noted."""
        [(due,)] = self.server.rows(DUE, referral)
        assert due is not None, "nothing in the case has a date that is still to come"
        morning = datetime.combine(add_working_days(due, 1), time(9, 0), STOCKHOLM)
        self.server.manage("note_silences", "--at", morning.isoformat())


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def story(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Answers:
    """Have nobody walked in yet."""
    return Answers(fresh_demo, open_page, request.param)


def test_a_no_that_waits_is_sent_back_mended_and_sent_by_the_head(story: Answers):
    referral = story.request_of(WAITS)
    page = story.go("unit_head", "/")
    follow(page, page.locator(f"main a[href='/intake/{referral}/second/']").first)
    expect(page.locator("main")).to_contain_text("Det som är svårt för Yusuf är proven.")
    page.fill("[name=why]", "Skolan har redan prövat mindre grupp.")
    follow(page, page.get_by_role("button", name="Skicka tillbaka"))

    page = story.go("team_worker", f"/intake/{referral}/decline/")
    expect(page.locator("main")).to_contain_text("Skolan har redan prövat mindre grupp.")
    expect(page.locator("[name=rationale]")).to_have_value(WRITTEN)
    page.fill("[name=rationale]", "Skolan behöver berätta i förväg när proven är.")
    follow(page, page.locator("#answer form button[type=submit]").first)
    expect(page.locator("main")).to_contain_text("Det här skälet kräver två personer")
    if page.locator("[name=nevertheless]").count():
        page.fill("[name=nevertheless]", "Det har gjorts i ett ämne.")
    follow(page, page.locator("button[name=confirm]"))
    assert story.status(referral) == "assessing"

    page = story.go("team_worker", f"/intake/{referral}/second/")
    expect(page.get_by_role("button", name="Skicka svaret")).to_have_count(0)
    page = story.go("unit_head", f"/intake/{referral}/second/")
    follow(page, page.get_by_role("button", name="Skicka svaret"))
    assert story.status(referral) == "declined"
    page = story.go("counsellor", f"/requests/{referral}/respond/")
    expect(page.locator("main")).to_contain_text("berätta i förväg när proven är")


def test_a_no_for_motivation_is_refused_until_another_way_is_offered(story: Answers):
    referral = story.request_of(WAITS)
    page = story.go("team_worker", f"/intake/{referral}/decline/")
    page.get_by_label("Eleven vill inte").check(force=True)
    page.fill("[name=rationale]", "Hon vill inte träffa oss.")
    page.fill("[name=advice]", "Håll kontakten hemåt.")
    follow(page, page.locator("#answer form button[type=submit]").first)
    for missing in ("Skriv vad ni har prövat", "Välj vilken annan väg ni erbjuder"):
        expect(page.locator(".error-summary")).to_contain_text(missing)
    page.fill("[name=tried]", "Ringt tre gånger.")
    page.select_option("[name=alternative]", "parents_first")
    page.get_by_label("Farsta närvaroteam").check(force=True)
    follow(page, page.locator("#answer form button[type=submit]").first)
    expect(page.locator("main")).to_contain_text("Bristande motivation är inte ett skäl")
    follow(page, page.locator("button[name=confirm]"))
    expect(page.locator(".error-summary")).to_contain_text("varför")
    page.fill("[name=nevertheless]", "Familjen vill börja utan henne.")
    follow(page, page.locator("button[name=confirm]"))
    page = story.go("unit_head", f"/intake/{referral}/second/")
    follow(page, page.get_by_role("button", name="Skicka svaret"))
    assert story.status(referral) == "declined"


def test_an_objection_goes_up_when_the_managers_differ_and_is_overturned(story: Answers):
    referral = lift(story)
    objection, level, _outcome = story.server.rows(OBJECTION_OF, referral)[0]
    assert level == "heads"
    page = story.go("team_worker", f"/objections/{objection}/")
    page.fill("[name=version]", "Vi vill se att stödet i matematik får verka.")
    follow(page, page.get_by_role("button", name="Spara vår version"))

    answer(story, "area_manager", objection, "yes_with_conditions", "Skolan är med på mötet.")
    answer(story, "unit_head", objection, "no_stands")
    [(_id, level, _outcome)] = story.server.rows(OBJECTION_OF, referral)
    assert level == "district"
    while level != "city":
        story.let_pass(referral)
        [(_id, level, _outcome)] = story.server.rows(OBJECTION_OF, referral)
    page = story.go("coordinator", f"/objections/{objection}/")
    expect(page.locator("main")).to_contain_text("Vi vill se att stödet i matematik får verka.")
    expect(page.locator("main")).to_contain_text("Nejet hjälper inte Noel.")
    answer(story, "coordinator", objection, "yes_with_conditions", "Teamet börjar inom två veckor.")

    [(_id, _level, outcome)] = story.server.rows(OBJECTION_OF, referral)
    assert outcome == "overturned"
    page = story.go("counsellor", f"/objections/{objection}/")
    expect(page.locator("main")).to_contain_text("Teamet börjar inom två veckor.")


def test_silence_carries_a_lifted_no_to_the_city_and_is_counted_each_time(story: Answers):
    referral = lift(story)
    seen = []
    while "city" not in seen:
        story.let_pass(referral)
        [(objection, level, _outcome)] = story.server.rows(OBJECTION_OF, referral)
        seen += [level] if level not in seen else []
    [(times,)] = story.server.rows(SILENCES, referral)

    assert seen == ["district", "city"], "both managers were silent, then the district"
    assert times >= 3
    page = story.go("counsellor", f"/objections/{objection}/")
    expect(page.locator("main")).to_contain_text("Staden")


def lift(story: Answers) -> str:
    """The counsellor lifts the no about Noel to the managers of both sides."""
    referral = story.request_of(DECLINED)
    page = story.go("counsellor", f"/requests/{referral}/respond/")
    page.locator("input[name=way][value=lift]").check(force=True)
    page.fill("[name=disagreement]", "Nejet hjälper inte Noel.")
    follow(page, page.locator("main form button[type=submit]").last)
    return referral


def answer(story: Answers, person: str, objection: str, code: str, conditions: str = "") -> None:
    """Answer what was lifted."""
    page = story.go(person, f"/objections/{objection}/")
    page.locator(f"input[name=answer][value={code}]").check(force=True)
    if conditions:
        page.fill("[name=conditions]", conditions)
    page.fill("[name=reason]", "Vi har vägt båda sidor.")
    page.fill("[name=next_task]", "Teamet träffar Noel.")
    page.locator("input[name=next_unit]").first.check(force=True)
    next_on = (datetime.now(STOCKHOLM).date() + timedelta(days=14)).isoformat()
    page.fill("[name=next_on]", next_on)
    follow(page, page.get_by_role("button", name="Skicka svaret"))
