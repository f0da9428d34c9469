"""Adding months: the number of the day stays, or becomes the last of a shorter month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.months import add_months


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 23), 4, date(2027, 3, 23)),
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2027, 10, 31), 4, date(2028, 2, 29)),
        (date(2027, 10, 30), 4, date(2028, 2, 29)),
        (date(2026, 12, 31), 4, date(2027, 4, 30)),
        (date(2026, 8, 31), 4, date(2026, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_are_counted_by_the_number_of_the_day(day, months, expected):
    assert add_months(day, months) == expected


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 60))
def test_the_right_month_is_reached_and_the_number_never_grows(day, months):
    result = add_months(day, months)

    assert (result.year * 12 + result.month) - (day.year * 12 + day.month) == months
    assert result.day <= day.day


@given(first=st.dates(date(2000, 1, 1), date(2100, 1, 1)), second=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_later_day_never_ends_earlier(first, second):
    early, late = sorted([first, second])

    assert add_months(early, 4) <= add_months(late, 4)
