"""Which day a moment belongs to: midnight in Stockholm, in winter time, in summer time and in the nights between."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deadlines.stockholm import STOCKHOLM, stockholm_day


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T22:59:59+00:00", date(2026, 11, 23)),
        ("2026-11-23T23:00:00+00:00", date(2026, 11, 24)),
        ("2026-07-01T21:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-01T22:00:00+00:00", date(2026, 7, 2)),
        # summer time begins on 29 March 2026 at 01:00 UTC
        ("2026-03-28T22:59:59+00:00", date(2026, 3, 28)),
        ("2026-03-28T23:00:00+00:00", date(2026, 3, 29)),
        ("2026-03-29T21:59:59+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
        # and ends on 25 October 2026 at 01:00 UTC
        ("2026-10-24T21:59:59+00:00", date(2026, 10, 24)),
        ("2026-10-24T22:00:00+00:00", date(2026, 10, 25)),
        ("2026-10-25T22:59:59+00:00", date(2026, 10, 25)),
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
        ("2026-12-31T23:30:00+00:00", date(2027, 1, 1)),
        ("2026-11-23T23:30:00-05:00", date(2026, 11, 24)),
    ],
)
def test_days_begin_at_midnight_in_stockholm(moment, expected):
    assert stockholm_day(datetime.fromisoformat(moment)) == expected


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 23), 24)]
)
def test_the_days_when_the_clock_changes_are_shorter_and_longer(day, hours):
    begins = datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM).astimezone(UTC)
    inside = [begins + timedelta(hours=n) for n in range(-2, 27)]

    assert sum(stockholm_day(at) == day for at in inside) == hours


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        stockholm_day(datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001
