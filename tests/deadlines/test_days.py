"""Days and times as templates show them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import translation

from deadlines.templatetags.days import clock_time, days_since, long_day, short_day


@pytest.fixture(autouse=True)
def _a_day_in_english():
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False), translation.override("en"):
        yield


def test_a_day_this_school_year_has_no_year() -> None:
    assert short_day(date(2026, 11, 20)) == '<time datetime="2026-11-20">Fri 20 Nov</time>'
    assert short_day(date(2027, 6, 10)) == '<time datetime="2027-06-10">Thu 10 Jun</time>'


def test_a_day_in_another_school_year_has_its_year() -> None:
    assert short_day(date(2026, 5, 4)) == '<time datetime="2026-05-04">Mon 4 May 2026</time>'


def test_a_moment_late_in_the_evening_belongs_to_the_day_in_stockholm() -> None:
    assert 'datetime="2026-11-21"' in short_day(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))


def test_a_long_day_is_written_out() -> None:
    assert long_day(date(2026, 11, 20)) == '<time datetime="2026-11-20">Friday 20 November 2026</time>'


def test_a_clock_time_is_in_stockholm() -> None:
    assert (
        clock_time(datetime(2026, 11, 23, 8, 12, tzinfo=UTC)) == '<time datetime="2026-11-23T09:12+01:00">09:12</time>'
    )


def test_days_are_counted_to_the_given_day() -> None:
    assert days_since(date(2026, 10, 13), date(2026, 11, 23)) == '<time datetime="P41D">41 days</time>'
    assert days_since(date(2026, 11, 22), date(2026, 11, 23)) == '<time datetime="P1D">1 day</time>'


def test_nothing_is_shown_as_nothing() -> None:
    assert [short_day(None), long_day(None), clock_time(None), days_since(None, date(2026, 11, 23))] == [""] * 4
