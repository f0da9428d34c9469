"""How days and periods are written; what can be read in two ways is asked, never guessed."""

from datetime import date, time

import pytest

from integrations.csv_files.cells import read_time
from integrations.csv_files.days import DAY_FIRST, MONTH_FIRST, Orders, SchoolTimes, day_reader, period_reader, read_day
from integrations.csv_files.problems import CellProblem

TODAY = date(2026, 11, 23)
TIMES = SchoolTimes(
    terms=[(date(2026, 8, 17), date(2026, 12, 22)), (date(2027, 1, 12), date(2027, 6, 8))],
    years=[(date(2025, 8, 18), date(2026, 6, 9)), (date(2026, 8, 17), date(2027, 6, 8))],
)


@pytest.mark.parametrize(
    "text",
    ["2026-11-20", "20261120", "20/11 2026", "20.11.2026", "20-11-2026", "20 nov 2026", "20 november 2026",
     "2026-11-20 08:30", "2026-11-20T08:30:00", "46346", "46346,354", "2026-11-20T07:10:00Z"],
)  # fmt: skip
def test_days_are_read_as_systems_and_excel_write_them(text):
    assert day_reader(TODAY)(text) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-19T23:30:00Z", date(2026, 11, 20)),
        ("2026-06-30T22:30:00Z", date(2026, 7, 1)),
        ("2026-10-25T00:30:00+02:00", date(2026, 10, 25)),
        ("2026-10-25T00:59:00+00:00", date(2026, 10, 25)),
        ("2026-03-28T23:30:00Z", date(2026, 3, 29)),
    ],
)
def test_a_moment_with_a_zone_belongs_to_the_day_in_stockholm_also_when_the_clocks_change(text, day):
    assert read_day(text) == day


def test_a_time_with_a_zone_is_the_time_in_stockholm():
    assert read_time("2026-11-20T07:10:00Z") == time(8, 10)
    assert read_time("2026-08-20T06:10:00Z") == time(8, 10)


@pytest.mark.parametrize("text", ["2026-11-20T08:10:00+99:99", "2026-11-20T28:10:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_cannot_be_is_refused(text):
    for read in (read_day, read_time):
        with pytest.raises(CellProblem):
            read(text)


@pytest.mark.parametrize("text", ["46346,340278", "0,340278", "46346.3402777778"])
def test_a_time_as_excel_keeps_it_is_read(text):
    assert read_time(text) == time(8, 10)


@pytest.mark.parametrize(
    ("text", "code"),
    [("20/11", "date_without_year"), ("#######", "date_hidden"), ("2026-02-30", "date_does_not_exist"),
     ("03/04/2026", "date_order_unknown"), ("31-11-26", "date_short_year"), ("i går", "date_unreadable")],
)  # fmt: skip
def test_days_that_cannot_be_are_refused_with_a_reason(text, code):
    with pytest.raises(CellProblem) as problem:
        day_reader(TODAY)(text)

    assert problem.value.code == code


def test_a_column_tells_which_comes_first_when_any_of_its_dates_does():
    swedish, american, silent, torn = Orders(), Orders(), Orders(), Orders()
    for orders, texts in (
        (swedish, ["03/04/2026", "20/11/2026"]),
        (american, ["03/04/2026", "11/20/2026"]),
        (silent, ["03/04/2026", "2026-11-20"]),
        (torn, ["20/11/2026", "11/20/2026", "03/04/2026"]),
    ):
        for text in texts:
            orders.look(text)

    assert (swedish.answer, american.answer) == (DAY_FIRST, MONTH_FIRST)
    assert silent.must_be_asked
    assert torn.must_be_asked
    assert read_day("03/04/2026", DAY_FIRST) == date(2026, 4, 3)
    assert read_day("03/04/2026", MONTH_FIRST) == date(2026, 3, 4)


WEEK_47 = ("week", date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("v.47", WEEK_47), ("v47", WEEK_47), ("47", WEEK_47), ("2026v47", WEEK_47), ("2026-W47", WEEK_47),
        ("vecka 47 2026", WEEK_47), ("V.47 2026", WEEK_47),
        ("v.50", ("week", date(2025, 12, 8), date(2025, 12, 14))),
        ("2026-11", ("month", date(2026, 11, 1), date(2026, 11, 30))),
        ("november 2026", ("month", date(2026, 11, 1), date(2026, 11, 30))),
        ("HT26", ("term", date(2026, 8, 17), date(2026, 12, 22))),
        ("HT 2026", ("term", date(2026, 8, 17), date(2026, 12, 22))),
        ("Höstterminen 2026", ("term", date(2026, 8, 17), date(2026, 12, 22))),
        ("2025/26", ("school_year", date(2025, 8, 18), date(2026, 6, 9))),
        ("Läsåret 2025/2026", ("school_year", date(2025, 8, 18), date(2026, 6, 9))),
        ("2026-10-01 - 2026-10-31", ("custom", date(2026, 10, 1), date(2026, 10, 31))),
        ("2026-10-01 till 2026-10-31", ("custom", date(2026, 10, 1), date(2026, 10, 31))),
    ],
)  # fmt: skip
def test_periods_are_read_as_they_are_written(text, period):
    assert period_reader(TIMES, TODAY)(text) == period


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "period_missing"), ("v.54 2026", "week_does_not_exist"), ("2026v53", None),
     ("2025v53", "week_does_not_exist"),
     ("HT19", "period_not_in_the_calendar"), ("hösten", "period_unreadable"), ("2027-03", "date_in_the_future"),
     ("2022-03", "date_too_old"), ("2026-10-31 - 2026-10-01", "period_ends_before_it_begins"),
     ("2026/28", "period_unreadable"), ("0000-01", "date_does_not_exist"), ("9999-12", "date_does_not_exist"),
     ("9999v52", "date_does_not_exist"), ("januari 0000", "date_does_not_exist")],
)  # fmt: skip
def test_periods_that_cannot_be_are_refused_with_a_reason(text, code):
    if code is None:
        assert period_reader(TIMES, date(2027, 1, 4))(text)[1] == date(2026, 12, 28)
        return
    with pytest.raises(CellProblem) as problem:
        period_reader(TIMES, TODAY)(text)

    assert problem.value.code == code
