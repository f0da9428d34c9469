"""One story through every page, in Swedish, with JavaScript and without: from a file of absence to a closed case."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.walking import follow, walk_in
from tests.integrations.lesson_files import PlantedFault, lesson_file

LONG = 60_000
SHARED = ".request-as-shared"

# The counsellor's school, its pupils' ids in the school's own system, and one pupil whom nothing has been said about.
SCHOOL = """
SELECT m.unit_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
WHERE u.given_name = 'Sara' AND u.family_name = 'Lind'
"""
PUPILS = """
SELECT i.value FROM schools_pupilidentifier i
JOIN schools_enrolment e ON e.pupil_id = i.pupil_id AND e.ends_on IS NULL
JOIN schools_classgroup g ON g.id = e.class_group_id JOIN schools_pupil p ON p.id = i.pupil_id
WHERE g.school_id = %s AND i.kind = 'source_id' AND p.protection = 'none' ORDER BY i.value
"""
UNKNOWN_PUPIL = """
SELECT i.value, p.id, p.given_name || ' ' || p.family_name FROM schools_pupilidentifier i
JOIN schools_pupil p ON p.id = i.pupil_id
JOIN schools_enrolment e ON e.pupil_id = p.id AND e.ends_on IS NULL
JOIN schools_classgroup g ON g.id = e.class_group_id
JOIN schools_residence r ON r.pupil_id = p.id AND r.valid_to IS NULL
WHERE g.school_id = %s AND i.kind = 'source_id' AND p.protection = 'none' AND g.grade BETWEEN 4 AND 9
  AND r.district_code = 'farsta' AND age(p.born_on) < interval '15 years'
  AND NOT EXISTS (SELECT FROM attendance_signal s WHERE s.pupil_id = p.id)
  AND NOT EXISTS (SELECT FROM attendance_concern c WHERE c.pupil_id = p.id)
  AND NOT EXISTS (SELECT FROM cases_case c WHERE c.pupil_id = p.id)
ORDER BY i.value LIMIT 1
"""


@dataclass
class Story:
    """Who is who, and where everybody's page is."""

    server: Server
    pages: dict[str, Page]
    pupil: str
    name: str
    file: bytes
    planted: list[PlantedFault]

    def page(self, person: str) -> Page:
        """Return the page of one of the people."""
        return self.pages[person]

    def go(self, person: str, path: str) -> Page:
        """Open a page as one of the people."""
        page = self.pages[person]
        page.goto(self.server.url + path)
        return page

    def request(self, status: str) -> str:
        """Return the id of the pupil's latest request, which must have `status`."""
        query = """SELECT r.id, r.status FROM cases_referral r JOIN cases_case c ON c.id = r.case_id
                   WHERE c.pupil_id = %s ORDER BY r.sent_at DESC LIMIT 1"""
        [(found, stored)] = self.server.rows(query, self.pupil)
        assert stored == status
        return str(found)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def story(request: pytest.FixtureRequest, fresh_demo: Server, open_page: Callable[..., Page]) -> Story:
    """Have the people of the story in a browser each."""
    people = ("principal", "counsellor", "team_worker", "unit_head")
    pages = {person: open_page(java_script_enabled=request.param) for person in people}
    for person, page in pages.items():
        walk_in(page, fresh_demo, person)
    [(school,)] = fresh_demo.rows(SCHOOL)
    ids = [value for (value,) in fresh_demo.rows(PUPILS, school)]
    [(away, pupil, name)] = fresh_demo.rows(UNKNOWN_PUPIL, school)
    [(last_day,)] = fresh_demo.rows("SELECT max(day) FROM attendance_classday")
    content, planted = lesson_file(ids, last_day=last_day, rows=50_000, often_away=[away])
    return Story(fresh_demo, pages, str(pupil), name, content, planted)


def test_from_a_file_of_absence_to_a_closed_case(story: Story):
    import_the_file(story)
    import_it_again(story)
    log_a_concern_from_the_signal(story)
    request_support(story, "Eleven har varit borta allt mer sedan oktober.")
    acknowledge(story)
    ask_and_answer(story)
    put_in_the_queue(story)
    decline(story)
    answer_with_new_facts(story)
    accept(story)
    give_and_acknowledge_feedback(story)
    close(story)


