"""Silence is an outcome: noted once, counted, and the case climbs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from cases.actions.silence import note_silence, note_silences
from cases.models import Event, Objection, Obligation
from cases.silence import is_noted_at, silences
from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import next_working_day
from tests.confirmed import confirmed
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import Story, a_case, make_cast
from wall import identity
from wall.roles import CLOCK

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 2, 2, 10, tzinfo=STOCKHOLM)


def morning(day: date) -> datetime:
    """Return when silence is noted on `day`."""
    return datetime.combine(day, time(8), tzinfo=STOCKHOLM)


def after(due_on: date) -> datetime:
    """Return the morning on which silence about something due on `due_on` is noted."""
    return morning(next_working_day(due_on))


def notes(story: Story, at: datetime) -> int:
    """Let the clock run as the database role it has."""
    with identity.becoming(CLOCK):
        return note_silences(at=at)


def noted(story: Story) -> list[str]:
    """Return the kinds whose silence is noted in the story's case, in order."""
    return [
        event.changes[0]["kind"] for event in Event.objects.filter(case=story.case, kind="no_answer").order_by("pk")
    ]


@pytest.mark.parametrize(
    ("sent", "first_noted"),
    [
        (date(2026, 12, 22), date(2026, 12, 29)),  # 23 and 28 December are the two days: eve, Christmas, weekend
        (date(2026, 4, 1), date(2026, 4, 8)),  # Maundy Thursday, then the Tuesday after Easter
        (date(2026, 6, 17), date(2026, 6, 23)),  # the day before Midsummer's Eve, then the Monday
        (date(2026, 2, 2), date(2026, 2, 5)),
    ],
)
def test_silence_is_noted_on_the_working_day_after_the_last_one(sent, first_noted):
    story = a_case(at=datetime.combine(sent, time(10), tzinfo=STOCKHOLM))

    day = sent
    while not notes(story, morning(day)):
        day += timedelta(days=1)

    assert day == first_noted


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 2, 2, 7, 59, tzinfo=STOCKHOLM), False),
        (datetime(2026, 2, 2, 8, 0, tzinfo=STOCKHOLM), True),
        (datetime(2026, 2, 1, 12, 0, tzinfo=STOCKHOLM), False),
        (datetime(2026, 6, 19, 12, 0, tzinfo=STOCKHOLM), False),
    ],
)
def test_it_is_noted_on_working_days_from_eight(moment, expected):
    assert is_noted_at(moment) is expected


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("sent", "acknowledge_request"), ("acknowledged", "answer_request"), ("redirected", "take_over"),
        ("accepted", "first_contact"), ("active", "give_feedback"), ("declined", "respond_to_no"),
    ],
)  # fmt: skip
def test_a_unit_that_is_silent_has_its_head_asked_once_and_keeps_what_it_owes(state, kind):
    story = a_case(state, at=MONDAY)
    late = story.open(kind)
    at = after(late.due_on)

    assert note_silence(obligation=late, at=at) is True
    assert note_silence(obligation=late, at=at) is False

    review = story.open("review_stalled")
    holder, owed_by = review.intervals.get(to_at=None), late.intervals.get(to_at=None)
    assert holder.unit == owed_by.unit
    assert holder.person is None or holder.person.role in {"principal", "unit_head"}
    assert story.open(kind) == late
    assert story.case.is_open


def test_two_runs_note_it_once():
    story = a_case(at=MONDAY)
    at = after(story.open("acknowledge_request").due_on)

    assert notes(story, at) == 1
    assert notes(story, at) == 0


def test_silence_alone_carries_a_case_from_the_unit_to_the_city():
    story = a_case("declined", at=MONDAY)
    MembershipFactory(coordinator=True, unit=story.cast.area_head.unit)
    Obligation.objects.filter(case=story.case, kind="do_next_step").update(due_on=date(2027, 1, 4))

    seen = []
    day = MONDAY.date()
    for _ in range(120):
        notes(story, morning(day))
        found = Objection.objects.filter(case=story.case).first()
        if found is not None and found.level not in seen:
            seen.append(found.level)
        day += timedelta(days=1)

    assert seen == ["heads", "district", "city"]
    assert noted(story) == ["respond_to_no", "review_stalled", *["answer_objection"] * 4]
    asked = Obligation.objects.filter(case=story.case, kind="answer_objection")
    assert sorted(asked.values_list("outcome", flat=True)) == ["", "no_answer", "no_answer", "no_answer"]
    assert story.case.is_open


def test_a_question_without_an_answer_gives_the_ball_back_and_is_no_no():
    story = a_case("asked", at=MONDAY)
    question = story.open("answer_question")

    notes(story, after(question.due_on))

    question.refresh_from_db()
    story.referral.refresh_from_db()
    assert question.outcome == Obligation.Outcome.NO_ANSWER
    assert story.referral.status == "assessing"
    assert not story.open("answer_request").holds.filter(ended_at=None).exists()


def test_a_receipt_comes_back_and_then_is_the_managers():
    story = a_case("feedback_given", at=MONDAY)
    receipt = story.open("acknowledge_feedback")

    notes(story, after(receipt.due_on))
    receipt.refresh_from_db()
    assert receipt.intervals.get(to_at=None).person is None

    notes(story, after(receipt.due_on))
    receipt.refresh_from_db()
    assert receipt.intervals.get(to_at=None).person == story.cast.principal
    assert receipt.stopped_at is None


def test_what_the_law_sets_a_time_for_and_what_rests_is_left_alone():
    story = a_case("paused", at=MONDAY)
    Obligation.objects.filter(case=story.case).update(due_on=MONDAY.date())

    assert notes(story, morning(MONDAY.date() + timedelta(days=1))) == 0


def test_a_missed_week_gives_those_who_are_asked_their_whole_time():
    story = a_case(at=MONDAY)
    late = after(story.open("acknowledge_request").due_on) + timedelta(days=7)

    notes(story, late)

    assert story.open("review_stalled").started_on == late.date()
    assert notes(story, late) == 0


def test_silence_is_counted_by_unit_and_kind_feedback_too():
    story = a_case("active", at=MONDAY)
    at = after(story.open("give_feedback").due_on)
    notes(story, at)

    with identity.acting_as(story.cast.head):
        counted = silences(at.date(), at.date())
    with identity.acting_as(story.cast.other_worker):
        elsewhere = silences(at.date(), at.date())

    unit = str(story.referral.to_unit_id)
    assert counted[unit, "give_feedback"] == 1
    assert elsewhere == {}


def test_the_board_tells_a_head_how_often_the_own_units_were_silent_and_nobody_else(client):
    story = a_case("active", at=timezone.now() - timedelta(days=30))
    assert notes(story, after(story.open("give_feedback").due_on)) == 1

    def board(reader: Membership) -> str:
        client.force_login(reader.user)
        return confirmed(client).get(reverse("cases:stalled_list")).text

    assert "Give feedback to the school" in board(story.cast.area_head).partition('id="silent"')[2]
    assert 'id="silent"' not in board(make_cast().area_head)
