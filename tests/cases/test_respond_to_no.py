"""Four ways on after a no, and each leaves a holder and a date."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.cases import a_case

LATER = "2099-01-02"


def address(story):
    return reverse("cases:respond_to_no", args=[story.referral.pk])


def test_the_no_is_shown_with_its_advice_and_the_advice_is_proposed_as_the_plan(cast, enter):
    story = a_case("declined", cast=cast)

    response = enter(cast.counsellor).get(address(story))

    assert "Skolan behöver pröva mer först." in response.text
    assert response.context["form"]["plan"].value() == "Kartlägg lärmiljön."
    assert response.context["form"]["due_on"].value() == story.referral.decision.next_on


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ({"way": "follow", "plan": "Vi kartlägger.", "due_on": LATER}, "do_next_step"),
        ({"way": "talk", "about": "Måndagarna.", "meet_on": LATER}, "follow_up"),
    ],
)
def test_the_school_chooses_its_next_step(cast, enter, typed, kind):
    story = a_case("declined", cast=cast)

    response = enter(cast.counsellor).post(address(story), typed)

    assert response.url == reverse("cases:case_detail", args=[story.case.pk])
    obligations = story.case.obligations.open()
    assert obligations.filter(kind=kind, due_on=LATER).exists()
    assert not obligations.filter(kind="respond_to_no").exists()


def test_lifting_puts_it_on_the_managers_of_both_sides(cast, enter):
    story = a_case("declined", cast=cast)

    enter(cast.principal).post(address(story), {"way": "lift", "disagreement": "Vi har redan prövat."})

    assert story.case.obligations.open().filter(kind="answer_objection").count() == 2


def test_new_facts_lead_to_the_request_with_the_earlier_text(cast, enter):
    story = a_case("declined", cast=cast)

    response = enter(cast.counsellor).post(address(story), {"way": "new_facts"})

    assert response.url == f"{reverse('cases:request_support')}?pupil={story.pupil.pk}"
    assert story.open("respond_to_no")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Choose what you do now"),
        ({"way": "follow"}, "Write what the school will do"),
        ({"way": "follow", "plan": "Vi"}, "Write by when it is done"),
        ({"way": "follow", "plan": "Vi", "due_on": "2020-01-01"}, "Choose today or a later day."),
        ({"way": "lift"}, "Write what you disagree about"),
        ({"way": "talk"}, "Write what you want to talk about"),
        ({"way": "talk", "about": "x", "meet_on": "snart"}, "Write the date like this"),
    ],
)
def test_what_the_chosen_way_lacks_is_said(cast, enter, typed, message):
    response = enter(cast.counsellor).post(address(a_case("declined", cast=cast)), typed)

    assert response.status_code == 422
    assert message in response.text


def test_only_the_chosen_way_is_checked(cast, enter):
    story = a_case("declined", cast=cast)
    typed = {"way": "talk", "about": "Måndagarna.", "meet_on": LATER, "due_on": "not a day", "plan": ""}

    assert enter(cast.counsellor).post(address(story), typed).status_code == 302


def test_interrupted_work_is_responded_to_in_the_same_way(cast, enter):
    page = enter(cast.counsellor).get(address(a_case("interrupted", cast=cast))).text

    assert "Familjen har tackat nej." in page


def test_the_second_response_is_told_what_stands(cast, enter):
    story = a_case("talk_proposed", cast=cast)
    typed = {"way": "follow", "plan": "Min plan kom sist.", "due_on": LATER}

    response = enter(cast.principal).post(address(story), typed)

    assert response.status_code == 409
    assert "Min plan kom sist." in response.text


def test_who_may_respond(cast, enter):
    story = a_case("declined", cast=cast, at=timezone.now())

    assert enter(cast.principal).get(address(story)).status_code == 200
    assert enter(cast.other_counsellor).get(address(story)).status_code == 404
    assert enter(cast.worker).get(address(story)).status_code == 403
    assert enter(cast.mentor).get(address(story)).status_code == 403


def test_anonymous_is_sent_to_sign_in(cast, client):
    assert client.get(address(a_case("declined", cast=cast))).status_code == 302
