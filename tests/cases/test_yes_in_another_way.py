"""A pupil who does not want to yet gets a yes: the unit begins in another way and tries again within thirty days."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from cases.actions import answers, oversight
from cases.ledger import NotAllowed
from cases.models import Decision
from tests.factories.cases import a_case


@pytest.fixture
def story(db):
    return a_case("acknowledged")


def typed(story, **more):
    return {
        "handler": story.cast.worker.pk, "first_contact_by": story.days(5).isoformat(), "begins_with": "home_visit",
        "try_again_on": (story.today + timedelta(days=30)).isoformat(), **more,
    }  # fmt: skip


def address(story):
    return reverse("cases:accept_request", args=[story.referral.pk])


def test_the_school_reads_how_it_begins_and_the_unit_owes_a_new_try(enter, story):
    assert enter(story.cast.worker).post(address(story), typed(story)).status_code == 302

    decision = Decision.objects.get()
    assert (decision.answer, decision.begins_with) == ("accepted", "home_visit")
    owed = story.open("try_again")
    assert owed.due_on == story.today + timedelta(days=30)
    assert owed.intervals.get().person == story.cast.worker
    shown = enter(story.cast.counsellor).get(reverse("cases:case_detail", args=[story.case.pk])).text
    assert "We make a home visit" in shown


@pytest.mark.parametrize(
    ("more", "message"),
    [({"try_again_on": ""}, "Write by when you try again with the pupil"), ({"days": 31}, "or earlier")],
)
def test_a_new_try_has_a_day_within_thirty(enter, story, more, message):
    if "days" in more:
        more = {"try_again_on": (story.today + timedelta(days=31)).isoformat()}

    response = enter(story.cast.worker).post(address(story), typed(story, **more))

    assert response.status_code == 422
    assert message in response.text
    assert not Decision.objects.exists()


def test_a_plain_yes_keeps_no_day(enter, story):
    enter(story.cast.worker).post(address(story), typed(story, begins_with=""))

    assert Decision.objects.get().try_again_on is None
    assert not story.case.obligations.filter(kind="try_again").exists()


def test_neither_action_nor_database_takes_another_way_without_a_day(story):
    given = {"handler": story.cast.worker, "first_contact_by": story.days(5), "by": story.cast.worker, "at": story.at}
    for day in (None, story.today + timedelta(days=31)):
        with pytest.raises(NotAllowed):
            answers.accept_request(referral=story.referral, begins_with="outreach", try_again_on=day, **given)
    with pytest.raises(DatabaseError, match="says_when_it_tries_again"), transaction.atomic():
        Decision.objects.create(
            referral=story.referral, answer="accepted", begins_with="outreach", decided_at=story.at,
            decided_by=story.cast.worker,
        )  # fmt: skip


def test_the_try_is_recorded_with_the_next_step_and_ends_with_the_work(story):
    answers.accept_request(
        referral=story.referral, handler=story.cast.worker, first_contact_by=story.days(5), begins_with="home_visit",
        try_again_on=story.days(10), by=story.cast.worker, at=story.at,
    )  # fmt: skip
    story._again()
    oversight.record_step(
        obligation=story.open("try_again"), what="Han öppnade dörren.", next_task="Ses i skolan",
        next_unit=story.cast.worker.unit, next_on=story.days(5), by=story.cast.worker, at=story.at,
    )  # fmt: skip

    assert not story.case.obligations.open().filter(kind="try_again").exists()
