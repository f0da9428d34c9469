"""Absence comes lesson by lesson: dated by the lesson, in minutes, and never with a cause."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance.models import AbsenceSource, AttendanceDay, ClassDay, LessonAbsence
from integrations.ss12000.models import SourceSchool
from integrations.ss12000.sync_absence import sync_absence
from schools.models import Pupil
from tests.integrations.ss12000.conftest import NOW
from tests.integrations.ss12000.everywhere import found_in_tables, register_rows
from tests.ss12000_server.data import meta, uid

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)


@pytest.fixture
def day(data):
    """Two lessons on a Monday: everybody is in both, but Elev000 and Elev001 are away in their ways."""
    pupils = data.lists["persons"][::2]
    first = data.add_lesson("Matematik", "2026-11-16T08:10:00+01:00", "2026-11-16T09:10:00+01:00")
    second = data.add_lesson("Svenska", "2026-11-16T08:30:00Z", "2026-11-16T09:10:00Z")
    for number, pupil in enumerate(pupils):
        if number == 0:
            data.report(first, pupil, 0, invalid=60)
            data.report(second, pupil, 25, invalid=15)
        elif number == 1:
            data.report(first, pupil, 0, valid=60)
            data.report(second, pupil, 0, other=40)
        else:
            data.report(first, pupil, 60)
            data.report(second, pupil, 40)
    return first, second


def minutes(name, on=MONDAY):
    """Return valid, invalid, other and late minutes of a pupil's day."""
    row = AttendanceDay.objects.filter(pupil__given_name=name, day=on).first()
    return row and (row.valid_minutes, row.invalid_minutes, row.other_minutes, row.late_minutes)


def test_lessons_become_days_with_their_denominators(lessons, day):
    run = lessons()

    assert (run.status, run.failure, run.details) == ("done", "", {})
    assert minutes("Elev000") == (0, 75, 0, 0)
    assert minutes("Elev001") == (60, 0, 40, 0)
    assert minutes("Elev002") is None
    assert {(one.offered_minutes, one.reported_minutes) for one in ClassDay.objects.filter(day=MONDAY)} == {(100, 100)}


def test_a_lesson_keeps_its_subject_and_swedish_time(lessons, day):
    lessons()

    found = LessonAbsence.objects.filter(pupil__given_name="Elev000").order_by("starts_at")
    assert [(one.starts_at, one.minutes, one.kind, one.subject) for one in found] == [
        (time(8, 10), 60, "invalid", "Matematik"),
        (time(9, 30), 15, "invalid", "Svenska"),
    ]


def test_what_late_means_in_this_source_is_kept_with_it(lessons, day, place):
    lessons()

    kept = AbsenceSource.objects.get(unit=place.school.unit)
    assert (kept.kind, kept.name, kept.late_counts_as) == ("ss12000", "Elevregistret", "invalid")
    assert kept.unreported_counts_as == "unknown"


def test_a_cause_is_never_stored(lessons, day):
    lessons()

    assert found_in_tables(["Hemlig diagnos"]) == []


def test_the_same_again_changes_nothing(lessons, day):
    lessons()
    again = lessons(NOW + timedelta(hours=1))

    assert {again.counts.get(name, 0) for name in ("new", "changed", "removed")} == {0}


def test_what_is_not_reported_is_unknown_and_not_present(lessons, data, day):
    for row in data.lists["attendances"]:
        if row["calendarEvent"]["id"] == day[1]["id"]:
            row["isReported"] = False

    run = lessons()

    assert run.counts["unreported"] == 6
    assert minutes("Elev000") == (0, 60, 0, 0)
    assert {(one.offered_minutes, one.reported_minutes) for one in ClassDay.objects.filter(day=MONDAY)} == {(100, 60)}


def test_a_report_without_any_minutes_is_unknown(lessons, data, day):
    row = data.lists["attendances"][0]
    for name in ("attendanceMinutes", "invalidAbsenceMinutes"):
        row.pop(name)

    run = lessons()

    assert run.counts["unreported"] == 1
    assert minutes("Elev000") == (0, 15, 0, 0)


