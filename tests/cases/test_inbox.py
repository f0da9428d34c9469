"""Incoming: what has come to a unit, under the heading of what it needs, the longest wait first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord
from cases.actions import answers
from tests.factories.cases import a_case, make_cast

INBOX = reverse("cases:inbox")
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("state", "tab"),
    [
        ("sent", "acknowledge"),
        ("opened", "acknowledge"),
        ("acknowledged", "assess"),
        ("asked", "waiting"),
        ("accepted", "working"),
        ("active", "working"),
        ("declined", "done"),
        ("withdrawn", "done"),
        ("closed", "done"),
    ],
)
def test_a_request_stands_under_what_it_needs(cast, enter, state, tab):
    story = a_case(state, cast=cast)

    page = enter(cast.worker).get(INBOX, {"show": tab})

    assert [row.referral for row in page.context["rows"]] == [story.referral]
    assert {each.code: count for each, count in page.context["tabs"]}[tab] == 1


def test_what_was_sent_on_waits_until_the_next_unit_has_acknowledged(cast, enter):
    story = a_case("redirected", cast=cast)
    first = story.referral.parent
    client = enter(cast.worker)
    assert [row.referral for row in client.get(INBOX, {"show": "waiting"}).context["rows"]] == [first]

    story.acknowledge(cast.other_worker)

    # The case has gone to the other unit, and with it the right to see it.
    assert client.get(INBOX, {"show": "waiting"}).context["rows"] == []


def test_late_comes_first_then_the_child_who_has_waited_longest(cast, enter):
    now = timezone.now()
    new = a_case("sent", cast=cast, at=now)
    late = a_case("sent", cast=cast, at=now - timedelta(days=10))
    waited = a_case("sent", cast=cast, at=now)
    type(waited.case).objects.filter(pk=waited.case.pk).update(child_time_from=waited.today - timedelta(days=90))

    rows = enter(cast.worker).get(INBOX).context["rows"]

    assert [row.referral for row in rows] == [late.referral, waited.referral, new.referral]


def test_the_list_holds_initials_but_neither_names_nor_causes_nor_absence(cast, enter):
    a_case("sent", cast=cast)

    text = enter(cast.worker).get(INBOX).text

    assert "A.K. " in text
    for hidden in ("Alva", "Krans", "magen", "Frånvaron ökar", "%"):
        assert hidden not in text


def test_a_head_sees_all_units_below_each_by_name(cast, enter):
    a_case("sent", cast=cast)
    a_case("sent", cast=cast).redirect()

    page = enter(cast.area_head).get(INBOX)

    assert {row.referral.to_unit for row in page.context["rows"]} == {cast.worker.unit, cast.other_worker.unit}
    assert cast.other_worker.unit.short_name in page.text


def test_others_see_nothing_of_it(cast, enter):
    a_case("sent", cast=cast)

    assert enter(make_cast().worker).get(INBOX).context["rows"] == []
    assert enter(cast.other_worker).get(INBOX).context["rows"] == []
    assert enter(cast.counsellor).get(INBOX).status_code == 403
    assert enter(cast.analyst).get(INBOX).status_code == 403


def test_somebody_not_signed_in_is_asked_to(client, db):
    assert client.get(INBOX).url.startswith(reverse("account_login"))


def test_reading_the_list_is_written_down(cast, enter):
    story = a_case("sent", cast=cast)

    enter(cast.worker).get(INBOX)

    assert AccessRecord.objects.filter(page="cases:inbox", pupils__contains=[story.pupil.pk]).exists()


def test_one_row_and_eleven_cost_the_same(cast, enter, assert_constant_queries):
    enter(cast.worker)

    assert_constant_queries(INBOX, lambda: a_case("sent", cast=cast))


def test_acknowledging_is_one_click_and_the_school_sees_it_at_once(cast, enter):
    story = a_case("sent", cast=cast)

    response = enter(cast.worker).post(reverse("cases:acknowledge_request", args=[story.referral.pk]), follow=True)

    story.referral.refresh_from_db()
    assert story.referral.acknowledged_by == cast.worker
    assert "Acknowledged. The school sees it now." in response.text


def test_with_htmx_the_row_becomes_a_receipt(cast, enter):
    story = a_case("sent", cast=cast)

    response = enter(cast.worker).post(reverse("cases:acknowledge_request", args=[story.referral.pk]), headers=HTMX)

    assert response.status_code == 200
    assert f'id="request-{story.referral.pk}"' in response.text
    assert "data-focus" in response.text
    assert "<html" not in response.text


def test_who_is_second_is_told_who_was_first(cast, enter):
    story = a_case("acknowledged", cast=cast)
    address = reverse("cases:acknowledge_request", args=[story.referral.pk])

    row = enter(cast.colleague).post(address, headers=HTMX)
    page = enter(cast.colleague).post(address)

    assert (row.status_code, page.status_code) == (409, 409)
    assert f"{cast.worker.user.full_name} was faster" in row.text
    story.referral.refresh_from_db()
    assert story.referral.acknowledged_by == cast.worker


def test_acknowledging_is_not_for_others(cast, enter):
    story = a_case("sent", cast=cast)
    address = reverse("cases:acknowledge_request", args=[story.referral.pk])

    assert enter(make_cast().worker).post(address).status_code == 404
    assert enter(cast.counsellor).post(address).status_code == 403
    assert enter(cast.worker).get(address).status_code == 405


def test_long_lists_come_in_pages(cast, enter):
    for _n in range(26):
        a_case("sent", cast=cast)

    client = enter(cast.worker)

    assert len(client.get(INBOX).context["rows"]) == 25
    assert len(client.get(INBOX, {"page": 2}).context["rows"]) == 1


def test_the_first_heading_with_something_under_it_is_shown(cast, enter):
    story = a_case("acknowledged", cast=cast)

    page = enter(cast.worker).get(INBOX)

    assert page.context["tab"].code == "assess"
    assert story.referral in [row.referral for row in page.context["rows"]]


def test_opening_is_seen_by_the_sender(cast, enter):
    story = a_case("sent", cast=cast)

    enter(cast.worker).get(reverse("cases:assess_request", args=[story.referral.pk]))

    story.referral.refresh_from_db()
    assert (story.referral.status, story.referral.received_by) == ("received", cast.worker)
    assert not answers.open_request(referral=story.referral, by=cast.worker, at=story.at)
