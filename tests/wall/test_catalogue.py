"""The database's own catalogue holds against what the wall demands; each rule is broken once and seen to be found."""

import pytest
from django.db import connection

from tests.wall.catalogue import EXEMPT, asked, backup_reads_and_never_writes, faults

pytestmark = pytest.mark.django_db

ALL_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"


def test_nothing_in_the_catalogue_breaks_the_wall():
    assert not faults()


def test_exemptions_name_tables_that_are_there_and_say_why():
    assert EXEMPT.keys() <= set(asked(ALL_TABLES))
    assert all(len(reason) > 15 for reason in EXEMPT.values())


def test_backup_role_reads_everything_and_changes_nothing():
    assert backup_reads_and_never_writes()


def test_a_school_year_made_later_stands_behind_the_wall():
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_absence_year(2099)")

    assert "attendance_attendanceday_2099" in asked(ALL_TABLES)
    assert not faults()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("CREATE TABLE forgotten (id int)", "forgotten has no forced row-level security"),
        ("ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY", "cases_case has no forced row-level security"),
        ("CREATE FUNCTION open() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION open() TO PUBLIC",
         "open() may be called by everybody"),
        ("CREATE FUNCTION loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
         "loose() runs as its owner on whatever search_path"),
        ("CREATE VIEW window_in AS SELECT * FROM schools_pupil", "window_in is a view that does not ask as its reader"),
        ("GRANT SELECT ON schools_pupil TO narvaro_web",
         "narvaro_web on schools_pupil: a login has a right of its own"),
        ("GRANT SELECT ON cases_socialnote TO narvaro_school", "cases_socialnote: schools have a right to it"),
        ("GRANT SELECT (id) ON attendance_concern TO narvaro_social",
         "attendance_concern: social services have a right to it"),
        ("GRANT SELECT ON attendance_attendanceday_2026 TO narvaro_import",
         "attendance_attendanceday_2026 is a part of a table and may be reached past it"),
        ("ALTER TABLE attendance_lessonabsence_2026 NO FORCE ROW LEVEL SECURITY",
         "attendance_lessonabsence_2026 has no forced row-level security"),
        ("DROP POLICY never ON attendance_concern", "attendance_concern does not hide protected pupils"),
        ("DROP POLICY never ON cases_case", "cases_case does not hide protected pupils"),
        ("CREATE POLICY everybody ON cases_case USING (true)", "cases_case.everybody holds for every role there is"),
    ],
)  # fmt: skip
def test_a_hole_is_found(statement, found):
    with connection.cursor() as cursor:
        cursor.execute(statement)

    assert found in faults()
