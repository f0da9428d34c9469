from django.urls import reverse

from audit.models import AccessRecord
from tests.factories.cases import a_case

TYPED = {"outcome": "improved", "final_word": "Så här blev det."}


def address(story):
    return reverse("cases:close_case", args=[story.case.pk])


def test_it_is_asked_once_more_before_the_case_closes(cast, enter):
    story = a_case("completed", cast=cast)

    response = enter(cast.counsellor).post(address(story), TYPED)

    assert response.status_code == 200
    assert "Close the case for good?" in response.text
    assert story.case.is_open


def test_the_case_closes_with_outcome_and_last_word(cast, enter):
    story = a_case("completed", cast=cast)

    response = enter(cast.counsellor).post(address(story), TYPED | {"confirmed": "1"})

    assert response.url == reverse("cases:case_detail", args=[story.case.pk])
    assert story.case.outcome == "improved"
    assert story.case.final_word == "Så här blev det."


def test_one_can_go_back_and_change(cast, enter):
    response = enter(cast.counsellor).post(address(a_case("completed", cast=cast)), TYPED | {"change": "1"})

    assert "Check before closing" in response.text
    assert "Så här blev det." in response.text


def test_outcome_and_last_word_are_needed(cast, enter):
    story = a_case("completed", cast=cast)

    response = enter(cast.counsellor).post(address(story), {"confirmed": "1"})

    assert response.status_code == 422
    assert "Choose how it went" in response.text
    assert "Write a last word to the pupil" in response.text
    assert story.case.is_open


def test_a_closed_case_is_not_closed_again(cast, enter):
    typed = TYPED | {"final_word": "Min text kom sist.", "confirmed": "1"}

    response = enter(cast.principal).post(address(a_case("closed", cast=cast)), typed)

    assert response.status_code == 409
    assert "Min text kom sist." in response.text


def test_only_the_school_may_close(cast, enter):
    story = a_case("completed", cast=cast)

    assert enter(cast.principal).get(address(story)).status_code == 200
    assert enter(cast.other_counsellor).get(address(story)).status_code == 404
    assert enter(cast.worker).get(address(story)).status_code == 403
    assert enter(cast.head).get(address(story)).status_code == 403
    assert enter(cast.mentor).get(address(story)).status_code == 403


def test_anonymous_is_sent_to_sign_in(cast, client):
    assert client.get(address(a_case("completed", cast=cast))).status_code == 302


def test_reading_is_noted(cast, enter):
    story = a_case("completed", cast=cast)

    enter(cast.counsellor).get(address(story))

    assert AccessRecord.objects.filter(page="cases:close_case", pupils__contains=[story.pupil.pk]).exists()
