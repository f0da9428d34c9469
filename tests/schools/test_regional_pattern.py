"""The usual school year: lawful in length, and where the region has its breaks."""

from datetime import date

import pytest

from deadlines.school_days import DayRange
from schools.regional_pattern import first_year_of, school_year_name, usual_breaks, usual_calendar, usual_terms


@pytest.mark.parametrize("first_year", range(2015, 2040))
def test_a_usual_year_is_lawful_in_length(first_year):
    """Skolförordningen 3:3 asks for at least 178 school days, skollagen 7:17 for at most 190."""
    assert 178 <= len(usual_calendar(first_year).school_days) <= 190


@pytest.mark.parametrize("first_year", [2025, 2026, 2027])
def test_the_years_we_begin_with_have_room_for_two_staff_days(first_year):
    assert len(usual_calendar(first_year).school_days) >= 180


def test_the_year_2026_falls_as_in_the_region():
    autumn, spring = usual_terms(2026)

    assert autumn == DayRange(date(2026, 8, 17), date(2026, 12, 22))
    assert spring == DayRange(date(2027, 1, 12), date(2027, 6, 10))
    assert usual_breaks(2026) == {
        "Höstlov": DayRange(date(2026, 10, 26), date(2026, 10, 30)),
        "Sportlov": DayRange(date(2027, 3, 1), date(2027, 3, 5)),
        "Påsklov": DayRange(date(2027, 3, 30), date(2027, 4, 2)),
        "Lovdag": DayRange(date(2027, 5, 7), date(2027, 5, 7)),
    }


@pytest.mark.parametrize("first_year", range(2015, 2040))
def test_terms_begin_and_end_on_school_days(first_year):
    calendar = usual_calendar(first_year)

    for term in calendar.terms:
        assert calendar.is_school_day(term.first)
        assert calendar.is_school_day(term.last)


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 6, 30), 2025), (date(2026, 7, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_school_years_change_in_the_middle_of_summer(day, expected):
    assert first_year_of(day) == expected


def test_a_school_year_is_named_by_its_two_calendar_years():
    assert school_year_name(2026) == "2026/27"
    assert school_year_name(2099) == "2099/00"
