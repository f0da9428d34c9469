from django.urls import reverse

from audit.models import AccessRecord
from tests.factories.cases import a_case


def address(story):
    return reverse("cases:answer_question", args=[story.referral.pk])


def test_the_question_is_shown_with_who_reads_the_answer(cast, enter):
    story = a_case("asked", cast=cast)

    page = enter(cast.counsellor).get(address(story)).text

    assert "Vad säger eleven om måndagarna?" in page
    assert "Read by: your school and the unit that asked." in page
    assert f"Send the answer to {cast.worker.unit.short_name}" in page
    assert AccessRecord.objects.filter(page="cases:answer_question", pupils__contains=[story.pupil.pk]).exists()


def test_the_answer_gives_the_ball_back(cast, enter):
    story = a_case("asked", cast=cast)

    response = enter(cast.counsellor).post(address(story), {"answer": "Svårt på morgnar."})

    assert response.url == reverse("cases:case_detail", args=[story.case.pk])
    assert story.question.answer == "Svårt på morgnar."
    assert story.open("answer_request")


def test_an_empty_answer_is_refused(cast, enter):
    story = a_case("asked", cast=cast)

    response = enter(cast.counsellor).post(address(story), {"answer": ""})

    assert response.status_code == 422
    assert "Write an answer" in response.text


def test_the_second_answer_is_told_what_stands_and_keeps_its_text(cast, enter):
    story = a_case("question_answered", cast=cast)

    response = enter(cast.principal).post(address(story), {"answer": "Mitt svar kom sist."})

    assert response.status_code == 409
    assert "Someone else was faster" in response.text
    assert "Mitt svar kom sist." in response.text
    assert cast.counsellor.user.full_name in response.text


def test_who_may_answer(cast, enter):
    story = a_case("asked", cast=cast)

    assert enter(cast.principal).get(address(story)).status_code == 200
    assert enter(cast.other_counsellor).get(address(story)).status_code == 404
    assert enter(cast.worker).get(address(story)).status_code == 403
    assert enter(cast.mentor).get(address(story)).status_code == 403


def test_anonymous_is_sent_to_sign_in(cast, client):
    assert client.get(address(a_case("asked", cast=cast))).status_code == 302