@pytest.mark.parametrize("wrong", [-1, "många", True, [], 1e9])
def test_minutes_that_cannot_be_are_refused_row_by_row(lessons, data, day, wrong):
    data.lists["attendances"][0]["invalidAbsenceMinutes"] = wrong

    run = lessons()

    assert run.counts["bad"] == 1
    assert minutes("Elev000") == (0, 15, 0, 0)
    assert minutes("Elev001") == (60, 0, 40, 0)


def test_a_lesson_missed_in_two_ways_has_two_parts_and_one_length(lessons, data, day):
    data.lists["attendances"][0] |= {"validAbsenceMinutes": 20, "invalidAbsenceMinutes": 40}

    lessons()

    assert minutes("Elev000") == (20, 55, 0, 0)
    found = LessonAbsence.objects.filter(pupil__given_name="Elev000", subject="Matematik").order_by("starts_at")
    assert [(one.starts_at, one.minutes, one.kind) for one in found] == [
        (time(8, 10), 20, "valid"),
        (time(8, 30), 40, "invalid"),
    ]
    assert {one.offered_minutes for one in ClassDay.objects.filter(day=MONDAY)} == {100}


def test_sums_that_do_not_fit_the_lesson_are_kept_and_counted(lessons, data, day):
    data.lists["attendances"][0]["invalidAbsenceMinutes"] = 80

    run = lessons()

    assert run.counts["sums_differ"] == 1
    assert minutes("Elev000") == (0, 95, 0, 0)


def test_cancelled_lessons_and_staff_activities_are_in_no_denominator(lessons, data, day):
    day[1]["cancelled"] = True
    data.lists["activities"][0]["activityType"] = "Läraraktivitet"

    run = lessons()

    assert run.counts["not_held"] == 2
    assert not ClassDay.objects.exists()


def test_an_activity_of_an_unknown_kind_counts(lessons, data, day):
    data.lists["activities"][0]["activityType"] = "Nytt i 2.2"

    lessons()

    assert minutes("Elev000") == (0, 75, 0, 0)


def test_teaching_length_and_exceptions_decide_what_was_offered(lessons, data, day):
    pupils = data.lists["persons"][::2]
    day[0]["teachingLengthStudent"] = 50
    day[0]["studentExceptions"] = [
        {"student": {"id": pupils[2]["id"]}, "participates": False},
        {"student": {"id": pupils[3]["id"]}, "participates": True, "teachingLength": 30},
    ]
    data.lists["attendances"][0]["invalidAbsenceMinutes"] = 50
    data.lists["attendances"][2]["validAbsenceMinutes"] = 50

    lessons()

    assert {one.offered_minutes for one in ClassDay.objects.filter(day=MONDAY)} == {90}
    own = {one.pupil.given_name: one.offered_minutes for one in AttendanceDay.objects.exclude(offered_minutes=None)}
    assert own == {"Elev002": 40, "Elev003": 70}


def test_a_lesson_over_the_night_when_clocks_change_has_its_real_length(lessons, data):
    pupil = data.lists["persons"][0]
    lesson = data.add_lesson("Astronomi", "2026-10-25T01:30:00+02:00", "2026-10-25T03:30:00+01:00")
    data.report(lesson, pupil, 0, invalid=180)

    lessons()

    assert minutes("Elev000", date(2026, 10, 25)) == (0, 180, 0, 0)


