"""The city can be built on any day of the year, and is the same whenever it is built for the same day."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from attendance.models import AttendanceDay, Concern, Signal
from cases.models import Case, Event, Obligation
from demo.city import SMALL_CITY
from schools.models import Pupil

FARSTA, HOKARANG = SMALL_CITY[:1], SMALL_CITY[1:]


def fingerprint() -> str:
    """Return a digest of everything in the city except random keys and running numbers."""
    rows = [
        *Pupil.objects.values_list(
            "given_name", "family_name", "born_on", "identifiers__value", "guardians__given_name"
        ),
        *AttendanceDay.objects.values_list(
            "pupil__given_name", "pupil__born_on", "day", "valid_minutes", "invalid_minutes"
        ),
        *Signal.objects.values_list("pupil__born_on", "kind", "level", "crossed_on", "due_on", "answer", "answered_at"),
        *Concern.objects.values_list("pupil__born_on", "text", "logged_at", "logged_by__user__email", "answer_text"),
        *Case.objects.values_list("pupil__born_on", "class_name", "child_time_from", "outcome", "closed_at"),
        *Event.objects.values_list("case__pupil__born_on", "kind", "at", "by__user__email", "text"),
        *Obligation.objects.values_list("case__pupil__born_on", "kind", "due_on", "intervals__unit__name", "outcome"),
    ]
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


@pytest.mark.parametrize(
    ("today", "plans"),
    [
        pytest.param(date(2026, 8, 20), FARSTA, id="first week of term"),
        pytest.param(date(2026, 10, 28), HOKARANG, id="autumn break"),
        pytest.param(date(2026, 12, 25), HOKARANG, id="Christmas Day"),
        pytest.param(date(2027, 7, 10), FARSTA, id="a Saturday in summer"),
    ],
)
def test_the_city_can_be_built_on(today, plans, built):
    with built(today, plans):
        assert Case.objects.open().count() >= 10
        assert Signal.objects.exists()
        assert not Event.objects.filter(at__date__gt=today).exists()


def test_the_same_day_gives_the_same_city_even_a_leap_day(built):
    prints = []
    for _time in range(2):
        with built(date(2028, 2, 29), HOKARANG):
            prints.append(fingerprint())
            last_day = max(Event.objects.values_list("at__date", flat=True))

    assert prints[0] == prints[1]
    assert last_day == date(2028, 2, 28)
