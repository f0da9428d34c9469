"""What units answer, how long requests wait in a queue, and silence: what each figure counts and what it hides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.actions import answers
from cases.actions.silence import note_silences
from cases.models import DecisionReason, Referral
from followup import answer_figures
from socialservices.models import ReasonCode
from tests.factories.cases import Story, a_case, make_cast
from wall import identity
from wall.roles import CLOCK

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def figure(figures: list[Any], code: str) -> tuple[str, str]:
    found = next(one for one in figures if one.code == code)
    return found.value, found.counted


def given(**counts: int) -> Any:
    """Return reasons as they were given that many times."""
    codes = {code: ReasonCode(code=code, title_en=code.title(), title_sv=code) for code in counts}
    return [DecisionReason(code=codes[code]) for code, times in counts.items() for _n in range(times)]


def accept(story: Story, begins_with: str) -> None:
    answers.accept_request(
        referral=story.referral, handler=story.cast.worker, first_contact_by=story.days(5), begins_with=begins_with,
        try_again_on=story.days(10) if begins_with else None, by=story.cast.worker, at=story.at,
    )  # fmt: skip


def test_declines_and_yes_in_another_way_are_shares_of_what_was_answered() -> None:
    cast = make_cast()
    stories = [a_case("acknowledged", cast=cast) for _n in range(25)]
    for number, story in enumerate(stories):
        if number < 5:
            story.decline()
        elif number < 24:
            accept(story, "home_visit" if number < 10 else "")

    figures = answer_figures.answers_given(Referral.objects.all())

    assert figure(figures, "declined") == ("20 %", "24")
    assert figure(figures, "another_way") == ("too few to show", "19")
    accept(stories[24], "")
    assert figure(answer_figures.answers_given(Referral.objects.all()), "another_way") == ("25 %", "20")


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ({"PUPIL_NOT_MOTIVATED": 10, "OTHER": 10}, "50 %"),
        ({"PUPIL_NOT_MOTIVATED": 10, "OTHER": 9}, "too few to show"),
        ({"OTHER": 20}, "0 %"),
        ({"PUPIL_NOT_MOTIVATED": 4, "OTHER": 20}, "too few to show"),
        ({"PUPIL_NOT_MOTIVATED": 6, "OTHER": 20, "NO_CONTACT": 1}, "too few to show"),
        ({"PUPIL_NOT_MOTIVATED": 18, "OTHER": 2}, "too few to show"),
        ({"PUPIL_NOT_MOTIVATED": 10, "OTHER": 9, "NO_CONTACT": 2, "ADULT": 3}, "41 %"),
    ],
)
def test_the_share_of_motivation_is_told_where_the_table_of_reasons_tells_it(
    counts: dict[str, int], value: str
) -> None:
    found = answer_figures.no_for_motivation(given(**counts))

    assert (found.value, found.counted) == (value, str(sum(counts.values())))


def test_a_queue_is_counted_in_working_days_waited_and_to_be_waited() -> None:
    cast = make_cast()
    for _n in range(5):
        a_case("acknowledged", cast=cast, at=MONDAY).queue(20)
    for _n in range(5):
        a_case("acknowledged", cast=cast, at=MONDAY).queue(21)
    a_case("acknowledged", cast=cast, at=MONDAY).queue(30).accept()
    day = MONDAY.date() + timedelta(days=7)

    figures = answer_figures.in_queue(Referral.objects.all(), day)

    assert figure(figures, "queued") == ("10", "")
    assert figure(figures, "queue_days") == ("5 working days", "10")
    assert figure(figures, "queue_long") == ("5", "")
    assert figure(answer_figures.in_queue(Referral.objects.all(), date(2026, 12, 31)), "queue_long") == ("10", "")


def test_a_new_place_in_the_queue_does_not_begin_the_wait_anew() -> None:
    cast = make_cast()
    for _n in range(10):
        a_case("acknowledged", cast=cast, at=MONDAY).queue(5).wait_working_days(4).queue(10)

    assert (
        figure(answer_figures.in_queue(Referral.objects.all(), date(2026, 11, 9)), "queue_days")[0] == "5 working days"
    )


def test_silence_is_counted_by_what_was_due_and_small_numbers_are_merged() -> None:
    cast = make_cast()
    for state, times in (("sent", 6), ("acknowledged", 2), ("asked", 3)):
        for _n in range(times):
            a_case(state, cast=cast, at=MONDAY)
    late = MONDAY + timedelta(days=21)
    with identity.becoming(CLOCK):
        note_silences(at=late)

    with identity.acting_as(cast.analyst):
        everywhere = answer_figures.silences_by_kind(MONDAY.date(), late.date())
    with identity.acting_as(cast.principal):
        at_school = answer_figures.silences_by_kind(MONDAY.date(), late.date())

    assert everywhere == [("Acknowledge the request", "6"), ("Other things, together", "5")]
    assert at_school == [("Other things, together", "fewer than 5")]
