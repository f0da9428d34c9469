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
WITH_THE_CITY = """
SELECT o.id FROM cases_obligation o JOIN cases_holderinterval h ON h.obligation_id = o.id AND h.to_at IS NULL
  JOIN accounts_unit u ON u.id = h.unit_id
 WHERE o.referral_id = %s AND o.kind = 'place_request' AND o.stopped_at IS NULL AND u.kind = 'city'
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

    def answer_due(self, referral: str) -> str:
        """Return the date of the open answer to a request."""
        [(found,)] = self.server.rows(
            "SELECT due_on FROM cases_obligation WHERE referral_id = %s AND kind = 'answer_request'"
            " AND stopped_at IS NULL", referral,
        )  # fmt: skip
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
    given_back = story.request_of(DECLINED)
    assert given_back != referral
    page = story.go("team_worker", f"/intake/{given_back}/")
    expect(page.locator("main")).to_contain_text("Teamet börjar inom två veckor.")
    expect(page.get_by_role("link", name="Nej", exact=True)).to_have_count(0)
    follow(page, page.locator("#answer form button[type=submit]").first)
    assert story.status(given_back) == "accepted"
    assert story.status(referral) == "declined"


def test_a_request_sent_on_twice_is_placed_by_the_coordinator_and_keeps_its_date(story: Answers):
    first = story.request_of(WAITS)
    due = story.answer_due(first)
    send_on(story, "team_worker", first, "Mottagning barn och unga Farsta", "Familjen behöver stöd hemma.")
    second = story.request_of(WAITS)
    acknowledge(story, "intake_worker", second)
    assert story.answer_due(second) == due
    send_on(story, "intake_worker", second, "SST+ Farsta", "De har specialpedagog.")
    expect(story.windows["intake_worker"].locator("main")).to_contain_text("Samordnaren bestämmer")
    assert story.request_of(WAITS) == second

    [(case,)] = story.server.rows("SELECT case_id FROM cases_referral WHERE id = %s", second)
    page = story.go("counsellor", f"/cases/{case}/")
    expect(page.locator("main")).to_contain_text("Bestäm vilken enhet som tar begäran")
    while not (step := story.server.rows(WITH_THE_CITY, second)):
        story.let_pass(second)
    page = story.go("coordinator", "/stalled/")
    follow(page, page.locator(f"main a[href='/steps/{step[0][0]}/place/']").first)
    expect(page.locator("main")).not_to_contain_text("Yusuf")
    expect(page.locator("main")).not_to_contain_text("De har specialpedagog.")
    choose(page, "SST Farsta")
    page.fill("[name=why]", "SST har rum först.")
    follow(page, page.get_by_role("button", name="Besluta"))

    third = story.request_of(WAITS)
    page = story.go("unit_head", f"/intake/{third}/")
    expect(page.locator("main")).to_contain_text("SST har rum först.")
    expect(page.get_by_role("link", name="Skicka till rätt enhet")).to_have_count(0)
    acknowledge(story, "unit_head", third)
    assert story.answer_due(third) == due
    page = story.go("unit_head", f"/intake/{third}/")
    page.locator("[name=handler]").select_option(index=1)
    follow(page, page.locator("#answer form button[type=submit]").first)
    assert (story.status(second), story.status(third)) == ("redirected", "accepted")
    page = story.go("counsellor", f"/cases/{case}/")
    for told in ("Skickad vidare för andra gången", "SST har rum först.", "Ja – begäran är mottagen"):
        expect(page.locator("main")).to_contain_text(told)


def send_on(story: Answers, person: str, referral: str, to: str, why: str) -> None:
    """Send a request on to the unit whose name begins so."""
    page = story.go(person, f"/intake/{referral}/redirect/")
    choose(page, to)
    page.fill("[name=rationale]", why)
    follow(page, page.get_by_role("button", name="Skicka vidare"))


def choose(page: Page, unit: str) -> None:
    """Choose the service whose label has `unit` in it."""
    page.locator("label", has_text=unit).first.click()


def acknowledge(story: Answers, person: str, referral: str) -> None:
    """Acknowledge a request in Incoming; with JavaScript its row becomes a receipt."""
    page = story.go(person, "/intake/?show=acknowledge")
    button = page.locator(f"form[action='/intake/{referral}/acknowledge/'] button")
    button.click()
    expect(button).to_have_count(0)


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
