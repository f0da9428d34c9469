"""A request as it was shared, and the panel with the answer: yes is open, the others are links beside it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from audit.models import AccessRecord
from schools.models import Pupil
from tests.architecture.partials import HTMX, by_id, document, swap_in
from tests.factories.cases import a_case, make_cast

OTHERS = ("ask_question", "queue_request", "redirect_request", "decline_request")


def address(story, page="assess_request"):
    return reverse(f"cases:{page}", args=[story.referral.pk])


def test_the_material_is_the_frozen_copy_never_the_live_row(cast, enter):
    story = a_case("sent", cast=cast)
    Pupil.objects.filter(pk=story.pupil.pk).update(given_name="Nytt", family_name="Namn")

    text = enter(cast.worker).get(address(story)).text

    assert "Alva Krans" in text
    assert "Nytt" not in text
    assert "Har ont i magen på morgnarna." in text


def test_the_title_never_holds_the_name(cast, enter):
    text = enter(cast.worker).get(address(a_case("sent", cast=cast))).text

    assert "Alva" not in text[text.index("<title>") : text.index("</title>")]


def test_yes_is_open_with_its_proposals_filled_in(cast, enter):
    story = a_case("sent", cast=cast)

    form = enter(cast.worker).get(address(story)).context["form"]

    assert form["handler"].value() == cast.worker.pk
    assert form["first_contact_by"].value() == story.days(5)


def test_a_head_of_several_units_chooses_the_handler(cast, enter):
    story = a_case("sent", cast=cast)

    form = enter(cast.area_head).get(address(story)).context["form"]

    assert form["handler"].value() is None
    assert set(form.fields["handler"].queryset) == {cast.worker, cast.colleague, cast.head}


@pytest.mark.parametrize("page", OTHERS)
def test_each_other_answer_has_its_own_page_and_its_own_panel(cast, enter, page):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.worker)

    whole, part = client.get(address(story, page)), client.get(address(story, page), **HTMX)

    assert "Har ont i magen på morgnarna." in whole.text
    assert "<html" not in part.text
    assert re.match(r'\s*<title>[^<]+</title>\s*<section class="answer" id="answer"', part.text)
    assert "data-focus" in part.text


@pytest.mark.parametrize("page", OTHERS)
def test_the_old_page_with_the_panel_put_in_is_the_page_of_that_answer(cast, enter, page):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.worker)

    old, part = document(client.get(address(story))), document(client.get(address(story, page), **HTMX))
    swap_in(old, part, "answer", "outerHTML")
    fresh = document(client.get(address(story, page)))

    # Where the reader's eye is led differs, and so does the title: the panel alone has changed.
    for one in (old, fresh):
        heading = by_id(one, "answer-heading")
        heading.attributes = [pair for pair in heading.attributes if pair[0] != "data-focus"]
    assert str(by_id(old, "main")) == str(by_id(fresh, "main"))


def test_going_back_in_history_gives_the_whole_page(cast, enter):
    story = a_case("acknowledged", cast=cast)

    response = enter(cast.worker).get(
        address(story, "ask_question"), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )

    assert "<html" in response.text


def test_a_question_and_its_answer_are_shown(cast, enter):
    story = a_case("question_answered", cast=cast)

    text = enter(cast.worker).get(address(story)).text

    assert "Vad säger eleven om måndagarna?" in text
    assert "Svårt på morgnar." in text


def test_earlier_answers_of_the_own_unit_are_shown(cast, enter):
    story = a_case("declined", cast=cast).send()

    text = enter(cast.worker).get(address(story)).text

    assert "Skolan behöver pröva mer först." in text


def test_another_units_no_is_not_shown(cast, enter):
    story = a_case("declined", cast=cast).send(cast.other_service)

    page = enter(cast.other_worker).get(address(story))

    assert page.context["earlier"] == []
    assert "Skolan behöver pröva mer först." not in page.text


def test_why_it_was_sent_on_is_shown_to_the_unit_it_was_sent_to(cast, enter):
    story = a_case("redirected", cast=cast)

    assert "Ni har rätt uppdrag." in enter(cast.other_worker).get(address(story)).text


@pytest.mark.parametrize("state", ["accepted", "active", "declined", "withdrawn", "closed"])
def test_what_has_been_answered_has_no_panel(cast, enter, state):
    story = a_case(state, cast=cast)

    page = enter(cast.worker).get(address(story))

    assert page.status_code == 200
    assert not page.context["may_answer"]
    assert "Or answer in another way" not in page.text


def test_the_page_is_for_the_receiver_alone(cast, enter):
    story = a_case("sent", cast=cast)

    assert enter(cast.colleague).get(address(story)).status_code == 200
    assert enter(cast.other_worker).get(address(story)).status_code == 404
    assert enter(make_cast().head).get(address(story)).status_code == 404
    assert enter(cast.counsellor).get(address(story)).status_code == 403
    assert enter(cast.coordinator).get(address(story)).status_code == 403


def test_somebody_not_signed_in_is_asked_to(cast, client):
    assert client.get(address(a_case("sent", cast=cast))).url.startswith(reverse("account_login"))


def test_reading_it_is_written_down(cast, enter):
    story = a_case("sent", cast=cast)

    enter(cast.worker).get(address(story))

    records = AccessRecord.objects.filter(page="cases:assess_request", pupils__contains=[story.pupil.pk])
    assert records.get().membership_id == cast.worker.pk


@pytest.mark.parametrize(
    "page", ["assess_request", "accept_request", "ask_question", "redirect_request", "decline_request"]
)
def test_whichever_page_shows_the_request_first_the_sender_sees_that_it_was_opened(cast, enter, page):
    story = a_case("sent", cast=cast)

    enter(cast.worker).get(reverse(f"cases:{page}", args=[story.referral.pk]))

    story.referral.refresh_from_db()
    assert (story.referral.status, story.referral.received_by) == ("received", cast.worker)
    assert story.case.disclosures.get().read_by == cast.worker
