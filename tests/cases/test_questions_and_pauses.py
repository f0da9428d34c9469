"""Several questions are asked one a line and answered one by one; a pause is shown with the date without it."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from cases.ball import Pause, states_of
from cases.models import Question
from deadlines.stockholm import STOCKHOLM
from tests.factories.cases import a_case

MONDAY = datetime(2026, 2, 2, 10, tzinfo=STOCKHOLM)


@pytest.fixture
def asked(cast, enter):
    story = a_case("acknowledged", cast=cast)
    enter(cast.worker).post(
        reverse("cases:ask_question", args=[story.referral.pk]),
        {"text": "Hur är måndagarna?\n\n Vem möter honom?", "due_on": story.days(5).isoformat()},
    )
    return story._again()


def test_each_question_has_its_number_on_both_sides(cast, enter, asked):
    lines = ("Hur är måndagarna?", "Vem möter honom?")
    numbered = "".join(f"<li><span hx-disable>{line}</span></li>" for line in lines)
    at_school = enter(cast.counsellor)
    for name, key in (("case_detail", asked.case.pk), ("answer_question", asked.referral.pk)):
        assert numbered in at_school.get(reverse(f"cases:{name}", args=[key])).text
    at_unit = enter(cast.worker).get(reverse("cases:assess_request", args=[asked.referral.pk]))
    assert numbered in at_unit.text


def test_the_school_answers_each_by_itself_and_a_forgotten_one_is_asked_for(cast, enter, asked):
    address = reverse("cases:answer_question", args=[asked.referral.pk])
    client = enter(cast.counsellor)

    page = client.get(address).text
    half = client.post(address, {"answer_1": "Svåra.", "answer_2": " "})
    whole = client.post(address, {"answer_1": "Svåra.", "answer_2": "Mentorn."})

    assert "1. Hur är måndagarna?" in page
    assert half.status_code == 422
    assert "Svåra." in half.text
    assert "Write an answer" in half.text
    assert whole.status_code == 302
    assert Question.objects.get().answer == "1. Hur är måndagarna?\nSvåra.\n\n2. Vem möter honom?\nMentorn."


def test_one_question_has_one_box(cast, enter):
    story = a_case("asked", cast=cast)
    address = reverse("cases:answer_question", args=[story.referral.pk])
    client = enter(cast.counsellor)

    assert 'name="answer"' in client.get(address).text
    assert client.post(address, {"answer": "Svårt."}).status_code == 302


def pause_of(story):
    [ball] = [ball for ball in states_of([story.case], story.today)[0].balls if ball.kind.code == "answer_request"]
    return ball.pause


def test_a_pause_shows_the_date_without_it_and_with_it(cast):
    story = a_case("acknowledged", cast=cast, at=MONDAY)
    assert pause_of(story) is None
    assert story.open("answer_request").due_on == date(2026, 2, 16)

    story.ask()
    assert pause_of(story) == Pause(date(2026, 2, 16), 5, date(2026, 2, 23), runs=True)

    story.wait(2).answer_question()
    assert story.open("answer_request").due_on == date(2026, 2, 18)
    assert pause_of(story) == Pause(date(2026, 2, 16), 2, date(2026, 2, 18), runs=False)


def test_a_pause_that_ended_on_its_first_day_moves_nothing(cast):
    assert pause_of(a_case("acknowledged", cast=cast, at=MONDAY).ask().answer_question()) is None


def test_both_sides_read_both_dates(cast, enter):
    story = a_case("asked", cast=cast)
    address = reverse("cases:case_detail", args=[story.case.pk])

    for reader in (cast.counsellor, cast.worker):
        page = enter(reader).get(address).text
        assert "if the pause of 5 working days is used in full." in page
    story.wait_working_days(3).answer_question()
    for reader in (cast.counsellor, cast.worker):
        assert "3 working days’ pause)" in enter(reader).get(address).text
