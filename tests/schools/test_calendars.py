"""A school's calendar from the register: the provider's terms and breaks, the school's staff days, usual years else."""

from datetime import date

import pytest

from schools.calendars import school_calendar
from schools.models import BreakDay
from schools.regional_pattern import usual_calendar
from tests.factories.schools import BreakDayFactory, SchoolFactory, SchoolYearFactory, TermFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def year(school):
    return SchoolYearFactory(provider=school.provider, with_terms=True)


def test_the_providers_terms_and_breaks_make_the_calendar(school, year):
    BreakDayFactory(school_year=year, day=date(2026, 10, 26))

    calendar = school_calendar(school, today=TODAY)

    assert calendar.is_school_day(date(2026, 8, 17))
    assert not calendar.is_school_day(date(2026, 10, 26))
    assert calendar.is_school_day(date(2026, 10, 27)), "the provider gave one break day only"
    assert not calendar.is_school_day(date(2026, 12, 23))


def test_a_staff_day_is_free_in_its_own_school_only(school, year):
    neighbour = SchoolFactory(provider=school.provider)
    BreakDayFactory(school_year=year, school=school, staff_day=True, day=date(2026, 9, 25))

    assert not school_calendar(school, today=TODAY).is_school_day(date(2026, 9, 25))
    assert school_calendar(neighbour, today=TODAY).is_school_day(date(2026, 9, 25))


def test_a_break_may_belong_to_one_school(school, year):
    neighbour = SchoolFactory(provider=school.provider)
    BreakDayFactory(school_year=year, school=school, kind=BreakDay.Kind.BREAK, day=date(2026, 9, 25))

    assert not school_calendar(school, today=TODAY).is_school_day(date(2026, 9, 25))
    assert school_calendar(neighbour, today=TODAY).is_school_day(date(2026, 9, 25))


def test_another_providers_days_are_its_own(school, year):
    elsewhere = SchoolYearFactory()
    TermFactory(school_year=elsewhere, starts_on=date(2026, 8, 3), ends_on=date(2026, 12, 22))
    BreakDayFactory(school_year=elsewhere, day=date(2026, 9, 25))

    calendar = school_calendar(school, today=TODAY)

    assert not calendar.is_school_day(date(2026, 8, 10))
    assert calendar.is_school_day(date(2026, 9, 25))


def test_years_that_the_provider_has_not_set_follow_the_usual_pattern(school, year):
    calendar = school_calendar(school, today=TODAY)

    for first_year in (2024, 2025, 2027, 2028):
        assert set(usual_calendar(first_year).school_days) <= set(calendar.school_days)
    assert not set(usual_calendar(2023).school_days) & set(calendar.school_days)


def test_a_due_date_over_the_summer_can_always_be_given(school, year):
    calendar = school_calendar(school, today=TODAY)

    assert calendar.add_school_days(date(2027, 6, 10), 5) == date(2027, 8, 27)


def test_the_calendar_costs_one_query(school, year, django_assert_num_queries):
    with django_assert_num_queries(1):
        school_calendar(school, today=TODAY).is_school_day(TODAY)
