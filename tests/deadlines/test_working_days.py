"""Working days: tables around every kind of work-free day, and properties that hold for all dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.working_days import add_working_days, is_working_day, next_working_day, working_days_between

DAYS = st.dates(date(2005, 1, 1), date(2060, 12, 31))
COUNTS = st.integers(0, 300)
CLOSED = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 6, 19), False),  # Midsummer Eve
        (date(2026, 6, 18), True),
        (date(2026, 12, 23), True),
        (date(2026, 12, 24), False),
        (date(2026, 12, 25), False),
        (date(2026, 12, 30), True),
        (date(2026, 12, 31), False),
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 5, 15), True),  # the Friday after is a break in schools, not in offices
        (date(2028, 2, 29), True),
    ],
)
def test_working_days_leave_out_weekends_holidays_and_eves(day, expected):
    assert is_working_day(day) is expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 23), 2, date(2026, 11, 25)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 23), 10, date(2026, 12, 7)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # from a Friday
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
        (date(2026, 11, 22), 0, date(2026, 11, 22)),  # nothing is counted, so a Sunday stays
        (date(2026, 12, 23), 1, date(2026, 12, 28)),
        (date(2026, 12, 23), 4, date(2027, 1, 4)),  # over Christmas, New Year’s Eve and New Year’s Day
        (date(2026, 12, 30), 2, date(2027, 1, 5)),  # out of week 53
        (date(2027, 1, 5), 1, date(2027, 1, 7)),  # over Epiphany
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 6, 18), 1, date(2026, 6, 22)),  # over Midsummer
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2027, 2, 26), 1, date(2027, 3, 1)),
        (date(2026, 3, 27), 1, date(2026, 3, 30)),  # over the night that summer time begins
        (date(2026, 10, 23), 1, date(2026, 10, 26)),  # over the night that it ends
        (date(2026, 11, 25), -2, date(2026, 11, 23)),
        (date(2026, 12, 28), -1, date(2026, 12, 23)),
    ],
)
def test_counting_begins_the_day_after_and_includes_the_last(start, days, expected):
    assert add_working_days(start, days) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), 0),
        (date(2026, 11, 23), date(2026, 11, 24), 1),
        (date(2026, 11, 20), date(2026, 11, 22), 0),
        (date(2026, 12, 23), date(2027, 1, 7), 6),
        (date(2026, 12, 28), date(2027, 1, 1), 2),  # the rest of week 53
        (date(2026, 11, 25), date(2026, 11, 23), -2),
    ],
)
def test_days_between_leave_out_the_first_and_include_the_last(start, end, expected):
    assert working_days_between(start, end) == expected


def test_closed_days_of_an_office_are_not_counted():
    closed = {date(2026, 11, 24), date(2026, 11, 25)}

    assert add_working_days(date(2026, 11, 23), 1, closed) == date(2026, 11, 26)
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 26), closed) == 1
    assert not is_working_day(date(2026, 11, 24), closed)


def test_the_next_working_day_is_never_the_same_day():
    assert next_working_day(date(2026, 11, 23)) == date(2026, 11, 24)
    assert next_working_day(date(2026, 4, 30)) == date(2026, 5, 4)


@pytest.mark.parametrize(("year", "expected"), [(2025, 249), (2026, 251), (2027, 253), (2028, 251)])
def test_a_year_has_as_many_working_days_as_counted_by_hand(year, expected):
    assert working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == expected


@given(start=DAYS, days=COUNTS, closed=CLOSED)
def test_adding_and_then_counting_gives_the_same_number(start, days, closed):
    assert working_days_between(start, add_working_days(start, days, closed), closed) == days


@given(start=DAYS, days=st.integers(1, 300))
def test_the_last_day_counted_is_a_working_day(start, days):
    assert is_working_day(add_working_days(start, days))


@given(start=DAYS, later=st.integers(0, 60), days=COUNTS)
def test_a_later_start_never_gives_an_earlier_day(start, later, days):
    assert add_working_days(start, days) <= add_working_days(start + timedelta(days=later), days)


@given(start=DAYS, days=COUNTS)
def test_one_more_day_gives_a_later_day(start, days):
    assert add_working_days(start, days) < add_working_days(start, days + 1)


@given(start=DAYS, first=COUNTS, second=COUNTS)
def test_counting_in_two_goes_is_counting_once(start, first, second):
    assert add_working_days(add_working_days(start, first), second) == add_working_days(start, first + second)


@given(start=DAYS.filter(is_working_day), days=COUNTS)
def test_going_back_undoes_going_forward_from_a_working_day(start, days):
    assert add_working_days(add_working_days(start, days), -days) == start