@pytest.mark.parametrize(
    ("starts", "on", "at"),
    [
        ("2026-11-16T23:30:00Z", date(2026, 11, 17), time(0, 30)),
        ("2026-11-17T08:00:00", date(2026, 11, 17), time(8)),
        ("2026-09-01T06:00:00Z", date(2026, 9, 1), time(8)),
        ("2026-11-17T09:00:00+02:00", date(2026, 11, 17), time(8)),
    ],
)
def test_a_lesson_belongs_to_the_swedish_day_whatever_zone_it_comes_in(lessons, data, starts, on, at):
    moment = datetime.fromisoformat(starts)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Stockholm"))
    lesson = data.add_lesson("Bild", moment.isoformat(), (moment + timedelta(minutes=40)).isoformat())
    data.report(lesson, data.lists["persons"][0], 0, valid=40)
    if "+" not in starts and "Z" not in starts:
        lesson["startTime"], lesson["endTime"] = (
            starts,
            (datetime.fromisoformat(starts) + timedelta(minutes=40)).isoformat(),
        )

    lessons()

    found = LessonAbsence.objects.get(pupil__given_name="Elev000")
    assert (found.day, found.starts_at) == (on, at)


@pytest.mark.parametrize("without", ["expand", "lookup", "both", "ignored"])
def test_attendance_is_come_by_in_some_other_way(lessons, how, source, day, without, monkeypatch):
    wanted = {"Elev000": (0, 75, 0, 0), "Elev001": (60, 0, 40, 0)}
    if without == "ignored":
        how.ignores_expand = True
    else:
        how.no_expand = without != "lookup"
        how.no_lookup = without != "expand"

    run = lessons()

    assert (run.status, run.failure) == ("done", "")
    assert {name: minutes(name) for name in wanted} == wanted
    asked = [path for _method, path, _query in source.requests]
    assert ("attendances/lookup" in asked) == (without in {"expand", "both", "ignored"})
    assert ("attendances" in asked) == (without == "both")


def test_granted_leave_makes_an_unreported_lesson_valid_absence(lessons, data, day, place):
    place.source.endpoints += ["absences"]
    place.source.save()
    row = data.lists["attendances"][0]
    row["isReported"] = False
    common = {
        "meta": meta(),
        "student": {"id": row["student"]["id"]},
        "startTime": "2026-11-16T00:00:00+01:00",
        "endTime": "2026-11-17T00:00:00+01:00",
    }
    data.lists["absences"] += [{"id": uid("leave"), "type": "Anmäld frånvaro"} | common]
    lessons()
    assert minutes("Elev000") == (0, 15, 0, 0)

    data.lists["absences"] += [{"id": uid("leave 2"), "type": "Beviljad ledighet"} | common]
    lessons(NOW + timedelta(hours=1))
    assert minutes("Elev000") == (60, 15, 0, 0)


def test_what_was_mended_long_ago_is_read_again(lessons, data, place, source):
    place.source.days_back = 7
    place.source.save()
    old = data.add_lesson("Kemi", "2026-09-14T08:00:00+02:00", "2026-09-14T09:00:00+02:00")
    row = data.report(old, data.lists["persons"][0], 0, invalid=60)
    other = data.add_lesson("Kemi", "2026-11-16T08:00:00+01:00", "2026-11-16T09:00:00+01:00")
    data.report(other, data.lists["persons"][0], 60)
    lessons()
    row |= {"invalidAbsenceMinutes": 0, "validAbsenceMinutes": 60, "meta": meta(NOW + timedelta(hours=12))}

    run = lessons(NOW + timedelta(days=1))

    assert (run.is_full, run.counts["late_days"]) == (False, 1)
    assert minutes("Elev000", date(2026, 9, 14)) == (60, 0, 0, 0)


def test_a_lesson_that_is_taken_away_takes_its_absence_with_it(lessons, data, day):
    lessons()
    data.lists["attendances"][:] = [
        row for row in data.lists["attendances"] if row["student"]["id"] != data.lists["persons"][0]["id"]
    ]

    run = lessons(NOW + timedelta(hours=1))

    assert run.counts["emptied_days"] == 1
    assert minutes("Elev000") is None
    assert not LessonAbsence.objects.filter(pupil__given_name="Elev000").exists()


