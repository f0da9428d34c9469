"""A request that is sent on: the ball stays until somebody takes over, and time counts from the first arrival."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cases.actions import requests
from cases.models import Case, HolderInterval, Obligation
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def holder_of(obligation: Obligation) -> HolderInterval:
    return obligation.intervals.get(to_at=None)


def kinds_of(case: Case) -> set[str]:
    return set(case.obligations.open().values_list("kind", flat=True))


def test_who_sends_on_keeps_the_ball_until_the_next_unit_acknowledges() -> None:
    story = a_case("redirected")
    held = {o.kind: holder_of(o).unit for o in story.case.obligations.open()}
    assert held == {"answer_request": story.cast.worker.unit, "take_over": story.cast.other_worker.unit}

    story.acknowledge(story.cast.other_worker)

    assert kinds_of(story.case) == {"answer_request"}
    assert holder_of(story.open("answer_request")).unit == story.cast.other_worker.unit


def test_a_request_that_is_sent_on_keeps_the_date_and_the_sender_it_had() -> None:
    story = a_case("acknowledged", at=MONDAY)
    due = story.open("answer_request").due_on

    story.wait_working_days(4).redirect().acknowledge(story.cast.other_worker)

    assert story.open("answer_request").due_on == due
    assert story.referral.sent_by == story.cast.counsellor


def test_who_sent_on_has_no_part_in_the_case_once_it_is_taken_over() -> None:
    story = a_case("taken_over")

    assert not Case.objects.visible_to(story.cast.worker).filter(pk=story.case.pk).exists()


def test_who_sent_on_keeps_its_part_while_it_holds_something_else() -> None:
    story = a_case("active")
    story.send(story.cast.service).redirect().acknowledge(story.cast.other_worker)

    assert Case.objects.visible_to(story.cast.worker).filter(pk=story.case.pk).exists()


def test_a_request_is_not_sent_on_to_a_unit_that_already_has_one() -> None:
    story = a_case("acknowledged")
    first = story.referral
    story.send(story.cast.other_service)

    story.referral = first
    with pytest.raises(requests.NothingNew):
        story.redirect()


def test_withdrawing_what_was_sent_on_releases_the_one_who_sent_it_on() -> None:
    story = a_case("redirected").withdraw()

    assert kinds_of(story.case) == {"review_stalled"}
