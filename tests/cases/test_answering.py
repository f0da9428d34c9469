"""The five answers and who gives them: accept, ask, queue, redirect, decline, allocate."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cases.models import Decision
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case, make_cast

ANSWERS = ("accept_request", "ask_question", "queue_request", "redirect_request", "decline_request")
FAR = "2099-01-02"


def address(story, page):
    return reverse(f"cases:{page}", args=[story.referral.pk])


@pytest.fixture
def story(cast):
    return a_case("acknowledged", cast=cast)


@pytest.fixture
def complete(story):
    """A no with everything it needs."""
    return {
        "reason": story.cast.reason.pk, "rationale": "Skolan har fler insatser att pröva.",
        "advice": "Kartlägg lärmiljön.", "next_holder": story.case.school_unit_id, "next_on": FAR,
    }  # fmt: skip


def test_accepting_is_two_clicks_open_and_accept(cast, enter):
    story = a_case("sent", cast=cast)
    client = enter(cast.worker)
    form = client.get(address(story, "assess_request")).context["form"]

    response = client.post(
        address(story, "accept_request"),
        {"handler": form["handler"].value(), "first_contact_by": form["first_contact_by"].value().isoformat()},
    )

    assert response.url == reverse("cases:case_detail", args=[story.case.pk])
    story.referral.refresh_from_db()
    assert (story.referral.status, story.referral.handler) == ("accepted", cast.worker)


def test_accepting_can_go_on_to_the_next_request(cast, enter):
    first, second = a_case("acknowledged", cast=cast), a_case("sent", cast=cast)
    client, given = enter(cast.worker), {"handler": cast.worker.pk, "first_contact_by": FAR, "next": "1"}

    assert client.post(address(first, "accept_request"), given).url == address(second, "assess_request")
    last = client.post(address(second, "accept_request"), given, follow=True)

    assert "nothing more to answer" in last.text
    assert last.redirect_chain[-1][0] == reverse("cases:inbox")


def test_the_handler_is_one_of_the_unit(cast, enter, story):
    response = enter(cast.worker).post(
        address(story, "accept_request"), {"handler": cast.other_worker.pk, "first_contact_by": FAR}
    )

    assert response.status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("page", "typed", "message"),
    [
        ("accept_request", {"first_contact_by": FAR}, "Choose who is responsible"),
        ("accept_request", {"first_contact_by": "2020-01-01"}, "Choose today or a later day."),
        ("ask_question", {"due_on": FAR, "text": "?"}, "or earlier."),
        ("ask_question", {"due_on": FAR}, "Write what you need to know"),
        ("redirect_request", {"rationale": "Dit."}, "Choose the right unit"),
        ("redirect_request", {"rationale": ""}, "Write why you send it on"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(cast, enter, story, page, typed, message):
    response = enter(cast.worker).post(address(story, page), typed)

    assert response.status_code == 422
    assert message in response.text
    for text in typed.values():
        assert text in response.text
    story.referral.refresh_from_db()
    assert story.referral.status == "assessing"


def test_asking_tells_that_the_clock_is_paused_and_the_childs_is_not(cast, enter, story):
    text = enter(cast.worker).get(address(story, "ask_question")).text

    assert "Your clock is paused" in text
    assert "The child&#x27;s time goes on." in text or "The child's time goes on." in text


def test_asking_puts_the_ball_with_the_school(cast, enter, story):
    enter(cast.worker).post(
        address(story, "ask_question"), {"text": "Vad säger eleven?", "due_on": story.days(3).isoformat()}
    )

    assert story.question.text == "Vad säger eleven?"
    assert story.open("answer_question").due_on == story.days(3)


def test_nobody_asks_twice_at_a_time(cast, enter):
    story = a_case("asked", cast=cast)

    assert enter(cast.worker).get(address(story, "ask_question")).status_code == 409


def test_sending_on_keeps_the_ball_until_they_acknowledge(cast, enter, story):
    response = enter(cast.worker).post(
        address(story, "redirect_request"), {"service": cast.other_service.pk, "rationale": "Ni har rätt uppdrag."},
        follow=True,
    )  # fmt: skip

    assert "The ball stays with you" in response.text
    assert story.open("take_over").referral.to_unit == cast.other_worker.unit


def test_a_unit_that_has_a_request_already_is_not_sent_another(cast, enter, story):
    first = story.referral
    story.send(cast.other_service)
    story.referral = first

    response = enter(cast.worker).post(
        address(story, "redirect_request"), {"service": cast.other_service.pk, "rationale": "Ni har rätt uppdrag."}
    )

    assert response.status_code == 422
    assert "already has a request" in response.text


def test_a_no_is_checked_before_it_is_sent(cast, enter, story, complete):
    response = enter(cast.worker).post(address(story, "decline_request"), complete)

    assert response.status_code == 200
    assert "Check your answer" in response.text
    assert not Decision.objects.exists()


def test_from_the_check_each_part_can_be_changed_without_losing_the_others(cast, enter, story, complete):
    response = enter(cast.worker).post(address(story, "decline_request"), {**complete, "change": "advice"})

    assert response.status_code == 200
    assert "There is a problem" not in response.text
    for typed in (complete["rationale"], complete["advice"]):
        assert typed in response.text


def test_a_confirmed_no_is_sent_and_the_ball_moves_to_the_school(cast, enter, story, complete):
    response = enter(cast.worker).post(address(story, "decline_request"), {**complete, "confirm": "1"}, follow=True)

    decision = Decision.objects.get(referral=story.referral)
    assert (decision.answer, decision.advice) == ("declined", "Kartlägg lärmiljön.")
    assert "The ball is now with" in response.text
    assert story.open("respond_to_no")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("reason", "Choose a reason"),
        ("rationale", "Explain in your own words why you say no"),
        ("advice", "Write what the school should do now"),
        ("next_holder", "Choose who has the next step"),
        ("next_on", "Write by when the next step is taken"),
    ],
)
def test_a_no_that_lacks_a_part_is_refused_also_when_confirmed(cast, enter, story, complete, part, message):
    response = enter(cast.worker).post(address(story, "decline_request"), {**complete, "confirm": "1", part: ""})

    assert response.status_code == 422
    assert message in response.text
    assert not Decision.objects.exists()


def test_the_next_holder_is_part_of_the_case(cast, enter, story, complete):
    response = enter(cast.worker).post(
        address(story, "decline_request"), {**complete, "next_holder": cast.third_worker.unit_id, "confirm": "1"}
    )

    assert response.status_code == 422


def test_lack_of_motivation_is_questioned_before_sending(cast, enter, story, complete):
    response = enter(cast.worker).post(
        address(story, "decline_request"), {**complete, "rationale": "Eleven är omotiverad."}
    )

    assert "Lack of motivation is not a reason" in response.text


def test_each_reason_says_what_it_demands(cast, enter, story):
    text = enter(cast.worker).get(address(story, "decline_request")).text

    assert cast.reason.demands_en in text


@pytest.mark.parametrize("page", ANSWERS)
def test_what_somebody_else_has_answered_is_shown_with_what_was_typed(cast, enter, complete, story, page):
    story.accept()
    typed = {
        **complete, "confirm": "1", "text": "Min fråga", "due_on": FAR, "handler": cast.colleague.pk,
        "first_contact_by": FAR, "service": cast.other_service.pk, "place": 1, "expected_on": FAR,
        "interim": "Vi ringer.",
    }  # fmt: skip

    response = enter(cast.colleague).post(address(story, page), typed)

    assert response.status_code == 409
    assert "Someone else was faster" in response.text
    if page == "decline_request":
        assert complete["rationale"] in response.text


@pytest.mark.parametrize("page", [*ANSWERS, "allocate_request"])
def test_answers_are_for_the_receiver_alone(cast, enter, story, page):
    assert enter(cast.other_worker).get(address(story, page)).status_code == 404
    assert enter(make_cast().worker).post(address(story, page)).status_code == 404
    assert enter(cast.counsellor).post(address(story, page)).status_code == 403
    assert enter(cast.mentor).get(address(story, page)).status_code == 403


def test_a_colleague_can_be_given_the_request(cast, enter, story):
    response = enter(cast.head).post(address(story, "allocate_request"), {"person": cast.colleague.pk})

    assert response.url == address(story, "assess_request")
    assert story.open("answer_request").intervals.get(to_at=None).person == cast.colleague


def test_only_people_who_are_there_can_be_chosen(cast, enter, story):
    gone = MembershipFactory(team_worker=True, unit=cast.worker.unit, valid_to="2020-02-02")

    response = enter(cast.head).post(address(story, "allocate_request"), {"person": gone.pk})

    assert response.status_code == 422
    assert "Choose who takes it" in response.text or "Select a valid choice" in response.text


def test_nobody_is_chosen_for_what_has_ended(cast, enter):
    story = a_case("declined", cast=cast)

    assert enter(cast.head).get(address(story, "allocate_request")).status_code == 403
