"""Where a source gives nothing finer, sums of months are kept with their denominators."""

from datetime import date, timedelta

import pytest

from attendance.models import PeriodTotal
from tests.integrations.ss12000.conftest import NOW
from tests.ss12000_server.data import uid

pytestmark = pytest.mark.django_db


@pytest.fixture
def sums(data, place):
    """Add sums of October for two activities of one name, and let the source offer nothing finer."""
    place.source.endpoints = ["organisations", "persons", "groups", "aggregatedAttendance"]
    place.source.save()
    pupils = data.lists["persons"][::2]
    maths = {"id": uid("activity Matematik"), "displayName": "Matematik"}
    for number in range(2):
        data.add_lesson("Matematik", "2026-10-05T08:00:00Z", "2026-10-05T09:00:00Z")
        for pupil in pupils:
            data.lists["aggregatedAttendance"].append(
                {
                    "student": {"id": pupil["id"]},
                    "activity": maths,
                    "startDate": "2026-10-01",
                    "endDate": "2026-10-31",
                    "attendanceSum": 500,
                    "validAbsenceSum": 60,
                    "invalidAbsenceSum": 30 * number,
                    "reportedSum": 590,
                    "offeredSum": 600,
                }
            )
    return pupils


def test_where_there_are_only_sums_they_are_kept_with_their_denominators(lessons, sums):
    run = lessons()

    assert (run.status, run.failure) == ("done", "")
    total = PeriodTotal.objects.get(pupil__given_name="Elev000")
    assert (total.period_start, total.period_end, total.granularity) == (date(2026, 10, 1), date(2026, 10, 31), "month")
    assert (total.valid_minutes, total.invalid_minutes, total.other_minutes) == (120, 30, None)
    assert (total.reported_minutes, total.offered_minutes, total.subject) == (1180, 1200, "Matematik")


def test_sums_read_again_replace_and_never_add(lessons, sums, data):
    lessons()
    for row in data.lists["aggregatedAttendance"]:
        row["validAbsenceSum"] = 0

    run = lessons(NOW + timedelta(hours=1))

    assert run.counts["changed"] == 6
    assert {one.valid_minutes for one in PeriodTotal.objects.all()} == {0}


def test_sums_of_marked_students_and_negative_ones_are_left_out(lessons, sums, data):
    data.lists["aggregatedAttendance"][0]["student"]["securityMarking"] = "Skyddad folkbokföring"
    data.lists["aggregatedAttendance"][1]["validAbsenceSum"] = -5

    run = lessons()

    assert (run.counts["protected"], run.counts["bad"]) == (1, 1)
    assert PeriodTotal.objects.get(pupil__given_name="Elev000").valid_minutes == 60


def test_all_sums_gone_is_a_fault_of_the_sources(lessons, sums, data):
    lessons()
    data.lists["aggregatedAttendance"].clear()

    run = lessons(NOW + timedelta(hours=1))

    assert (run.status, run.failure) == ("failed", "fewer_lessons")
    assert PeriodTotal.objects.count() == 6


def test_a_source_with_neither_says_so(lessons, place):
    place.source.endpoints = ["organisations", "persons", "groups"]
    place.source.save()

    run = lessons()

    assert (run.status, run.failure) == ("failed", "no_way_to_absence")
