"""What rows were before an import changed them: kept as it changes them, and put back when it is undone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from attendance.models import AbsenceSource

from .csv_files import headings
from .models import AbsenceImport, BeforeImage
from .period_plan import ANEW, STORED

TABLE = BeforeImage._meta.db_table
KEEP = f"""
INSERT INTO {TABLE} (absence_import_id, rows, pupil_id, class_group_id, added, before)
SELECT %(absence_import)s, %(rows)s, {{pupil}}, {{group}},
       COALESCE(array_agg({{at}} AT TIME ZONE 'UTC') FILTER (WHERE is_new), '{{{{}}}}'),
       COALESCE(jsonb_agg(was) FILTER (WHERE NOT is_new), '[]')
  FROM {{changed}} GROUP BY {{pupil}}, {{group}}
"""  # noqa: S608 (the pieces are constants of ours)
KEEP_CLASS_DAYS = KEEP.format(
    pupil="NULL::uuid", group="class_group_id", at="day::timestamp", changed="changed_class_day"
)
KEEP_DAYS = KEEP.format(pupil="pupil_id", group="NULL::uuid", at="day::timestamp", changed="changed_day")
KEEP_LESSONS = KEEP.format(pupil="pupil_id", group="NULL::uuid", at="(day + starts_at)", changed="changed_lesson")
KEEP_PERIODS = f"""
INSERT INTO {TABLE} (absence_import_id, rows, pupil_id, class_group_id, added, before)
SELECT %(absence_import)s, %(rows)s, pupil_id, NULL, '{{}}',
       jsonb_agg(CASE WHEN is_new THEN jsonb_build_object('granularity', granularity, 'period_start', first_day,
                 'period_end', last_day, 'subject', subject, 'is_new', true) ELSE was END)
  FROM changed_period GROUP BY pupil_id
"""  # noqa: S608
KEPT = {
    headings.LESSONS: {"class_days": KEEP_CLASS_DAYS, "days": KEEP_DAYS, "lessons": KEEP_LESSONS},
    headings.DAY_TOTALS: {"class_days": KEEP_CLASS_DAYS, "days": KEEP_DAYS},
    headings.CLASS_DAYS: {"class_days": KEEP_CLASS_DAYS},
    headings.PERIOD_TOTALS: {"periods": KEEP_PERIODS},
}

# Pupils who have become protected since are left as they are: nobody who works with imports may touch their rows.
OF_IMPORT = f"""{TABLE} image JOIN schools_pupil pupil ON pupil.id = image.pupil_id AND pupil.protection = 'none'
 WHERE image.absence_import_id = %(absence_import)s AND image.rows = %(rows)s"""
IMAGES = OF_IMPORT.replace(" WHERE ", ", unnest(image.added) AS added (at) WHERE ", 1)
WAS = OF_IMPORT.replace(" WHERE ", ", jsonb_to_recordset(image.before) AS was ({columns}) WHERE ", 1)

DAY_COLUMNS = "valid_minutes, invalid_minutes, other_minutes, late_minutes, offered_minutes, reported_minutes"
UNDO_DAYS = (
    f"""
DELETE FROM attendance_attendanceday stored USING (
    SELECT image.pupil_id, (added.at AT TIME ZONE 'UTC')::date AS day FROM {IMAGES}
) told
 WHERE stored.pupil_id = told.pupil_id AND stored.source_id = %(source)s AND stored.day = told.day
   AND stored.day BETWEEN %(first_day)s AND %(last_day)s
""",  # noqa: S608
    f"""
INSERT INTO attendance_attendanceday (pupil_id, day, source_id, {DAY_COLUMNS})
SELECT image.pupil_id, was.day, %(source)s, {", ".join(f"was.{name}" for name in DAY_COLUMNS.split(", "))}
  FROM {WAS.format(columns=f"day date, {DAY_COLUMNS.replace(',', ' int,')} int")}
ON CONFLICT (pupil_id, day, source_id) DO UPDATE
   SET {", ".join(f"{name} = EXCLUDED.{name}" for name in DAY_COLUMNS.split(", "))}
""",  # noqa: S608
)
UNDO_LESSONS = (
    f"""
DELETE FROM attendance_lessonabsence stored USING (
    SELECT image.pupil_id, added.at AT TIME ZONE 'UTC' AS at FROM {IMAGES}
) told
 WHERE stored.pupil_id = told.pupil_id AND stored.source_id = %(source)s AND stored.day = told.at::date
   AND stored.starts_at = told.at::time AND stored.day BETWEEN %(first_day)s AND %(last_day)s
""",  # noqa: S608
    f"""
INSERT INTO attendance_lessonabsence (pupil_id, starts_at, day, source_id, minutes, kind, subject)
SELECT image.pupil_id, was.starts_at, was.day, %(source)s, was.minutes, was.kind, was.subject
  FROM {WAS.format(columns="day date, starts_at time, minutes int, kind text, subject text")}
ON CONFLICT (pupil_id, day, starts_at, source_id) DO UPDATE
   SET minutes = EXCLUDED.minutes, kind = EXCLUDED.kind, subject = EXCLUDED.subject
""",  # noqa: S608
)
UNDO_CLASS_DAYS = (
    f"""