def test_all_absence_gone_at_once_is_a_fault_of_the_sources(lessons, data, how):
    for number, pupil in enumerate(data.lists["persons"][::2]):
        for day in (9, 10, 11, 12, 13):
            lesson = data.add_lesson(f"Slöjd{number}", f"2026-11-{day:02}T08:00:00Z", f"2026-11-{day:02}T09:00:00Z")
            data.report(lesson, pupil, 0, invalid=60)
    lessons()
    assert AttendanceDay.objects.count() == 30
    how.empty = {"calendarEvents"}

    run = lessons(NOW + timedelta(hours=1))

    assert (run.status, run.failure) == ("failed", "fewer_lessons")
    assert AttendanceDay.objects.count() == 30


def test_a_marked_student_is_counted_and_not_stored(lessons, data, day):
    for row in data.lists["attendances"][:2]:
        row["student"]["securityMarking"] = "Sekretessmarkering"

    run = lessons()

    assert run.counts["protected"] == 2
    assert minutes("Elev000") is None


def test_one_who_is_protected_here_gets_no_rows(lessons, data, day):
    Pupil.objects.filter(given_name="Elev000").update(protection="secrecy_flag", alias="K-1234")

    run = lessons()

    assert run.counts["held_aside"] == 2
    assert minutes("Elev000") is None


def test_students_whom_we_do_not_know_are_counted(lessons, data, day):
    stranger = data.add_pupil("Främling", None, enrolments=[])
    data.report(day[0], stranger, 0, invalid=60)

    run = lessons()

    assert run.counts["unknown"] == 1
    assert found_in_tables(["Främling"]) == []


@pytest.mark.parametrize("paging", ["standard", "forgetful", "repeat"])
def test_lessons_are_read_in_every_dialect(lessons, data, how, paging):
    for hour in range(8, 15):
        lesson = data.add_lesson(f"Ämne{hour}", f"2026-11-16T{hour:02}:00:00Z", f"2026-11-16T{hour:02}:40:00Z")
        for pupil in data.lists["persons"][::2]:
            data.report(lesson, pupil, 0, valid=40)
    how.paging = paging

    run = lessons()

    assert (run.status, run.failure, run.details) == ("done", "", {})
    assert minutes("Elev000") == (280, 0, 0, 0)


def test_a_window_that_was_ignored_brings_nothing_from_elsewhere(lessons, data, how, day):
    old = data.add_lesson("Kemi", "2020-09-14T08:00:00+02:00", "2020-09-14T09:00:00+02:00")
    data.report(old, data.lists["persons"][0], 0, invalid=60)
    how.ignores = {"*"}

    run = lessons()

    assert run.status == "done"
    assert run.counts["not_asked_for"] > 0
    assert minutes("Elev000") == (0, 75, 0, 0)
    assert AttendanceDay.objects.exclude(day=MONDAY).count() == 0


def test_before_the_register_there_is_nobody_to_read_for(place, connect, data, day):
    fresh = SourceSchool.objects.select_related("source", "school__unit").get(pk=place.pk)

    run = sync_absence(fresh, at=NOW, connect=connect)

    assert (run.status, run.failure) == ("failed", "no_roster")


def test_a_dry_run_counts_and_stores_nothing(lessons, day):
    run = lessons(is_dry_run=True)

    assert run.counts["lessons"] == 2
    assert not AttendanceDay.objects.exists()


def test_a_reading_cut_off_between_stretches_goes_on_and_ends_alike(lessons, data, how, source, day):
    for week in range(6):
        on = date(2026, 10, 5) + timedelta(weeks=week)
        lesson = data.add_lesson("Historia", f"{on}T08:00:00Z", f"{on}T09:00:00Z")
        data.report(lesson, data.lists["persons"][0], 0, invalid=60)
    how.dies_after = len(source.requests) + 12
    first = lessons()
    assert (first.status, first.failure) == ("paused", "cut_off")
    how.dies_after = 0
    second = lessons(NOW + timedelta(hours=1))

    assert (second.pk, second.status) == (first.pk, "done")
    assert sum(row[3] for row in register_rows()["days"] if row[0] == "Elev000") == 6 * 60 + 75
