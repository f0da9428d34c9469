"""Somebody else was faster: what stands now is told, and what was typed is kept."""

import pytest
from django.urls import reverse

from tests.factories.cases import a_case


def test_with_htmx_the_page_says_who_was_faster_instead_of_the_row(cast, enter):
    story = a_case("feedback_acknowledged", cast=cast)
    address = reverse("cases:acknowledge_feedback", args=[story.feedback.pk])

    response = enter(cast.principal).post(address, {"from": "todo"}, headers={"HX-Request": "true"})

    assert response.status_code == 409
    assert response["HX-Retarget"] == "#main"
    assert "<html" not in response.text
    assert cast.counsellor.user.full_name in response.text


def test_a_closed_case_says_so(cast, enter):
    story = a_case("closed", cast=cast)

    response = enter(cast.counsellor).post(
        reverse("cases:withdraw_request", args=[story.referral.pk]), {"reason": "Min text."}
    )

    assert response.status_code == 409
    assert "because the case has been closed" in response.text
    assert "readonly" in response.text


@pytest.mark.parametrize("page", ["hand_over", "pause", "move_date"])
@pytest.mark.parametrize("reader", ["area_manager", "head"])
def test_a_manager_who_comes_to_a_step_that_is_done_is_told_so(cast, enter, page, reader):
    story = a_case("sent", cast=cast)
    step = story.open("acknowledge_request")
    story.accept()
    address = reverse(f"cases:{page}", args=[step.pk])

    for response in (enter(getattr(cast, reader)).get(address), enter(getattr(cast, reader)).post(address)):
        assert response.status_code == 409
        assert story.case.number in response.text
        assert (story.case.label in response.text) is (reader == "head")
