"""Until when a measure may wait: counted in the pupil's own school days, over breaks, staff days and between terms."""

from datetime import date

import pytest

from attendance.follow_up_days import (
    last_day_of_term,
    last_day_to_follow_up,
    last_day_to_start,
    usual_day_to_follow_up,
)
from deadlines.school_days import DayRange, SchoolCalendar, SchoolCalendarEnds

AUTUMN = DayRange(date(2026, 8, 17), date(2026, 12, 18))
SPRING = DayRange(date(2027, 1, 11), date(2027, 6, 10))
CALENDAR = SchoolCalendar(
    terms=(AUTUMN, SPRING),
    breaks=(DayRange(date(2026, 10, 26), date(2026, 10, 30)), DayRange(date(2027, 2, 22), date(2027, 2, 26))),
    staff_days=frozenset({date(2026, 9, 24), date(2026, 11, 2)}),
)


@pytest.mark.parametrize(
    ("starts_on", "today", "last"),
    [
        # Three plain weeks.
        (date(2026, 8, 24), date(2026, 8, 24), date(2026, 9, 14)),
        # Over a staff day: one day later.
        (date(2026, 9, 7), date(2026, 9, 7), date(2026, 9, 29)),
        # Over the autumn break and the staff day after it.
        (date(2026, 10, 19), date(2026, 10, 19), date(2026, 11, 17)),
        # Begun long ago: counted from today, however long ago it was.
        (date(2026, 8, 24), date(2026, 11, 3), date(2026, 11, 24)),
        # Begins later: counted from that day.
        (date(2026, 11, 10), date(2026, 11, 3), date(2026, 12, 1)),
        # Begins on a Saturday: the Monday after is the first day.
        (date(2026, 11, 14), date(2026, 11, 12), date(2026, 12, 4)),
        # On the last day of the autumn term: the spring term's fifteenth day.
        (date(2026, 12, 18), date(2026, 12, 18), date(2027, 1, 29)),
        # Over Christmas, with days on both sides.
        (date(2026, 12, 14), date(2026, 12, 14), date(2027, 1, 25)),
        # Over the winter break in week 8.
        (date(2027, 2, 15), date(2027, 2, 15), date(2027, 3, 15)),
        # Over Good Friday and Easter Monday, which are no school days though no break says so.
        (date(2027, 3, 22), date(2027, 3, 22), date(2027, 4, 14)),
    ],
)
def test_the_last_day_to_follow_up_is_the_fifteenth_school_day(starts_on, today, last):
    assert last_day_to_follow_up(CALENDAR, starts_on, today) == last
    assert CALENDAR.school_days_between(max(starts_on, today), last) == 15


def test_a_measure_starts_at_most_fifteen_school_days_ahead():
    assert last_day_to_start(CALENDAR, date(2026, 10, 19)) == date(2026, 11, 17)


def test_what_is_offered_leaves_two_school_weeks_to_look_at():
    day = usual_day_to_follow_up(CALENDAR, date(2026, 10, 19), date(2026, 10, 19))

    assert day == date(2026, 11, 10)
    assert CALENDAR.school_days_between(date(2026, 10, 19), day) == 10


@pytest.mark.parametrize(
    ("starts_on", "last"),
    [
        (date(2026, 9, 1), date(2026, 12, 18)),
        (date(2026, 12, 18), date(2026, 12, 18)),
        # Between terms: the end of the coming one.
        (date(2026, 12, 28), date(2027, 6, 10)),
        (date(2027, 1, 11), date(2027, 6, 10)),
    ],
)
def test_teaching_at_a_distance_lasts_to_the_end_of_a_term(starts_on, last):
    assert last_day_of_term(CALENDAR, starts_on) == last


def test_no_day_is_guessed_past_the_calendar():
    with pytest.raises(SchoolCalendarEnds):
        last_day_to_follow_up(CALENDAR, date(2027, 6, 1), date(2027, 6, 1))
