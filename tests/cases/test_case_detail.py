from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord
from cases.actions.notes import write_internal_note
from tests.factories.cases import STATES, a_case


def address(story):
    return reverse("cases:case_detail", args=[story.case.pk])


def note(story, by, text):
    write_internal_note(case=story.case, text=text, submission=uuid4(), by=by, at=timezone.now())


# The team that sent the request on has no part in the case once another has taken it over.
HANDED_OVER = {"taken_over", "redirected_twice", "placed"}


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_read_by_both_sides(cast, enter, state):
    story = a_case(state, cast=cast)

    for reader in (cast.counsellor, cast.principal, cast.worker, cast.head):
        gone = state in HANDED_OVER and reader.unit == cast.worker.unit
        assert enter(reader).get(address(story)).status_code == (404 if gone else 200)


def test_the_header_says_who_has_the_ball_what_and_by_when(cast, enter):
    story = a_case("accepted", cast=cast)

    page = enter(cast.counsellor).get(address(story)).text

    assert f"{cast.worker.user.short_name}, {cast.worker.unit.short_name}" in page
    assert "Make the first contact" in page
    assert "Child&#x27;s time" in page or "Child's time" in page


def test_the_title_never_holds_the_name(cast, enter):
    page = enter(cast.counsellor).get(address(a_case("sent", cast=cast))).text

    title = page.split("<title>")[1].split("</title>")[0]
    assert "Alva" not in title
    assert "A.K." not in title
    assert "Alva Krans" in page


def test_each_side_reads_its_own_notes_and_nobody_elses(cast, enter):
    story = a_case("active", cast=cast)
    note(story, cast.counsellor, "Skolans egen rad.")
    note(story, cast.worker, "Teamets egen rad.")

    school, team = enter(cast.principal).get(address(story)).text, enter(cast.colleague).get(address(story)).text

    assert "Skolans egen rad." in school
    assert "Teamets egen rad." not in school
    assert "Teamets egen rad." in team
    assert "Skolans egen rad." not in team


def test_only_shared_leaves_out_internal_rows_and_the_name(cast, enter):
    story = a_case("active", cast=cast)
    note(story, cast.counsellor, "Skolans egen rad.")

    page = enter(cast.counsellor).get(f"{address(story)}?shared=1").text

    assert "Skolans egen rad." not in page
    assert "First contact made" in page
    assert "Alva Krans" not in page.split('<section class="section" aria-labelledby="request">')[0]


@pytest.mark.parametrize(
    ("state", "reader", "page"),
    [
        ("asked", "counsellor", "cases:answer_question"),
        ("declined", "counsellor", "cases:respond_to_no"),
        ("sent", "worker", "cases:assess_request"),
        ("accepted", "worker", "cases:record_first_contact"),
        ("active", "worker", "cases:give_feedback"),
    ],
)
def test_the_ball_leads_to_its_page(cast, enter, state, reader, page):
    story = a_case(state, cast=cast)

    first = enter(getattr(cast, reader)).get(address(story)).context["actions"].first

    assert first[0].url == reverse(page, args=[story.referral.pk])


def test_nobody_is_offered_what_is_for_others(cast, enter):
    story = a_case("declined", cast=cast)

    school = enter(cast.counsellor).get(address(story)).context["actions"]
    team = enter(cast.worker).get(address(story)).context["actions"]

    assert "Close the case" in [str(link.text) for link in school.others]
    assert team.first == []
    assert [str(link.text) for link in team.others] == ["Call a joint meeting", "Register a deviation"]


def test_a_closed_case_offers_nothing_and_shows_the_last_word(cast, enter):
    story = a_case("closed", cast=cast)

    response = enter(cast.counsellor).get(address(story))

    assert response.context["actions"].first == response.context["actions"].others == []
    assert "Så här blev det." in response.text
    assert "Attendance has improved" in response.text


def test_the_question_and_the_no_are_visible_without_a_click(cast, enter):
    asked, declined = a_case("asked", cast=cast), a_case("declined", cast=cast)

    assert "Vad säger eleven om måndagarna?" in enter(cast.counsellor).get(address(asked)).text
    assert "Kartlägg lärmiljön." in enter(cast.counsellor).get(address(declined)).text


def test_feedback_waits_for_its_receipt(cast, enter):
    story = a_case("feedback_given", cast=cast)
    form = f'action="{reverse("cases:acknowledge_feedback", args=[story.feedback.pk])}"'

    assert form in enter(cast.counsellor).get(address(story)).text
    team = enter(cast.worker).get(address(story)).text
    assert form not in team
    assert "Not acknowledged yet" in team


def test_a_receiver_who_reads_it_here_has_opened_the_request(cast, enter):
    story = a_case("sent", cast=cast)

    enter(cast.worker).get(address(story))

    story.referral.refresh_from_db()
    assert story.referral.status == "received"
    assert story.referral.received_by == cast.worker


def test_the_school_does_not_open_its_own_request(cast, enter):
    story = a_case("sent", cast=cast)

    enter(cast.counsellor).get(address(story))

    story.referral.refresh_from_db()
    assert story.referral.status == "sent"


def test_an_area_manager_reads_a_case_only_when_it_has_been_lifted(cast, enter):
    quiet, lifted = a_case("declined", cast=cast), a_case("lifted", cast=cast)

    client = enter(cast.area_manager)

    assert client.get(address(quiet)).status_code == 404
    assert client.get(address(lifted)).status_code == 200


def test_another_social_unit_does_not_read_the_words_of_an_earlier_no(cast, enter):
    story = a_case("declined", cast=cast)
    story.send(cast.other_service)

    page = enter(cast.other_worker).get(address(story)).text

    assert "Skolan behöver pröva mer först." not in page
    assert "Kartlägg lärmiljön." not in page


def test_strangers_do_not_learn_that_the_case_exists(cast, enter):
    story = a_case("active", cast=cast)

    assert enter(cast.other_counsellor).get(address(story)).status_code == 404
    assert enter(cast.other_worker).get(address(story)).status_code == 404
    assert enter(cast.mentor).get(address(story)).status_code == 403
    assert enter(cast.coordinator).get(address(story)).status_code == 403


def test_anonymous_is_sent_to_sign_in(cast, client):
    assert client.get(address(a_case("sent", cast=cast))).status_code == 302


def test_reading_is_noted(cast, enter):
    story = a_case("sent", cast=cast)

    enter(cast.counsellor).get(address(story))

    assert AccessRecord.objects.filter(page="cases:case_detail", pupils__contains=[story.pupil.pk]).exists()


def test_a_long_story_costs_no_more_queries(cast, enter, assert_constant_queries):
    story = a_case("active", cast=cast)
    enter(cast.counsellor)

    assert_constant_queries(address(story), lambda: story.wait(1).give_feedback().acknowledge_feedback())