DELETE FROM attendance_classday stored USING {TABLE} image, unnest(image.added) AS added (at)
 WHERE image.absence_import_id = %(absence_import)s AND image.rows = %(rows)s AND stored.source_id = %(source)s
   AND stored.class_group_id = image.class_group_id AND stored.day = (added.at AT TIME ZONE 'UTC')::date
""",  # noqa: S608
    f"""
INSERT INTO attendance_classday (class_group_id, day, source_id, offered_minutes, reported_minutes)
SELECT image.class_group_id, was.day, %(source)s, was.offered_minutes, was.reported_minutes
  FROM {TABLE} image, jsonb_to_recordset(image.before) AS was (day date, offered_minutes int, reported_minutes int)
 WHERE image.absence_import_id = %(absence_import)s AND image.rows = %(rows)s
ON CONFLICT (class_group_id, day, source_id) DO UPDATE
   SET offered_minutes = EXCLUDED.offered_minutes, reported_minutes = EXCLUDED.reported_minutes
""",  # noqa: S608
)
PERIOD_KEY = "granularity text, period_start date, period_end date, subject text"
PERIOD_COLUMNS = (
    f"{PERIOD_KEY}, valid_minutes int, invalid_minutes int, other_minutes int, late_minutes int, reported_minutes int, "
    "offered_minutes int, absent_percent numeric, valid_percent numeric, invalid_percent numeric, "
    "unreported_percent numeric, is_approximate boolean, is_new boolean"
)
UNDO_PERIODS = (
    f"""
DELETE FROM attendance_periodtotal stored USING (
    SELECT image.pupil_id, was.* FROM {WAS.format(columns=f"{PERIOD_KEY}, is_new boolean")} AND was.is_new
) told
 WHERE stored.pupil_id = told.pupil_id AND stored.source_id = %(source)s AND stored.granularity = told.granularity
   AND stored.period_start = told.period_start AND stored.period_end = told.period_end
   AND stored.subject = told.subject
""",  # noqa: S608
    f"""
INSERT INTO attendance_periodtotal (pupil_id, source_id, granularity, period_start, period_end, subject, {STORED})
SELECT image.pupil_id, %(source)s, was.granularity, was.period_start, was.period_end, was.subject,
       {", ".join(f"was.{name}" for name in STORED.split(", "))}
  FROM {WAS.format(columns=PERIOD_COLUMNS)} AND was.is_new IS NULL
ON CONFLICT (pupil_id, source_id, granularity, period_start, period_end, subject) DO UPDATE SET {ANEW}
""",  # noqa: S608
)
PUT_BACK = {"periods": UNDO_PERIODS, "lessons": UNDO_LESSONS, "days": UNDO_DAYS, "class_days": UNDO_CLASS_DAYS}

TOUCHED = f"SELECT DISTINCT pupil_id FROM {TABLE} WHERE absence_import_id = %s AND pupil_id IS NOT NULL"  # noqa: S608

CONCERNED = f"""
SELECT pupil_id FROM {TABLE} WHERE absence_import_id = %(absence_import)s AND pupil_id IS NOT NULL
UNION
SELECT enrolment.pupil_id FROM {TABLE} image
  JOIN schools_enrolment enrolment ON enrolment.class_group_id = image.class_group_id
 WHERE absence_import_id = %(absence_import)s
"""  # noqa: S608


def keep_before_images(absence_import: AbsenceImport, shape: str) -> list[UUID]:
    """Keep what the plan is about to change, and return the pupils it touches. Called between plan and storing."""
    with connection.cursor() as cursor:
        for rows, statement in KEPT[shape].items():
            cursor.execute(statement, {"absence_import": absence_import.pk, "rows": rows})
        return _touched(cursor, absence_import)


def concerned(absence_import: AbsenceImport) -> list[UUID]:
    """Return the pupils whose figures the import has changed: its own, and all who go to a class whose day it changed.

    What a class was taught on a day is a part of the figures of everybody in it, also of those who were present.
    """
    with connection.cursor() as cursor:
        cursor.execute(CONCERNED, {"absence_import": absence_import.pk})
        return [pupil for (pupil,) in cursor.fetchall()]


def put_back(absence_import: AbsenceImport, source: AbsenceSource) -> tuple[list[UUID], dict[str, int]]:
    """Make every row what it was before the import, and return the pupils touched and how many rows of each kind.

    The images are used up. Pupils who have become protected or are gone since are left as they are.
    """
    told = {
        "absence_import": absence_import.pk,
        "source": source.pk,
        "first_day": absence_import.counts["first_day"],
        "last_day": absence_import.counts["last_day"],
    }
    counts = {}
    with connection.cursor() as cursor:
        touched = _touched(cursor, absence_import)
        for rows, statements in PUT_BACK.items():
            counts[rows] = sum(_run(cursor, statement, told | {"rows": rows}) for statement in statements)
    absence_import.before_images.all().delete()
    return touched, counts


def _run(cursor: Any, statement: str, told: dict[str, Any]) -> int:
    cursor.execute(statement, told)
    return int(cursor.rowcount)


def _touched(cursor: Any, absence_import: AbsenceImport) -> list[UUID]:
    cursor.execute(TOUCHED, [absence_import.pk])
    return [pupil for (pupil,) in cursor.fetchall()]
