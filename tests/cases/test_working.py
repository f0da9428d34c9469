"""While a unit works with the pupil: first contact, feedback and its receipt, the end of the work."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cases.models import Feedback
from tests.factories.cases import a_case, make_cast

PAGES = ("record_first_contact", "give_feedback", "complete_work", "interrupt_work")
HTMX = {"HX-Request": "true"}
FAR = "2099-01-02"


def address(story, page):
    return reverse(f"cases:{page}", args=[story.referral.pk])


@pytest.mark.parametrize(
    ("state", "page", "typed", "status"),
    [
        ("accepted", "record_first_contact", {"note": "Vi har träffats."}, "active"),
        ("active", "complete_work", {"result": "Närvaron är bättre.", "next_on": FAR}, "completed"),
        ("accepted", "interrupt_work", {"reason": "Familjen tackar nej.", "next_on": FAR}, "interrupted"),
    ],
)
def test_the_work_moves_on(cast, enter, state, page, typed, status):
    story = a_case(state, cast=cast)

    response = enter(cast.worker).post(address(story, page), typed)

    assert response.url == reverse("cases:case_detail", args=[story.case.pk])
    story.referral.refresh_from_db()
    assert story.referral.status == status


def test_feedback_reaches_the_school_which_is_asked_for_a_receipt(cast, enter):
    story = a_case("active", cast=cast)

    enter(cast.worker).post(address(story, "give_feedback"), {"kind": "change", "text": "Första mötet hölls."})

    assert story.feedback.text == "Första mötet hölls."
    assert story.open("acknowledge_feedback").intervals.get(to_at=None).person == cast.counsellor


def test_no_change_is_feedback_too_and_says_why(cast, enter):
    story = a_case("active", cast=cast)

    enter(cast.worker).post(address(story, "give_feedback"), {"kind": "no_change", "text": "Väntar på BUP."})

    assert (story.feedback.kind, story.feedback.text) == ("no_change", "Väntar på BUP.")


def test_the_sender_sees_that_the_school_has_read_it_and_when(cast, enter):
    story = a_case("feedback_given", cast=cast)
    page = reverse("cases:case_detail", args=[story.case.pk])
    assert "Read at" not in enter(cast.worker).get(page).text

    enter(cast.counsellor).get(page)
    text = enter(cast.worker).get(page).text

    assert f"Read at {cast.counsellor.unit.short_name}" in text
    assert "Not acknowledged yet" in text
    first = story.feedback.read_at
    enter(cast.principal).get(page)
    assert (story.feedback.read_at, story.feedback.read_by) == (first, cast.counsellor)


def test_no_change_without_a_reason_is_refused(cast, enter):
    story = a_case("active", cast=cast)

    response = enter(cast.worker).post(address(story, "give_feedback"), {"kind": "no_change", "text": ""})

    assert response.status_code == 422
    assert "If nothing has changed, write why." in response.text
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_what_is_missing_is_said(cast, enter, page):
    story = a_case("accepted", cast=cast)

    response = enter(cast.worker).post(address(story, page), {"next_on": ""})

    assert response.status_code == 422
    assert response.text.index("There ") < response.text.index("<h1>")


@pytest.mark.parametrize("page", PAGES)
def test_work_that_has_ended_is_not_done_again(cast, enter, page):
    story = a_case("completed", cast=cast)
    typed = {"note": "Min text", "text": "Min text", "result": "Min text", "reason": "Min text", "next_on": FAR}

    response = enter(cast.colleague).post(address(story, page), typed)

    assert response.status_code == 409
    assert "Min text" in response.text


def test_the_first_contact_is_recorded_once(cast, enter):
    story = a_case("active", cast=cast)

    assert enter(cast.worker).get(address(story, "record_first_contact")).status_code == 409


@pytest.mark.parametrize("page", PAGES)
def test_the_work_is_the_receivers_alone(cast, enter, page):
    story = a_case("active", cast=cast)

    assert enter(cast.colleague).get(address(story, page)).status_code in {200, 409}
    assert enter(cast.other_worker).get(address(story, page)).status_code == 404
    assert enter(make_cast().worker).post(address(story, page)).status_code == 404
    assert enter(cast.counsellor).post(address(story, page)).status_code == 403


def test_the_receipt_is_one_click_and_may_carry_a_line(cast, enter):
    story = a_case("feedback_given", cast=cast)

    response = enter(cast.counsellor).post(
        reverse("cases:acknowledge_feedback", args=[story.feedback.pk]), {"reply": "Tack, det hjälper oss."}
    )

    assert response.url == reverse("cases:case_detail", args=[story.case.pk])
    assert (story.feedback.acknowledged_by, story.feedback.reply) == (cast.counsellor, "Tack, det hjälper oss.")


def test_from_the_start_page_the_row_becomes_a_receipt(cast, enter):
    story = a_case("feedback_given", cast=cast)
    row_id = f"obligation-{story.open('acknowledge_feedback').pk}"
    address = reverse("cases:acknowledge_feedback", args=[story.feedback.pk])

    part = enter(cast.counsellor).post(address, {"row_id": row_id, "from": "todo"}, headers=HTMX)

    assert f'id="{row_id}"' in part.text
    assert "<html" not in part.text


def test_with_the_receipt_the_counts_of_the_page_follow(cast, enter):
    story = a_case("feedback_given", cast=cast)
    client = enter(cast.counsellor)
    address = reverse("cases:acknowledge_feedback", args=[story.feedback.pk])
    before = client.get("/").context["to_do"].count

    part = client.post(address, {"row_id": f"obligation-{story.open('acknowledge_feedback').pk}"}, headers=HTMX)

    assert part.context["to_do"].count == before - 1
    for id_ in ("todo-count", "todo-counts"):
        assert f'id="{id_}"' in part.text
        assert f'id="{id_}"' in client.get("/").text


def test_the_row_is_named_by_us_and_by_nobody_else(cast, enter):
    story = a_case("feedback_given", cast=cast)

    part = enter(cast.counsellor).post(
        reverse("cases:acknowledge_feedback", args=[story.feedback.pk]), {"row_id": '"><script>'}, headers=HTMX
    )

    assert f'id="feedback-{story.feedback.pk}"' in part.text


def test_without_javascript_the_start_page_comes_back(cast, enter):
    story = a_case("feedback_given", cast=cast)

    response = enter(cast.counsellor).post(
        reverse("cases:acknowledge_feedback", args=[story.feedback.pk]), {"from": "todo"}
    )

    assert response.url == reverse("cases:todo")


def test_a_second_receipt_is_told_of_the_first(cast, enter):
    story = a_case("feedback_acknowledged", cast=cast)

    response = enter(cast.principal).post(reverse("cases:acknowledge_feedback", args=[story.feedback.pk]))

    assert response.status_code == 409
    assert story.feedback.acknowledged_by == cast.counsellor


def test_the_receipt_is_the_schools_alone(cast, enter):
    story = a_case("feedback_given", cast=cast)
    address = reverse("cases:acknowledge_feedback", args=[story.feedback.pk])

    assert enter(cast.other_counsellor).post(address).status_code == 404
    assert enter(cast.worker).post(address).status_code == 403
    assert enter(cast.mentor).post(address).status_code == 403
    assert enter(cast.counsellor).get(address).status_code == 405
