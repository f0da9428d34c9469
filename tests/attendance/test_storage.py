"""Pupils' absence in parts by school year: no row without its pupil and source, no part that anybody reaches into."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from attendance.models import AbsenceSource, AttendanceDay, LessonAbsence
from attendance.school_years import SchoolYearPart, make_school_years, school_years, take_away_empty_years
from attendance.sources import counted_source, make_source, source_of_files
from schools.models import Pupil
from tests.factories.attendance import (
    AbsenceSourceFactory,
    AttendanceDayFactory,
    LessonAbsenceFactory,
    make_room_for,
    source_of_pupil,
)
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, PupilFactory
from wall import identity
from wall.roles import IMPORT, SCHOOL

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.django_db

NOBODY = "00000000-0000-0000-0000-000000000000"


def day_of(pupil, day=date(2026, 11, 20), **values):
    return AttendanceDay(pupil=pupil, day=day, source=source_of_pupil(pupil), **values)


def carry_out(statement, parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        connection.check_constraints()


def refused(statement, parameters=(), error=IntegrityError):
    with pytest.raises(error):
        carry_out(statement, parameters)


@pytest.mark.parametrize("table", ["attendance_attendanceday", "attendance_attendanceday_2026"])
def test_absence_of_nobody_is_refused(table):
    source = AbsenceSourceFactory()

    refused(
        f"INSERT INTO {table} (pupil_id, day, source_id, valid_minutes, invalid_minutes, other_minutes, late_minutes) "
        "VALUES (%s, '2026-11-20', %s, 1, 0, 0, 0)",
        [NOBODY, source.pk],
    )


def test_absence_from_nowhere_is_refused():
    day = AttendanceDayFactory()

    refused(
        "INSERT INTO attendance_lessonabsence (pupil_id, starts_at, day, source_id, minutes, kind, subject) "
        "VALUES (%s, '08:10', '2026-11-20', 0, 60, 'valid', '')",
        [day.pupil_id],
    )


@pytest.mark.parametrize("make", [AttendanceDayFactory, LessonAbsenceFactory])
def test_pupil_with_absence_and_source_of_absence_cannot_be_removed_or_renamed(make):
    row = make()

    refused("DELETE FROM schools_pupil WHERE id = %s", [row.pupil_id])
    refused("UPDATE schools_pupil SET id = %s WHERE id = %s", [NOBODY, row.pupil_id])
    refused("DELETE FROM attendance_absencesource WHERE id = %s", [row.source_id])
    refused("UPDATE attendance_absencesource SET id = id + 1000 WHERE id = %s", [row.source_id])


def test_pupils_cannot_be_emptied_away_under_their_absence():
    AttendanceDayFactory()

    refused("TRUNCATE schools_pupil CASCADE")
    carry_out("TRUNCATE schools_pupil, attendance_attendanceday, attendance_lessonabsence CASCADE", ())


def test_whose_absence_it_is_never_changes():
    day = AttendanceDayFactory()
    other = EnrolmentFactory().pupil

    refused("UPDATE attendance_attendanceday SET pupil_id = %s WHERE pupil_id = %s", [other.pk, day.pupil_id])
    refused("UPDATE attendance_attendanceday SET day = '2026-11-19' WHERE pupil_id = %s", [day.pupil_id])


def test_removing_a_pupil_with_django_takes_the_absence_along():
    day = AttendanceDayFactory()
    LessonAbsenceFactory(pupil=day.pupil, source=day.source)

    Pupil.objects.get(pk=day.pupil_id).delete()
    connection.check_constraints()

    assert not AttendanceDay.objects.exists()
    assert not LessonAbsence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_pupil_removed_while_a_file_is_stored_is_waited_for():
    """The one who stores holds the pupil, as a foreign key would."""
    pupil = PupilFactory()
    AbsenceSourceFactory()
    with transaction.atomic():
        AttendanceDayFactory(pupil=pupil, source=AbsenceSource.objects.get())
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
            with pytest.raises(DatabaseError, match="lock timeout"):
                cursor.execute("DELETE FROM schools_pupil WHERE id = %s", [pupil.pk])
        other.close()
    assert AttendanceDay.objects.get().pupil_id == pupil.pk


@pytest.mark.parametrize("role", [SCHOOL, IMPORT])
def test_a_part_is_reached_by_nobody_past_the_table(role):
    AttendanceDayFactory()

    with identity.becoming(role):
        refused("SELECT * FROM attendance_attendanceday_2026", error=DatabaseError)
        refused("SELECT make_absence_year(2098)", error=DatabaseError)


def test_a_day_outside_every_part_is_refused():
    pupil = EnrolmentFactory().pupil

    with pytest.raises(IntegrityError, match="no partition"), transaction.atomic():
        day_of(pupil, date(2001, 1, 1)).save(force_insert=True)


def test_there_is_room_from_two_years_back_to_five_ahead_and_making_it_again_does_nothing():
    assert make_school_years(date(2033, 8, 1)) > 0
    assert make_school_years(date(2033, 8, 1)) == 0
    assert SchoolYearPart(date(2031, 7, 1), date(2032, 6, 30)) in school_years()
    assert school_years()[-1] == SchoolYearPart(date(2038, 7, 1), date(2039, 6, 30))


def test_only_old_empty_parts_are_taken_away():
    make_room_for(date(2019, 11, 20))
    make_room_for(date(2020, 11, 20))
    AttendanceDayFactory(day=date(2020, 11, 20))

    take_away_empty_years(TODAY)

    starts = [year.first.year for year in school_years()]
    assert 2019 not in starts
    assert 2020 in starts
    assert 2024 in starts


def test_the_first_source_of_a_school_counts_and_a_second_is_kept_apart():
    unit = ClassGroupFactory().school.unit

    first = source_of_files(unit, AT)
    second = make_source(unit=unit, kind=AbsenceSource.Kind.SS12000, name="Skola24", at=AT, system="skola24")

    assert counted_source(unit) == first == source_of_files(unit, AT)
    assert not second.is_counted


def test_at_most_one_source_of_a_school_counts():
    source = AbsenceSourceFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        AbsenceSourceFactory(unit=source.unit, name="Annan")
