"""Each figure: what it counts, what it leaves out, and the day on which it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from attendance.models import Signal
from cases.models import Case, DecisionReason, Referral
from followup import answer_figures, figures
from tests.factories.attendance import SignalFactory
from tests.factories.cases import Story, a_case, make_cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = MONDAY.date()


def twenty(state: str, *, at: datetime = MONDAY) -> list[Story]:
    """Return as many stories as a share needs."""
    cast = make_cast()
    return [a_case(state, cast=cast, at=at) for _n in range(20)]


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (date(2026, 11, 23), date(2026, 8, 1)),
        (date(2026, 8, 1), date(2026, 8, 1)),
        (date(2026, 7, 31), date(2025, 8, 1)),
    ],
)
def test_the_school_year_begins_in_august(today: date, start: date) -> None:
    assert figures.school_year_start(today) == start


def test_acknowledged_on_the_second_working_day_is_in_time_and_on_the_third_is_not() -> None:
    stories = twenty("sent")
    for number, story in enumerate(stories):
        story.wait_working_days(2 if number < 15 else 3).acknowledge()

    figure = figures.acknowledged_in_time(Referral.objects.all(), stories[-1].today)

    assert (figure.value, figure.counted) == ("75 %", "20")


def test_a_request_that_waits_counts_from_the_day_it_is_late() -> None:
    twenty("sent")

    not_yet = figures.acknowledged_in_time(Referral.objects.all(), DAY + timedelta(days=2))
    late = figures.acknowledged_in_time(Referral.objects.all(), DAY + timedelta(days=3))

    assert (not_yet.value, not_yet.counted) == ("too few to show", "0")
    assert (late.value, late.counted) == ("0 %", "20")


def test_what_the_school_took_back_first_is_not_counted() -> None:
    twenty("withdrawn")

    figure = figures.acknowledged_in_time(Referral.objects.all(), DAY + timedelta(days=30))

    assert figure.counted == "0"


def test_answers_are_counted_from_the_acknowledgement_with_pauses_in() -> None:
    stories = twenty("asked")
    for number, story in enumerate(stories):
        story.wait_working_days(9 if number < 10 else 10).answer_question()
        story.wait_working_days(1).accept()

    figure = figures.answered_in_time(Referral.objects.all(), stories[-1].today)

    assert (figure.value, figure.counted) == ("50 %", "20")


def test_every_no_has_a_next_step() -> None:
    cast = make_cast()
    for _n in range(6):
        a_case("declined", cast=cast)

    figure = figures.declines_without_next_step(Referral.objects.all())

    assert (figure.value, figure.counted) == ("0", "6")


def test_every_open_case_has_a_holder_and_a_date() -> None:
    cast = make_cast()
    for state in ("sent", "asked", "declined", "lifted", "withdrawn", "closed"):
        a_case(state, cast=cast)

    assert figures.without_holder_or_date(Case.objects.all()).value == "0"
    assert figures.open_cases(Case.objects.all()).value == "5"


def test_few_cases_are_not_told_apart() -> None:
    a_case("sent")

    assert figures.open_cases(Case.objects.all()).value == "fewer than 5"


def test_stalled_cases_are_those_of_the_board() -> None:
    cast = make_cast()
    for _n in range(5):
        a_case("sent", cast=cast, at=MONDAY)
    a_case("sent", cast=cast, at=MONDAY + timedelta(days=7))

    figure = figures.standing_still(Case.objects.all(), DAY + timedelta(days=7))

    assert figure.value == "5"


def test_the_median_counts_answered_signals_in_calendar_days() -> None:
    for days in (2, 2, 2, 2, 4, 4, 8, 8, 8, 8):
        SignalFactory(watched=True, crossed_on=date(2026, 11, 20) - timedelta(days=days))
    SignalFactory()

    figure = figures.days_to_first_answer(Signal.objects.all())

    assert (figure.value, figure.counted) == ("4 days", "10")


def test_reasons_are_counted_by_their_words() -> None:
    cast = make_cast()
    for _n in range(5):
        a_case("declined", cast=cast)

    given = answer_figures.reasons_of(Referral.objects.all(), DecisionReason.objects.all())
    assert answer_figures.merged_reasons(given) == [(cast.reason.title_en, "5")]


def test_every_figure_has_its_definition() -> None:
    cast = make_cast()
    scope = figures.Scope(
        Case.objects.all(), Referral.objects.all(), DecisionReason.objects.all(), Signal.objects.all(), is_city=True
    )
    a_case("sent", cast=cast)

    report = figures.report_of(scope, DAY)

    found = [figure for _question, under in report.questions for figure in under]
    assert len({figure.code for figure in found}) == len(found) == 13
    assert all(str(figure.definition).endswith(".") for figure in found)
