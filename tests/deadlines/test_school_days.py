"""School days: terms without breaks, staff days, holidays and weekends."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.school_days import DayRange, SchoolCalendar, SchoolCalendarEnds

AUTUMN = DayRange(date(2026, 8, 17), date(2026, 12, 22))
SPRING = DayRange(date(2027, 1, 12), date(2027, 6, 8))
CALENDAR = SchoolCalendar(
    terms=(AUTUMN, SPRING),
    breaks=(
        DayRange(date(2026, 10, 26), date(2026, 10, 30)),
        DayRange(date(2027, 3, 1), date(2027, 3, 5)),
        DayRange(date(2027, 3, 30), date(2027, 4, 2)),
        DayRange(date(2027, 5, 7), date(2027, 5, 7)),
    ),
    staff_days=frozenset({date(2026, 9, 25), date(2027, 1, 25)}),
)
SCHOOL_DAYS = st.sampled_from(CALENDAR.school_days)
YEAR = st.dates(date(2026, 8, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 8, 14), False),  # before term
        (date(2026, 8, 17), True),
        (date(2026, 9, 25), False),  # staff day
        (date(2026, 10, 28), False),  # autumn break
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 12, 22), True),
        (date(2026, 12, 23), False),  # between terms
        (date(2027, 3, 26), False),  # Good Friday, no break of its own
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 5, 6), False),  # Ascension Day
        (date(2027, 5, 7), False),  # the day after
        (date(2027, 6, 8), True),
        (date(2027, 6, 9), False),
    ],
)
def test_pupils_attend_in_terms_outside_breaks_staff_days_and_holidays(day, expected):
    assert CALENDAR.is_school_day(day) is expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 10, 23), 1, date(2026, 11, 2)),  # over the autumn break
        (date(2026, 10, 28), 1, date(2026, 11, 2)),  # from inside it
        (date(2026, 9, 24), 1, date(2026, 9, 28)),  # over a staff day and a weekend
        (date(2026, 12, 21), 2, date(2027, 1, 12)),  # over Christmas and week 53
        (date(2027, 3, 25), 1, date(2027, 4, 5)),  # over Easter
        (date(2027, 1, 12), -2, date(2026, 12, 21)),
        (date(2026, 7, 1), 1, date(2026, 8, 17)),
    ],
)
def test_school_days_are_counted_from_the_day_after(start, days, expected):
    assert CALENDAR.add_school_days(start, days) == expected


@pytest.mark.parametrize(
    ("start", "days"), [(date(2027, 6, 8), 1), (date(2027, 6, 1), 6), (date(2026, 8, 17), -1), (date(2027, 8, 1), 1)]
)
def test_counting_beyond_the_calendar_is_refused_rather_than_guessed(start, days):
    with pytest.raises(SchoolCalendarEnds):
        CALENDAR.add_school_days(start, days)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 10, 23), date(2026, 11, 2), 1),
        (date(2026, 11, 2), date(2026, 10, 23), -1),
        (date(2026, 12, 22), date(2027, 1, 11), 0),
        (date(2026, 11, 23), date(2026, 11, 27), 4),
    ],
)
def test_school_days_between_leave_out_the_first_and_include_the_last(start, end, expected):
    assert CALENDAR.school_days_between(start, end) == expected


def test_the_last_school_days_reach_back_over_a_break_and_end_with_the_day_itself():
    assert CALENDAR.last_school_days(3, date(2026, 11, 3)) == (
        date(2026, 10, 23),
        date(2026, 11, 2),
        date(2026, 11, 3),
    )


def test_the_last_school_days_before_a_weekend_end_on_friday():
    assert CALENDAR.last_school_days(1, date(2026, 11, 22)) == (date(2026, 11, 20),)


def test_early_in_the_first_term_there_are_fewer_school_days_than_asked_for():
    assert CALENDAR.last_school_days(20, date(2026, 8, 18)) == (date(2026, 8, 17), date(2026, 8, 18))
    assert CALENDAR.last_school_days(20, date(2026, 8, 16)) == ()


def test_a_day_lies_in_its_term_or_in_none():
    assert CALENDAR.term_of(date(2026, 10, 28)) == AUTUMN
    assert CALENDAR.term_of(date(2027, 1, 12)) == SPRING
    assert CALENDAR.term_of(date(2026, 12, 24)) is None


def test_overlapping_terms_do_not_count_a_day_twice():
    twice = SchoolCalendar(terms=(AUTUMN, AUTUMN))

    assert len(twice.school_days) == len(set(twice.school_days))


def test_a_range_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="before it begins"):
        DayRange(date(2026, 8, 17), date(2026, 8, 16))


@given(start=YEAR, days=st.integers(0, 60))
def test_adding_and_then_counting_gives_the_same_number(start, days):
    try:
        end = CALENDAR.add_school_days(start, days)
    except SchoolCalendarEnds:
        assert CALENDAR.school_days_between(start, date(2027, 6, 30)) < days
    else:
        assert CALENDAR.school_days_between(start, end) == days


@given(first=YEAR, second=YEAR, days=st.integers(1, 40))
def test_a_later_start_never_gives_an_earlier_day(first, second, days):
    early, late = sorted([first, second])
    try:
        later_end = CALENDAR.add_school_days(late, days)
    except SchoolCalendarEnds:
        return
    assert CALENDAR.add_school_days(early, days) <= later_end


@given(until=SCHOOL_DAYS, days=st.integers(1, 60))
def test_the_last_school_days_are_school_days_in_order_up_to_the_day(until, days):
    last = CALENDAR.last_school_days(days, until)

    assert last[-1] == until
    assert list(last) == sorted(set(last))
    assert all(CALENDAR.is_school_day(day) for day in last)
    assert len(last) == min(days, CALENDAR.school_days.index(until) + 1)
