"""Public holidays: the moving ones against tables, all of them against an independent package."""

from datetime import date

import holidays as independent
import pytest

from deadlines.holidays import easter_sunday, public_holidays, work_free_day_name, work_free_eves

EASTER = [
    date(1818, 3, 22),  # the earliest possible
    date(1943, 4, 25),  # the latest possible
    date(1954, 4, 18),  # the exceptions the older formulas get wrong
    date(1981, 4, 19),
    date(2000, 4, 23),
    date(2008, 3, 23),
    date(2011, 4, 24),
    date(2024, 3, 31),
    date(2025, 4, 20),
    date(2026, 4, 5),
    date(2027, 3, 28),
    date(2028, 4, 16),
    date(2029, 4, 1),
    date(2038, 4, 25),
    date(2049, 4, 18),
    date(2076, 4, 19),
]


@pytest.mark.parametrize("expected", EASTER)
def test_easter_falls_where_the_tables_say(expected):
    assert easter_sunday(expected.year) == expected


@pytest.mark.parametrize("year", range(2015, 2041))
def test_public_holidays_agree_with_an_independent_package(year):
    expected = independent.country_holidays("SE", years=year, include_sundays=False)

    assert list(public_holidays(year)) == sorted(expected)


@pytest.mark.parametrize("year", range(2015, 2041))
def test_eves_agree_with_an_independent_package(year):
    expected = independent.country_holidays("SE", years=year, categories=("de_facto",), include_sundays=False)

    assert sorted(work_free_eves(year)) == sorted(expected)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 3, 26), "Good Friday"),
        (date(2027, 3, 29), "Easter Monday"),
        (date(2027, 5, 6), "Ascension Day"),
        (date(2028, 4, 14), "Good Friday"),
        (date(2028, 5, 25), "Ascension Day"),
        (date(2027, 6, 6), "Sweden’s National Day"),
        (date(2026, 6, 19), "Midsummer Eve"),
        (date(2026, 6, 20), "Midsummer Day"),
        (date(2027, 6, 25), "Midsummer Eve"),
        (date(2027, 6, 26), "Midsummer Day"),
        (date(2026, 10, 31), "All Saints’ Day"),
        (date(2027, 11, 6), "All Saints’ Day"),
        (date(2026, 12, 24), "Christmas Eve"),
        (date(2026, 12, 31), "New Year’s Eve"),
        (date(2026, 11, 23), None),
        (date(2026, 11, 22), None),  # a Sunday without a name of its own
    ],
)
def test_a_day_has_the_name_that_makes_it_work_free(day, name):
    assert work_free_day_name(day) == name


def test_whit_monday_gave_way_to_the_national_day_in_2005():
    assert date(2004, 5, 31) in public_holidays(2004)
    assert date(2004, 6, 6) not in public_holidays(2004)
    assert date(2005, 5, 16) not in public_holidays(2005)
    assert date(2005, 6, 6) in public_holidays(2005)


def test_two_holidays_on_one_day_are_one_day_with_one_name():
    assert work_free_day_name(date(2008, 5, 1)) == "Ascension Day"
    assert len(public_holidays(2008)) == 12
