"""Requests about one's own data: a month to answer, and a copy that a person has read before it leaves."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord, AuditEvent
from records import rights
from records.extract import CASE_TABLES, SCHOOL_OWN, SOCIAL_OWN, extract_of
from records.headings import HEADINGS
from records.models import KeepOrder, RightsRequest
from records.readings import readings_about
from tests.factories.cases import a_case, make_cast
from tests.factories.records import WHEN
from tests.factories.reports import WHY_NOT, a_report
from tests.factories.schools import GuardianFactory
from wall.identity import acting_as


@pytest.fixture
def story(people):
    """A pupil still at school, with a case under way and two guardians, one of them protected."""
    story = a_case("feedback_acknowledged", cast=people)
    GuardianFactory(pupil=story.pupil, given_name="Öppna", family_name="Förälder")
    GuardianFactory(pupil=story.pupil, protected=True, given_name="Hemliga", family_name="Förälder")
    return story


@pytest.fixture
def asked(story):
    return rights.register_rights_request(
        pupil=story.pupil, kind="access", asked_by="guardian", received_on=date(2026, 11, 25),
        by=story.cast.principal, at=WHEN,
    )  # fmt: skip


def everything_kept(request, reader):
    return {item.key: "mask" if item.is_protected else "keep" for item in extract_of(request.pupil, reader).items}


def read(response) -> tuple[str, dict]:
    archive = zipfile.ZipFile(io.BytesIO(response))
    page = next(name for name in archive.namelist() if name.endswith(".html"))
    return archive.read(page).decode(), json.loads(archive.read("data.json"))


def test_request_is_due_in_a_month_and_listed_by_urgency(client, story, sign_in):
    sign_in(client, story.cast.principal)
    form = {"pupil": story.pupil.pk, "kind": "rectify", "asked_by": "pupil", "received_on": "2026-01-12"}
    response = client.post(reverse("records:register_rights_request"), form)

    made = RightsRequest.objects.get()
    assert response.url == reverse("records:rights_request_detail", args=[made.pk])
    assert made.due_on == date(2026, 2, 12)
    page = client.get(reverse("records:rights_request_list")).content.decode()
    assert "late" in page
    assert story.pupil.full_name not in page


def test_day_to_come_is_refused(client, story, sign_in):
    sign_in(client, story.cast.principal)
    form = {"pupil": story.pupil.pk, "kind": "erase", "asked_by": "pupil", "received_on": "2999-01-12"}

    response = client.post(reverse("records:register_rights_request"), form)

    assert response.status_code == 422
    assert "This day has not come yet" in response.content.decode()


def test_copy_leaves_only_when_everything_in_it_has_been_read(client, story, asked, sign_in, confirm):
    sign_in(client, story.cast.principal)
    with pytest.raises(rights.NotScreened):
        rights.export_copy(request=asked, reason="handed_over", by=story.cast.principal, at=WHEN)

    page = client.get(reverse("records:screen_copy", args=[asked.pk])).content.decode()
    fields = re.findall(r'name="(item_\d+)"', page)
    assert client.post(reverse("records:screen_copy", args=[asked.pk]), {"is_read": "on"}).status_code == 422
    chosen = dict.fromkeys(fields, "keep") | {"is_read": "on"}
    assert client.post(reverse("records:screen_copy", args=[asked.pk]), chosen).status_code == 302

    url = reverse("records:export_copy", args=[asked.pk])
    assert client.post(url, {"reason": "handed_over"}).status_code == 302  # asked to confirm that it is they
    assert client.get(url).status_code == 302
    confirm(client)
    assert client.get(url).status_code == 200
    response = client.post(url, {"reason": "handed_over"})
    assert response["Content-Type"] == "application/zip"
    page, told = read(response.content)
    assert story.pupil.full_name in page
    assert "Första mötet hölls." in page
    assert told["controller_unit"] == story.cast.principal.unit.name
    assert story.cast.worker.user.full_name in page
    event = AuditEvent.objects.get(action="copy_exported")
    assert event.details["reason"] == "handed_over"
    record = AccessRecord.objects.get(kind="export")
    assert record.pupils == [story.pupil.pk]
    readings = next(section for section in told["sections"] if section["title"] == "Who has read, by role and unit")
    assert ["Role", "Principal"] in readings["entries"][0]
    assert story.cast.principal.user.full_name not in str(readings)


def test_what_is_masked_is_masked_everywhere(story, asked):
    principal = story.cast.principal
    choices = everything_kept(asked, principal)
    worker = f"staff:{story.cast.worker.user_id}"
    feedback = next(key for key in choices if key.startswith("feedback:") and key.endswith(":text"))
    choices |= {worker: "mask", feedback: "mask"}
    rights.screen_copy(request=asked, choices=choices, by=principal, at=WHEN)

    page, told = read(rights.export_copy(request=asked, reason="handed_over", by=principal, at=WHEN))

    for text in (page, json.dumps(told, ensure_ascii=False)):
        assert story.cast.worker.user.full_name not in text
        assert "Öppna Förälder" in text
        assert "Hemliga" not in text
        assert "[masked]" in text
    feedback = next(section for section in told["sections"] if section["title"] == "Feedback")
    assert ["Text", "[masked]"] in feedback["entries"][0]


def test_protected_guardian_begins_as_masked(client, story, asked, sign_in):
    page = sign_in(client, story.cast.principal).get(reverse("records:screen_copy", args=[asked.pk])).content.decode()

    hidden = page[page.index("Hemliga Förälder") :]
    assert re.search(r'value="mask"[^>]*checked', hidden[: hidden.index("</section>")])


def test_what_was_written_after_the_reading_must_be_read_first(story, asked):
    principal = story.cast.principal
    rights.screen_copy(request=asked, choices=everything_kept(asked, principal), by=principal, at=WHEN)
    story.give_feedback()

    with pytest.raises(rights.NotScreened):
        rights.export_copy(request=asked, reason="handed_over", by=principal, at=WHEN)
    with pytest.raises(rights.NotScreened):
        rights.screen_copy(request=asked, choices={}, by=principal, at=WHEN)


def test_each_side_gives_out_its_own(story, asked):
    head = story.cast.head
    of_social = rights.register_rights_request(
        pupil=story.pupil, kind="access", asked_by="pupil", received_on=date(2026, 11, 25), by=head, at=WHEN
    )
    rights.screen_copy(request=of_social, choices=everything_kept(of_social, head), by=head, at=WHEN)

    page, told = read(rights.export_copy(request=of_social, reason="secure_mail", by=head, at=WHEN))

    titles = [section["title"] for section in told["sections"]]
    assert "Absence, day by day" not in titles
    assert "Concerns" not in titles
    assert "Öppna" not in page
    assert story.pupil.full_name in page
    assert "What was given to the other side" in titles


@pytest.mark.parametrize("who", ["other_counsellor", "counsellor", "mentor", "worker"])
def test_nobody_else_reaches_a_request(client, story, asked, sign_in, who):
    sign_in(client, getattr(story.cast, who))

    assert client.get(reverse("records:rights_request_detail", args=[asked.pk])).status_code == 403


@pytest.mark.parametrize("who", ["head", "area_manager"])
def test_other_unit_finds_no_such_request(client, story, asked, sign_in, confirm, who):
    sign_in(client, getattr(story.cast, who))

    for name in ("rights_request_detail", "screen_copy"):
        assert client.get(reverse(f"records:{name}", args=[asked.pk])).status_code == 404
    assert confirm(client).post(reverse("records:export_copy", args=[asked.pk])).status_code == 404


def test_restriction_that_is_granted_stops_the_erasure(client, story, sign_in):
    sign_in(client, story.cast.principal)
    asked = rights.register_rights_request(
        pupil=story.pupil, kind="restrict", asked_by="guardian", received_on=date(2026, 11, 25),
        by=story.cast.principal, at=WHEN,
    )  # fmt: skip
    form = {"outcome": "granted", "answer": "Vi använder inte uppgifterna tills det är utrett."}
    client.post(reverse("records:settle_rights_request", args=[asked.pk]), form)

    order = KeepOrder.objects.get()
    assert (order.ground, order.compartment, order.pupil) == ("dispute", "school", story.pupil)
    assert "Kept longer" in client.get(reverse("records:rights_request_list")).content.decode()
    client.post(reverse("records:lift_keep_order", args=[order.pk]))
    order.refresh_from_db()
    assert order.lifted_by == story.cast.principal


def test_settled_once_and_only_with_words(client, story, asked, sign_in):
    sign_in(client, story.cast.principal)
    url = reverse("records:settle_rights_request", args=[asked.pk])
    assert client.post(url, {"outcome": "refused", "answer": ""}).status_code == 422
    client.post(url, {"outcome": "refused", "answer": "Nej, för att …"})
    client.post(url, {"outcome": "granted", "answer": "Ja."})

    asked.refresh_from_db()
    assert asked.outcome == "refused"
    with pytest.raises(rights.AlreadySettled):
        rights.export_copy(request=asked, reason="handed_over", by=story.cast.principal, at=timezone.now())


def test_head_orders_to_keep_until_thirty(client, story, sign_in):
    sign_in(client, story.cast.head)
    form = {"pupil": story.pupil.pk, "ground": "investigation"}

    for _ in range(2):
        assert client.post(reverse("records:order_to_keep"), form).status_code == 302

    order = KeepOrder.objects.get()
    assert (order.compartment, order.ground) == ("social", "investigation")


def test_every_column_of_a_copy_has_a_name_in_words(story):
    columns = {
        name
        for table in (*SCHOOL_OWN, *SOCIAL_OWN, *CASE_TABLES)
        for name in (*table.facts, *table.texts, *table.staff)
    }

    assert columns - HEADINGS.keys() == set()


def test_reading_a_copy_costs_the_same_however_much_there_is(
    client, story, asked, sign_in, django_assert_max_num_queries
):
    sign_in(client, story.cast.principal)
    for _ in range(5):
        story.give_feedback()

    with django_assert_max_num_queries(60):
        client.get(reverse("records:screen_copy", args=[asked.pk]))


def test_database_tells_readings_only_while_a_copy_is_asked_for_and_only_of_the_own_authority(story, asked):
    AccessRecord.objects.create(
        page="x", pupils=[story.pupil.pk], at=WHEN, role="principal", unit_id=story.cast.principal.unit_id,
        authority=story.cast.principal.unit.authority,
    )  # fmt: skip
    AccessRecord.objects.create(page="x", pupils=[story.pupil.pk], at=WHEN, role="team_worker", authority="board:other")

    with acting_as(story.cast.principal):
        assert [(one.role, one.times) for one in readings_about(story.pupil)] == [("Principal", 1)]
    for other in (story.cast.counsellor, story.cast.head):
        with acting_as(other):
            assert readings_about(story.pupil) == []
    rights.settle_rights_request(request=asked, outcome="granted", answer="Ja.", by=story.cast.principal, at=WHEN)
    with acting_as(story.cast.principal):
        assert readings_about(story.pupil) == []


def test_a_copy_holds_concern_reports_for_those_who_may_know_and_how_they_were_handled_at_the_office_alone(db):
    cast = make_cast()
    told = a_report(cast).confirm().assess().decide().tell()

    def texts(reader):
        with acting_as(reader):
            extract = extract_of(told.pupil, reader)
        return [title for title, _entries in extract.sections], str(extract.sections)

    at_principal, told_to_principal = texts(cast.principal)
    at_office, told_to_office = texts(told.worker)
    at_counsellor, _said = texts(cast.counsellor)

    assert "Concern reports" in at_principal
    assert "What the reporter was told" in at_principal
    assert WHY_NOT not in told_to_principal
    assert "How concern reports were handled" in at_office
    assert WHY_NOT in told_to_office
    assert "Concern reports" not in at_counsellor