def import_the_file(story: Story) -> None:
    """A file of 50,000 rows with 20 faults: each named, the rest stored."""
    page = upload(story)
    for fault in story.planted:
        expect(page.get_by_role("rowheader", name=str(fault.row_number), exact=True)).to_be_visible()
    expect(page.locator("#problems")).to_contain_text("20")
    stored = story.server.rows("SELECT count(*) FROM integrations_importproblem")
    assert stored == [(len(story.planted),)]
    codes = story.server.rows("SELECT row_number, code FROM integrations_importproblem ORDER BY row_number")
    assert codes == sorted((fault.row_number, fault.code) for fault in story.planted)
    before = story.server.rows("SELECT count(*) FROM attendance_lessonabsence")
    approve(page)
    assert story.server.rows("SELECT count(*) FROM attendance_lessonabsence") != before


def import_it_again(story: Story) -> None:
    """The same file a second time changes nothing."""
    state = "SELECT md5(string_agg(t::text, '|' ORDER BY pupil_id, day)) FROM {} t"
    tables = ("attendance_attendanceday", "attendance_lessonabsence")
    before = [story.server.rows(state.format(table)) for table in tables]
    approve(upload(story))
    [(counts,)] = story.server.rows("SELECT counts FROM integrations_absenceimport ORDER BY uploaded_at DESC LIMIT 1")
    assert (counts["new"], counts["changed"], counts["removed"]) == (0, 0, 0)
    assert [story.server.rows(state.format(table)) for table in tables] == before


def upload(story: Story) -> Page:
    """Upload the file and wait for its preview."""
    page = story.go("principal", "/imports/")
    page.locator("main a[href$='/imports/new/']").first.click()
    if page.locator("select[name=unit]").count():
        page.locator("select[name=unit]").select_option(index=1)
    send_file(page, story.file)
    if page.locator("input[name=again][type=checkbox]").count():
        page.locator("input[name=again]").check()
        send_file(page, story.file)
    wait_for(page, page.locator("#problems, .ds-button[href$='/columns/']"))
    if not page.locator("#problems").count():
        page.locator(".ds-button[href$='/columns/']").click()
        page.get_by_role("button", name="Läs filen så här").click()
        wait_for(page, page.locator("#problems"))
    return page


