"""When a case stands still: each rule of product.md section 8 fires, and the day or thing before it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Membership
from cases.actions import oversight
from cases.models import Case
from cases.stalled import Facts, causes_of, facts_of, stalled_cases
from tests.factories.cases import Story, a_case, make_cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def facts(story: Story, today: date) -> Facts:
    return facts_of(Case.objects.filter(pk=story.case.pk).select_related("pupil", "school_unit"), today)[0]


def codes(story: Story) -> list[str]:
    return [cause.code for cause in causes_of(facts(story, story.today))]


def waited(state: str, working_days: int) -> Story:
    """Return a story that came to `state` on a Monday, so many working days ago."""
    return a_case(state, at=MONDAY).wait_working_days(working_days)


def left_on(day: date) -> Callable[[Story], None]:
    return lambda story: Membership.objects.filter(pk=story.cast.worker.pk).update(valid_to=day) and None


def away(stand_in: bool) -> Callable[[Story], None]:
    def go(story: Story) -> None:
        Membership.objects.filter(pk=story.cast.worker.pk).update(
            away_from=story.today, away_to=story.today, stand_in=story.cast.colleague if stand_in else None
        )

    return go


def empty(*, keep: bool) -> Callable[[Story], None]:
    def go(story: Story) -> None:
        team = Membership.objects.filter(unit=story.cast.worker.unit)
        if keep:
            team = team.exclude(pk=story.cast.head.pk)
        team.update(valid_to=MONDAY.date() - timedelta(days=1))

    return go


def nothing(story: Story) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("state", "working_days", "change", "code", "fires"),
    [
        ("withdrawn", 0, nothing, "S1", True),
        ("acknowledged", 0, nothing, "S1", False),
        ("paused", 5, nothing, "S2", True),
        ("paused", 6, nothing, "S2", False),
        ("asked", 0, nothing, "S2", False),
        ("sent", 2 + 2, nothing, "S3", True),
        ("sent", 2 + 1, nothing, "S3", False),
        ("acknowledged", 10 + 6, nothing, "S3", True),
        ("acknowledged", 10 + 5, nothing, "S3", False),
        ("active", 15, nothing, "S4", True),
        ("active", 14, nothing, "S4", False),
        ("paused", 6, nothing, "S5", True),
        ("paused", 5, nothing, "S5", False),
        ("acknowledged", 1, left_on(MONDAY.date()), "S6", True),
        ("acknowledged", 0, left_on(MONDAY.date()), "S6", False),
        ("acknowledged", 0, away(stand_in=False), "S6", True),
        ("acknowledged", 0, away(stand_in=True), "S6", False),
        ("sent", 0, empty(keep=False), "S6", True),
        ("sent", 0, empty(keep=True), "S6", False),
        ("redirected_twice", 0, nothing, "S7", True),
        ("redirected", 0, nothing, "S7", False),
        ("declined", 6, nothing, "S8", True),
        ("declined", 5, nothing, "S8", False),
        ("interrupted", 6, nothing, "S8", True),
        ("interrupted", 5, nothing, "S8", False),
    ],
)
def test_rule(state: str, working_days: int, change: Callable[[Story], None], code: str, fires: bool) -> None:
    story = waited(state, working_days)

    change(story)

    assert (code in codes(story)) is fires


@pytest.mark.parametrize("state", ["sent", "asked", "accepted", "active", "feedback_given", "declined", "lifted"])
def test_a_case_does_not_stand_still_on_the_day_something_happens(state: str) -> None:
    assert codes(a_case(state, at=MONDAY)) == []


def test_a_no_that_was_responded_to_on_the_same_day_counts_as_responded_to() -> None:
    story = a_case("declined", at=MONDAY)
    story.at += timedelta(minutes=1)

    story.follow_advice().wait_working_days(6)

    assert "S8" not in codes(story)


def test_no_change_because_is_a_sign_of_life() -> None:
    story = waited("active", 14)
    oversight.say_no_change(
        obligation=story.open("give_feedback"), because="Väntar på BUP.", by=story.cast.worker, at=story.at
    )

    assert "S4" not in codes(story.wait_working_days(1))


def test_a_reminder_is_no_sign_of_life() -> None:
    story = waited("active", 14)
    oversight.remind(case=story.case, by=story.cast.principal, at=story.at)

    assert "S4" in codes(story.wait_working_days(1))


def test_the_row_says_why_since_when_and_who_can_act() -> None:
    story = waited("sent", 4)

    row = stalled_cases(story.cast.head, story.today)[0]

    assert (row.cause.code, row.days, row.remedy) == ("S3", 2, "remind")
    assert row.cause.sentence == "2 working days late: Acknowledge the request."
    assert row.ball is not None
    assert row.ball.unit == story.cast.worker.unit


def test_the_cause_whose_remedy_helps_most_is_named_first() -> None:
    story = waited("declined", 20)

    assert codes(story)[0] == "S8"


def test_closed_cases_are_not_on_the_board() -> None:
    story = waited("closed", 30)

    assert stalled_cases(story.cast.principal, story.today) == []


def test_both_sides_managers_see_the_same_and_others_nothing() -> None:
    story = waited("sent", 4)
    stranger = make_cast()

    def seen_by(reader: Membership) -> list[Case]:
        return [row.case for row in stalled_cases(reader, story.today)]

    managers = (story.cast.head, story.cast.area_head, story.cast.principal, story.cast.area_manager)
    assert [seen_by(manager) for manager in managers] == [[story.case]] * 4
    for other in (
        story.cast.coordinator,
        stranger.head,
        stranger.principal,
        story.cast.worker,
        story.cast.counsellor,
        story.cast.analyst,
    ):
        assert seen_by(other) == []
