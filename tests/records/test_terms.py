"""Tables of days: leap days, thirtieth birthdays, the calendar year after, the month to answer in."""

from datetime import date, timedelta

import pytest

from records import terms


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2026, 11, 25), 5, date(2031, 11, 25)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), 5, date(2029, 3, 1)),
        (date(2096, 2, 29), 4, date(2100, 3, 1)),
        (date(2026, 11, 25), 0, date(2026, 11, 25)),
    ],
)
def test_years_after_is_never_a_day_too_early(day, years, expected):
    assert terms.years_after(day, years) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2027, 6, 30)),
        (date(2026, 8, 17), date(2027, 6, 30)),
        (date(2026, 12, 31), date(2027, 6, 30)),
        (date(2027, 1, 1), date(2027, 6, 30)),
        (date(2028, 2, 29), date(2028, 6, 30)),
    ],
)
def test_school_year_ends_on_the_last_of_june(day, expected):
    assert terms.school_year_end(day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 10), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_month_ends_on_its_last_day(day, expected):
    assert terms.month_end(day) == expected


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (date(2012, 5, 4), date(2042, 5, 4)),
        (date(2012, 2, 29), date(2042, 3, 1)),
        (date(2012, 12, 31), date(2042, 12, 31)),
    ],
)
def test_child_turns_thirty(born_on, expected):
    assert terms.turns(born_on, 30) == expected


@pytest.mark.parametrize(
    ("counted_from", "years", "days", "expected"),
    [
        (date(2026, 11, 25), 5, 0, date(2031, 11, 26)),
        (date(2026, 12, 31), 5, 0, date(2032, 1, 1)),
        (date(2024, 2, 28), 5, 0, date(2029, 3, 1)),
        (date(2024, 2, 29), 5, 0, date(2029, 3, 2)),
        (date(2026, 11, 25), 0, 90, date(2027, 2, 24)),
        (date(2026, 11, 25), 0, 0, date(2026, 11, 26)),
    ],
)
def test_erasable_the_day_after_the_whole_time_has_gone(counted_from, years, days, expected):
    assert terms.erasable_from(counted_from, years=years, days=days) == expected


@pytest.mark.parametrize(
    ("last_note", "expected"),
    [
        (date(2026, 1, 1), date(2032, 12, 31)),
        (date(2026, 11, 25), date(2032, 12, 31)),
        (date(2026, 12, 31), date(2032, 12, 31)),
    ],
)
def test_social_file_is_gone_at_latest_in_the_calendar_year_after(last_note, expected):
    assert terms.calendar_year_after(terms.erasable_from(last_note, years=5)) == expected


@pytest.mark.parametrize(
    ("received_on", "expected"),
    [
        (date(2026, 11, 25), date(2026, 12, 28)),  # 25 December is a holiday, and then comes a weekend
        (date(2027, 1, 31), date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 3, 10), date(2026, 4, 10)),
        (date(2026, 12, 7), date(2027, 1, 7)),
    ],
)
def test_a_month_to_answer_ends_on_a_working_day(received_on, expected):
    assert terms.one_month_after(received_on) == expected


def test_a_year_of_days_is_never_erasable_before_its_years_have_gone():
    for after in range(1462):
        day = date(2024, 1, 1) + timedelta(days=after)

        assert terms.erasable_from(day, years=5) > date(day.year + 5, day.month, min(day.day, 28))
