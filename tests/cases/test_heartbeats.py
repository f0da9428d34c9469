"""Feedback that does not come is seen on the case, by both sides, with how long and how often."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.ball import states_of
from cases.heartbeats import Heartbeat, heartbeat_of
from deadlines.stockholm import STOCKHOLM
from tests.cases.test_silence import after, notes
from tests.factories.cases import a_case


@pytest.fixture
def story(cast):
    """Work that began on a Monday."""
    return a_case("active", cast=cast, at=datetime(2026, 2, 2, 10, tzinfo=STOCKHOLM))


def heard(story, reader=None):
    return heartbeat_of(states_of([story.case], story.today)[0], reader or story.cast.counsellor)


def test_nothing_is_said_while_feedback_comes_in_time(story):
    assert heard(story) is None
    story.wait(10).give_feedback().wait(10)
    assert heard(story) is None


def test_late_feedback_is_told_in_days_and_each_missed_date_once(story):
    due_on = story.open("give_feedback").due_on
    story.at = after(due_on)
    notes(story, story.at)
    notes(story, story.at)

    days = (story.today - date(2026, 2, 2)).days
    assert heard(story) == Heartbeat(days, 1, is_late=True)
    assert heard(story, story.cast.worker) == heard(story)

    story.give_feedback().wait(2)
    assert heard(story) == Heartbeat(2, 1, is_late=False)


def test_other_silences_are_not_counted(story, cast):
    story = a_case(cast=cast, at=story.at)
    story.at = after(story.open("acknowledge_request").due_on)
    notes(story, story.at)
    story.acknowledge().accept().meet().wait(1)

    assert heard(story) is None


@pytest.mark.parametrize("who", ["counsellor", "principal", "worker", "head"])
def test_both_sides_read_it_on_the_case(cast, enter, who):
    story = a_case("active", cast=cast, at=timezone.now() - timedelta(days=30))
    notes(story, after(story.open("give_feedback").due_on))
    page = enter(getattr(cast, who)).get(reverse("cases:case_detail", args=[story.case.pk])).text

    assert "No feedback for 30 days." in page
    assert "Late 1 time." in page
