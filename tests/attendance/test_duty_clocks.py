"""By when an investigation is finished and who is told: over weekends, holidays, breaks, staff days and month ends."""

from datetime import date

import pytest

from attendance.duty_clocks import (
    ADULT,
    day_to_finish,
    duties_of,
    duties_once_told,
    last_day_to_review,
    must_tell_municipality,
)
from deadlines.school_days import DayRange, SchoolCalendar
from schools.models import Pupil

CALENDAR = SchoolCalendar(
    terms=(DayRange(date(2026, 8, 17), date(2026, 12, 18)), DayRange(date(2027, 1, 11), date(2027, 6, 10))),
    breaks=(DayRange(date(2026, 10, 26), date(2026, 10, 30)), DayRange(date(2027, 2, 22), date(2027, 2, 26))),
    staff_days=frozenset({date(2026, 9, 24), date(2026, 11, 2)}),
)


@pytest.mark.parametrize(
    ("opened_on", "due_on"),
    [
        (date(2026, 11, 3), date(2026, 11, 24)),
        # Over the autumn break and the staff day after it.
        (date(2026, 10, 20), date(2026, 11, 18)),
        # Over a staff day only.
        (date(2026, 9, 15), date(2026, 10, 7)),
        # Over Christmas.
        (date(2026, 12, 10), date(2027, 1, 21)),
        # Opened in the break itself: the first day that counts is the Tuesday after the staff day.
        (date(2026, 10, 28), date(2026, 11, 23)),
        # Opened on a Saturday.
        (date(2026, 11, 7), date(2026, 11, 27)),
        # Over Easter, Ascension Day is not reached.
        (date(2027, 3, 23), date(2027, 4, 15)),
        # Over the national day at the end of the term.
        (date(2027, 5, 18), date(2027, 6, 8)),
    ],
)
def test_an_investigation_is_finished_within_fifteen_school_days(opened_on, due_on):
    assert day_to_finish(CALENDAR, opened_on) == due_on
    assert CALENDAR.school_days_between(opened_on, due_on) == 15


def test_a_decision_that_none_is_needed_is_looked_at_within_twenty_school_days():
    assert last_day_to_review(CALENDAR, date(2026, 10, 20)) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("opened_on", "provider_on"),
    [
        (date(2026, 11, 23), date(2026, 11, 25)),
        # Over the weekend.
        (date(2026, 11, 26), date(2026, 11, 30)),
        # Opened on a Sunday: Monday is the first day.
        (date(2026, 11, 22), date(2026, 11, 24)),
        # Schools are closed in a break; offices are not.
        (date(2026, 10, 26), date(2026, 10, 28)),
        # Christmas Eve, Christmas Day and Boxing Day fall out.
        (date(2026, 12, 23), date(2026, 12, 29)),
        # Good Friday and Easter Monday.
        (date(2027, 3, 25), date(2027, 3, 31)),
        # Midsummer Eve.
        (date(2027, 6, 24), date(2027, 6, 29)),
        # Over the new year, in week 53.
        (date(2026, 12, 30), date(2027, 1, 5)),
        # A leap day counts as any other.
        (date(2028, 2, 28), date(2028, 3, 1)),
    ],
)
def test_the_provider_is_told_within_two_working_days(opened_on, provider_on):
    assert duties_of(opened_on, is_adult=True, tells_municipality=False) == {"provider": provider_on}


def test_guardians_are_told_the_same_day_whatever_day_it_is():
    for day in (date(2026, 11, 23), date(2026, 11, 21), date(2026, 12, 24)):
        assert duties_of(day, is_adult=False, tells_municipality=False)["guardians"] == day


@pytest.mark.parametrize(
    ("told_on", "municipality_on", "result_on"),
    [
        (date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 23)),
        (date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 25)),
        # The last day of a month that has no such number ahead.
        (date(2026, 10, 31), date(2026, 11, 6), date(2026, 11, 30)),
        (date(2027, 1, 29), date(2027, 2, 5), date(2027, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 4), date(2028, 2, 29)),
        # Over Christmas and the new year.
        (date(2026, 12, 22), date(2027, 1, 4), date(2027, 1, 22)),
        # Epiphany, and the clock was put forward in between.
        (date(2027, 1, 4), date(2027, 1, 12), date(2027, 2, 4)),
        (date(2027, 3, 22), date(2027, 3, 31), date(2027, 4, 22)),
    ],
)
def test_the_home_municipality_has_its_days_from_when_the_provider_knew(told_on, municipality_on, result_on):
    assert duties_once_told(told_on) == {"municipality": municipality_on, "result": result_on}


def test_until_the_provider_knows_the_days_count_from_the_last_day_to_tell_it():
    due = duties_of(date(2026, 11, 23), is_adult=False, tells_municipality=True)

    assert due["provider"] == date(2026, 11, 25)
    assert {kind: due[kind] for kind in ("municipality", "result")} == duties_once_told(date(2026, 11, 25))


@pytest.mark.parametrize(
    ("kind", "school", "home", "must"),
    [
        ("municipal", "0180", "0180", False),
        ("municipal", "0180", "0182", True),
        ("municipal", "0180", "", False),
        ("independent", "0180", "0180", True),
        ("independent", "0180", "", True),
        ("state", "0180", "0180", True),
    ],
)
def test_the_home_municipality_is_told_when_the_provider_is_another(kind, school, home, must):
    assert must_tell_municipality(provider_kind=kind, school_municipality=school, home_municipality=home) is must


@pytest.mark.parametrize(
    ("born_on", "today", "adult"),
    [
        (date(2008, 11, 24), date(2026, 11, 23), False),
        (date(2008, 11, 23), date(2026, 11, 23), True),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (date(2007, 12, 31), date(2026, 1, 1), True),
    ],
)
def test_whoever_has_turned_eighteen_has_no_guardian_to_tell(born_on, today, adult):
    assert (Pupil(born_on=born_on).age_on(today) >= ADULT) is adult
