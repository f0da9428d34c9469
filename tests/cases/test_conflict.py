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
