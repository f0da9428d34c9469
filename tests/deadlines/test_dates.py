from datetime import date

import pytest

from deadlines.dates import parse_day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-12-04", date(2026, 12, 4)),
        (" 2026-12-04 ", date(2026, 12, 4)),
        ("20261204", date(2026, 12, 4)),
        ("4/12", date(2026, 12, 4)),
        ("4.12.2026", date(2026, 12, 4)),
        ("4/12 2026", date(2026, 12, 4)),
        ("4 dec", date(2026, 12, 4)),
        ("4 Dec.", date(2026, 12, 4)),
        ("4 december 2026", date(2026, 12, 4)),
        ("30 okt", date(2026, 10, 30)),
        ("30 October", date(2026, 10, 30)),
        ("1 maj", date(2027, 5, 1)),
        ("1 May", date(2027, 5, 1)),
        ("7/1", date(2027, 1, 7)),
        ("1 mars 2027", date(2027, 3, 1)),
        ("29/2 2028", date(2028, 2, 29)),
    ],
)
def test_days_are_read_as_people_write_them(written, day):
    assert parse_day(written, TODAY) == day


@pytest.mark.parametrize(
    "written", ["", "soon", "31/11", "2026-02-30", "4 foo", "32 dec", "99/99", "0/1", "4/12/26/1", "²/12", "12-4"]
)
def test_what_is_no_day_is_not_guessed(written):
    assert parse_day(written, TODAY) is None


def test_a_leap_day_without_a_year_is_the_nearest_one_there_is():
    assert parse_day("29/2", date(2028, 1, 10)) == date(2028, 2, 29)
    assert parse_day("29/2", TODAY) is None
