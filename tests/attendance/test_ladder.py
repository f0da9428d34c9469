"""The ladder: which step a signal leads to, where a pupil stands this term, and what has been done at each step."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from attendance.ladder import OF_DAYS_IN_A_ROW, OF_SHARES, STEPS, standing_of, step_of
from attendance.models import Signal, ThresholdRule
from deadlines.school_days import DayRange, SchoolCalendar
from tests.factories.attendance import (
    AbsenceInvestigationFactory,
    ConcernFactory,
    MeasureFactory,
    SignalFactory,
    ThresholdRuleFactory,
)

USUAL, STRICTER = [10, 15, 20, 30, 50], [8, 12, 18, 25, 40]
AUTUMN = DayRange(date(2026, 8, 17), date(2026, 12, 18))
CALENDAR = SchoolCalendar(
    terms=(DayRange(date(2026, 1, 12), date(2026, 6, 10)), AUTUMN, DayRange(date(2027, 1, 11), date(2027, 6, 10))),
    breaks=(DayRange(date(2026, 10, 26), date(2026, 10, 30)),),
    staff_days=frozenset({date(2026, 11, 2)}),
)


@pytest.mark.parametrize(
    ("kind", "level", "levels", "step"),
    [
        ("total", 10, USUAL, "concern"),
        ("total", 15, USUAL, "plan"),
        ("total", 20, USUAL, "investigation"),
        ("total", 30, USUAL, "joint"),
        ("total", 50, USUAL, "severe"),
        # A stricter school takes the same steps earlier.
        ("total", 8, STRICTER, "concern"),
        ("total", 12, STRICTER, "plan"),
        ("total", 18, STRICTER, "investigation"),
        ("total", 25, STRICTER, "joint"),
        ("total", 40, STRICTER, "severe"),
        # More levels than steps, and fewer.
        ("total", 60, [10, 15, 20, 30, 50, 60], "severe"),
        ("total", 20, [20], "concern"),
        # A level that the line no longer has.
        ("total", 17, USUAL, "plan"),
        ("total", 5, USUAL, "concern"),
        ("in_a_row", 5, [5, 10, 20], "concern"),
        ("in_a_row", 10, [5, 10, 20], "investigation"),
        ("in_a_row", 20, [5, 10, 20], "severe"),
        ("invalid", 5, [5], "concern"),
        ("invalid", 20, [5, 20], "concern"),
        ("weekday", 3, [3], "concern"),
        ("time", 3, [3], "concern"),
        ("subject", 3, [3], "concern"),
        ("change", 10, [10], "concern"),
        ("invalid_month", 4, [4], "grant"),
        ("invalid_in_a_row", 1, [1], "leaving"),
    ],
)
def test_each_level_is_a_step(kind, level, levels, step):
    assert step_of(kind, level, levels).key == step


def test_every_kind_of_signal_leads_somewhere_and_every_step_is_reached():
    assert all(step_of(kind, 1, [1]) for kind in Signal.Kind.values)
    assert {*OF_SHARES, *OF_DAYS_IN_A_ROW, "grant", "leaving"} == set(STEPS)
    assert [STEPS[key].rank for key in OF_SHARES] == [1, 2, 3, 4, 5]


def signal(level, crossed_on, kind="total"):
    rule = ThresholdRule(lines=[{"kind": "total", "unit": "percent", "school_days": 20, "levels": USUAL}])
    return Signal(kind=kind, unit="percent", level=level, school_days=20, crossed_on=crossed_on, rule=rule)


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("signals", "step", "due_on"),
    [
        ([], None, None),
        ([(10, date(2026, 11, 12))], "concern", date(2026, 11, 17)),
        # Over the autumn break and the staff day after it.
        ([(15, date(2026, 10, 22))], "plan", date(2026, 11, 6)),
        ([(10, date(2026, 9, 7)), (20, date(2026, 10, 23))], "investigation", date(2026, 11, 5)),
        # The first crossing starts the clock; a second one does not start it anew.
        ([(20, date(2026, 11, 16)), (20, date(2026, 9, 7))], "investigation", date(2026, 9, 10)),
        # Of an earlier term, or still to come.
        ([(50, date(2026, 6, 1))], None, None),
        ([(50, date(2026, 11, 23))], None, None),
        # On the first day of the term.
        ([(30, date(2026, 8, 17))], "joint", date(2026, 8, 24)),
    ],
)
def test_the_highest_step_of_the_term_counts_from_when_it_was_first_reached(signals, step, due_on):
    standing = standing_of([signal(*one) for one in signals], CALENDAR, TODAY, None)

    assert (standing and standing.step.key, standing and standing.due_on) == (step, due_on)


def test_between_terms_the_term_before_counts():
    assert standing_of([signal(20, date(2026, 12, 10))], CALENDAR, date(2026, 12, 28), None).step.key == "investigation"
    assert standing_of([signal(20, date(2026, 12, 10))], CALENDAR, date(2027, 1, 11), None) is None


@pytest.mark.parametrize(
    ("level", "crossed_on", "percent", "today", "step", "since", "due_on"),
    [
        # Ten school days after a concern, not one earlier; the plan then has five.
        (10, date(2026, 9, 7), 10, date(2026, 9, 18), "concern", None, date(2026, 9, 10)),
        (10, date(2026, 9, 7), 10, date(2026, 9, 21), "plan", date(2026, 9, 21), date(2026, 9, 28)),
        (10, date(2026, 9, 7), 14, date(2026, 10, 2), "plan", date(2026, 9, 21), date(2026, 9, 28)),
        # Ten more: the principal decides; fifteen more over the break and the staff day: together with others.
        (10, date(2026, 9, 7), 14, date(2026, 10, 5), "investigation", date(2026, 10, 5), date(2026, 10, 8)),
        (10, date(2026, 9, 7), 14, date(2026, 11, 2), "investigation", date(2026, 10, 5), date(2026, 10, 8)),
        (10, date(2026, 9, 7), 14, date(2026, 11, 3), "joint", date(2026, 11, 3), date(2026, 11, 10)),
        # The last step of these stays.
        (10, date(2026, 9, 7), 14, date(2026, 12, 18), "joint", date(2026, 11, 3), date(2026, 11, 10)),
        # It has gone down, or nobody knows.
        (10, date(2026, 9, 7), 9, date(2026, 11, 20), "concern", None, date(2026, 9, 10)),
        (10, date(2026, 9, 7), None, date(2026, 11, 20), "concern", None, date(2026, 9, 10)),
        # From a higher level on.
        (15, date(2026, 9, 7), 15, date(2026, 9, 21), "investigation", date(2026, 9, 21), date(2026, 9, 24)),
        (20, date(2026, 9, 7), 20, date(2026, 9, 28), "joint", date(2026, 9, 28), date(2026, 10, 5)),
        (50, date(2026, 9, 7), 60, date(2026, 11, 20), "severe", None, date(2026, 9, 10)),
    ],
)
def test_a_step_without_effect_leads_to_the_next(level, crossed_on, percent, today, step, since, due_on):
    standing = standing_of([signal(level, crossed_on)], CALENDAR, today, percent)

    assert (standing.step.key, standing.without_effect_on, standing.due_on) == (step, since, due_on)


def test_of_several_signals_the_highest_step_counts_also_one_that_followed_without_effect():
    signals = [signal(10, date(2026, 9, 7)), signal(15, date(2026, 11, 2))]

    assert standing_of(signals, CALENDAR, date(2026, 11, 9), 12).step.key == "joint"
    assert standing_of(signals, CALENDAR, date(2026, 11, 9), 9).step.key == "plan"


def test_other_kinds_than_all_absence_wait_for_no_share():
    standing = standing_of([signal(10, date(2026, 9, 7), kind="weekday")], CALENDAR, TODAY, 90)

    assert (standing.step.key, standing.without_effect_on) == ("concern", None)


def page_of(sign_in, reader, pupil):
    return " ".join(sign_in(reader).get(reverse("attendance:measure_list", args=[pupil.pk])).content.decode().split())


@pytest.mark.django_db
def test_the_page_says_what_the_school_does_now_and_that_no_step_is_locked(sign_in, counsellor, pupil, today):
    enrolment = pupil.enrolments.get()
    ThresholdRuleFactory()
    SignalFactory(enrolment=enrolment, level=20, crossed_on=today)

    page = page_of(sign_in, counsellor, pupil)

    assert "The principal decides on an investigation of absence" in page
    assert "within 3 school days" in page
    assert page.count("not tried") == 3
    assert page.count('aria-current="step"') == 1
    assert "can be asked for at any time" in page
    assert f"{reverse('cases:request_support')}?pupil={pupil.pk}" in page


@pytest.mark.django_db
def test_what_has_been_done_stands_at_its_step(sign_in, counsellor, mentor, pupil, today):
    enrolment = pupil.enrolments.get()
    ConcernFactory(enrolment=enrolment, logged_by=mentor, logged_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    MeasureFactory(enrolment=enrolment, starts_on=today - timedelta(days=3))
    AbsenceInvestigationFactory(enrolment=enrolment)

    page = page_of(sign_in, counsellor, pupil)

    assert page.count("not tried") == 1
    assert "The absence is investigated: 0 of 8 done" in page
    assert page.index('aria-current="step"') > page.index("The absence is investigated")


@pytest.mark.django_db
def test_a_mentor_knows_that_there_is_an_investigation_and_not_what_it_says(sign_in, mentor, pupil):
    AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), tasks="Hemligt om hemmet.")
    detail = reverse("attendance:pupil_detail", args=[pupil.pk])

    for page in (page_of(sign_in, mentor, pupil), sign_in(mentor).get(detail).content.decode()):
        assert "The absence is investigated: 8 of 8 done" in page
        assert "Hemligt om hemmet." not in page


@pytest.mark.django_db
def test_the_page_of_the_lines_tells_what_each_level_means(sign_in, mentor):
    page = sign_in(mentor).get(reverse("attendance:lines")).content.decode()

    assert "What the school does at each level" in page
    assert all(str(step.title) in page for step in STEPS.values())
