import pytest
from django.urls import reverse

from tests.factories.cases import a_case


def address(story):
    return reverse("cases:withdraw_request", args=[story.referral.pk])


def test_a_request_is_withdrawn_with_its_reason(cast, enter):
    story = a_case("acknowledged", cast=cast)

    response = enter(cast.counsellor).post(address(story), {"reason": "Läget har ändrats."})

    assert response.url == reverse("cases:case_detail", args=[story.case.pk])
    story.referral.refresh_from_db()
    assert story.referral.status == "withdrawn"
    assert story.case.is_open


def test_a_reason_is_needed(cast, enter):
    story = a_case("acknowledged", cast=cast)

    response = enter(cast.counsellor).post(address(story), {"reason": " "})

    assert response.status_code == 422
    assert "Write why you withdraw the request" in response.text


@pytest.mark.parametrize("state", ["active", "declined", "closed"])
def test_what_has_led_to_something_cannot_be_withdrawn(cast, enter, state):
    story = a_case(state, cast=cast)

    response = enter(cast.counsellor).post(address(story), {"reason": "Min text finns kvar."})

    assert response.status_code == 409
    assert "Min text finns kvar." in response.text


def test_who_may_withdraw(cast, enter):
    story = a_case("acknowledged", cast=cast)

    assert enter(cast.principal).get(address(story)).status_code == 200
    assert enter(cast.other_counsellor).get(address(story)).status_code == 404
    assert enter(cast.worker).get(address(story)).status_code == 403
    assert enter(cast.mentor).get(address(story)).status_code == 403