def send_file(page: Page, content: bytes) -> None:
    """Choose the file and send the form."""
    page.set_input_files("input[name=file]", {"name": "vecka.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form button[type=submit]").first.click()


def approve(page: Page) -> None:
    """Let the good rows be stored, and wait until they are and it has been seen which signals they give."""
    if page.locator("input[name=has_looked]").count():
        page.locator("input[name=has_looked]").check()
    page.get_by_role("button", name=re.compile(r"^Läs in")).click()
    wait_for(page, page.locator("section.receipt", has_text=re.compile(r"\d nya? signal")))


def wait_for(page: Page, locator: object) -> None:
    """Wait for something that the worker brings; without JavaScript the page is loaded again."""
    deadline = dt.datetime.now(dt.UTC) + dt.timedelta(milliseconds=LONG)
    while not locator.count():  # type: ignore[attr-defined]
        assert dt.datetime.now(dt.UTC) < deadline, page.content()[-3000:]
        page.wait_for_timeout(700)
        page.reload()


def log_a_concern_from_the_signal(story: Story) -> None:
    """The crossing is a signal; the counsellor logs a concern from it."""
    page = story.go("counsellor", f"/pupils/{story.pupil}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(story.name)
    assert story.server.rows("SELECT count(*) > 0 FROM attendance_signal WHERE pupil_id = %s", story.pupil) == [(True,)]
    page.locator(f"a[href$='/concerns/new/?pupil={story.pupil}']").first.click()
    page.locator("label", has_text="Borta ofta").click()
    page.locator("input[name=talked][value=yes]").check(force=True)
    page.locator("input[name=harm_suspected][value=no]").check(force=True)
    page.get_by_role("button", name="Spara oron").click()
    expect(page.locator("main")).to_contain_text("Sara")
    assert story.server.rows("SELECT count(*) FROM attendance_concern WHERE pupil_id = %s", story.pupil) == [(1,)]


def request_support(story: Story, why_now: str) -> None:
    """The counsellor asks for support and sees exactly what the team will read."""
    page = story.go("counsellor", f"/requests/new/?pupil={story.pupil}")
    page.locator("label", has_text="Farsta närvaroteam").first.click()
    page.fill("[name=why_now]", why_now)
    page.fill("[name=what_hinders]", "Vill inte möta klassen på morgonen.")
    page.fill("[name=help_wanted]", "Stöd till hemmet och en väg in på morgonen.")
    page.fill("[name=tried]", "Samtal hem 21 oktober. Morgonmöte med mentor sedan 10 november.")
    page.fill("[name=pupil_words]", "Bild är bra. Jag vill gå in via sidodörren.")
    page.locator("[name=share_absence]").check()
    agree(page)
    page.fill("[name=contact]", "Sara Lind, skolkurator")
    page.locator("main form button[type=submit]").first.click()
    preview = page.locator("section.preview")
    expect(preview).to_contain_text(why_now)
    shown = preview.locator(SHARED).inner_text()
    page.get_by_role("button", name=re.compile("^Skicka begäran till")).click()
    expect(page).to_have_url(re.compile(r"/sent/$"))
    expect(page.locator("main")).to_contain_text("kvitterar")
    received = story.go("team_worker", f"/intake/{story.request('sent')}/").locator(SHARED).inner_text()
    assert received == shown


def agree(page: Page) -> None:
    """Note that guardian 1 and the pupil have said yes."""
    today = dt.date.today()  # noqa: DTZ011
    for giver in ("guardian_1", "pupil"):
        page.locator(f"input[name={giver}_answer][value=yes]").check(force=True)
        page.locator(f"[name={giver}_form]").select_option("meeting")
        page.fill(f"[name={giver}_given_on]", today.isoformat())
        page.fill(f"[name={giver}_valid_to]", (today + dt.timedelta(days=200)).isoformat())
    page.locator("input[name=guardian_2_answer][value=none]").check(force=True)
    for box in page.locator("input[name=scope]").all():
        box.check(force=True)


def acknowledge(story: Story) -> None:
    """The team acknowledges in the list, with one press."""
    referral = story.request("received")
    page = story.go("team_worker", "/intake/")
    form = page.locator(f"form[action$='/intake/{referral}/acknowledge/']")
    form.locator("button").click()
    expect(form).to_have_count(0)
    assert story.request("assessing") == referral


def ask_and_answer(story: Story) -> None:
    """The team asks, the school answers, the ball goes back."""
    page = story.go("team_worker", f"/intake/{story.request('assessing')}/ask/")
    page.fill("[name=text]", "Vad säger eleven om måndagarna?")
    page.locator("#answer form button[type=submit]").first.click()
    referral = story.request("asked")
    page = story.go("counsellor", f"/requests/{referral}/answer-question/")
    expect(page.locator("main")).to_contain_text("Vad säger eleven om måndagarna?")
    page.fill("[name=answer]", "Att det är för många i korridoren.")
    page.locator("main form button[type=submit]").last.click()
    story.request("assessing")


def put_in_the_queue(story: Story) -> None:
    """There is no room yet: place, day and what happens meanwhile, which the school reads."""
    page = story.go("team_worker", f"/intake/{story.request('assessing')}/queue/")
    page.fill("[name=place]", "2")
    page.locator("#answer form button[type=submit]").first.click()
    expect(page.locator(".error-summary")).to_contain_text("Skriv när ni räknar med att börja")
    page.fill("[name=expected_on]", (dt.date.today() + dt.timedelta(days=12)).isoformat())  # noqa: DTZ011
    page.fill("[name=interim]", "Mentorn ringer hem på måndagar.")
    page.locator("#answer form button[type=submit]").first.click()
    story.request("queued")
    expect(page.locator("main")).to_contain_text("Mentorn ringer hem på måndagar.")


def decline(story: Story) -> None:
    """A no that lacks something is refused, also what its reason demands; a whole one is sent by a second person."""
    page = story.go("team_worker", f"/intake/{story.request('queued')}/decline/")
    page.locator("#answer form button[type=submit]").first.click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Skriv vad skolan bör göra nu")
    page.locator("input[name=reason]").first.check(force=True)
    page.fill("[name=rationale]", "Vi ser att skolan inte har kartlagt lärmiljön än.")
    page.fill("[name=advice]", "Kartlägg lärmiljön, särskilt måndagar före lunch.")
    page.locator("#answer form button[type=submit]").first.click()
    expect(page.locator(".error-summary")).to_contain_text("Välj vilken av skolans insatser som saknas")
    page.select_option("[name=missing_measure]", "quiet_place")
    page.locator("#answer form button[type=submit]").first.click()
    follow(page, page.locator("button[name=confirm]"))
    page = story.go("unit_head", f"/intake/{story.request('queued')}/second/")
    follow(page, page.get_by_role("button", name="Skicka svaret"))
    story.request("declined")


def answer_with_new_facts(story: Story) -> None:
    """The school answers the no with new facts: same case, same child's time."""
    page = story.go("counsellor", f"/requests/{story.request('declined')}/respond/")
    expect(page.locator("main")).to_contain_text("Kartlägg lärmiljön")
    page.locator("input[name=way][value=new_facts]").check(force=True)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/requests/new/"))
    request_support(story, "Lärmiljön är nu kartlagd. Eleven klarar inte trängseln på morgonen.")
    acknowledge(story)
    [(cases,)] = story.server.rows("SELECT count(*) FROM cases_case WHERE pupil_id = %s", story.pupil)
    assert cases == 1


def accept(story: Story) -> None:
    """Open the request and press Accept: two clicks."""
    page = story.go("team_worker", "/intake/?show=assess")
    referral = story.request("assessing")
    page.locator(f"main a[href$='/intake/{referral}/']").last.click()
    page.locator("#answer form button[type=submit]").first.click()
    story.request("accepted")


def give_and_acknowledge_feedback(story: Story) -> None:
    """First contact, feedback, and the school's receipt."""
    referral = story.request("accepted")
    page = story.go("team_worker", f"/work/{referral}/first-contact/")
    page.fill("[name=note]", "Vi har träffat eleven och mamma hemma.")
    page.locator("main form button[type=submit]").last.click()
    page = story.go("team_worker", f"/work/{story.request('active')}/feedback/")
    page.fill("[name=text]", "Eleven vill börja med bild. Kan hon gå in via sidodörren?")
    page.locator("main form button[type=submit]").last.click()
    [(feedback,)] = story.server.rows("SELECT id FROM cases_feedback ORDER BY sent_at DESC LIMIT 1")
    page = story.go("counsellor", "/?all=1")
    page.locator(f"form[action$='/feedback/{feedback}/acknowledge/'] button").first.click()
    expect(page.locator(f"form[action$='/feedback/{feedback}/acknowledge/']")).to_have_count(0)
    done = story.server.rows("SELECT acknowledged_at IS NOT NULL FROM cases_feedback WHERE id = %s", feedback)
    assert done == [(True,)]


def close(story: Story) -> None:
    """The school closes with an outcome; both sides read how it went."""
    [(case,)] = story.server.rows("SELECT id FROM cases_case WHERE pupil_id = %s", story.pupil)
    page = story.go("counsellor", f"/cases/{case}/close/")
    page.locator("input[name=outcome][value=improved]").check(force=True)
    page.fill("[name=final_word]", "Du kom tillbaka i din egen takt. Bra kämpat.")
    page.locator("main form button[type=submit]").first.click()
    page.locator("button[name=confirmed]").click()
    expect(page).to_have_url(re.compile(rf"/cases/{case}/$"))
    [(open_case,)] = story.server.rows("SELECT closed_at IS NULL FROM cases_case WHERE id = %s", case)
    assert not open_case
    for person in ("counsellor", "team_worker"):
        page = story.go(person, f"/cases/{case}/")
        expect(page.locator("main")).to_contain_text("Du kom tillbaka i din egen takt.")
        expect(page.locator("main")).to_contain_text("Närvaron har förbättrats")
