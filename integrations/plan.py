"""Compares what a file says with what is stored, and stores the difference: in a few statements, whatever its size."""

from __future__ import annotations

from typing import Any

from django.db import connection

from .csv_files import headings

SOURCE = "csv"

DAYS_FROM_LESSONS = """
INSERT INTO staged_day
SELECT min(row_number), pupil_id, class_group_id, day, sum(length),
       COALESCE(sum(length) FILTER (WHERE kind <> 'unreported'), 0),
       COALESCE(sum(minutes) FILTER (WHERE kind = 'valid'), 0),
       COALESCE(sum(minutes) FILTER (WHERE kind = 'invalid'), 0),
       COALESCE(sum(minutes) FILTER (WHERE kind = 'other'), 0),
       COALESCE(sum(minutes) FILTER (WHERE kind = 'late'), 0)
  FROM staged_lesson GROUP BY pupil_id, class_group_id, day
"""

# A class's day is what most of its pupils had. A file about fewer than half of the class does not change a day that is
# already known: what it says is then the pupils' own.
CLASS_DAYS_FROM_DAYS = """
INSERT INTO staged_class_day
WITH counted AS (
    SELECT class_group_id, day, offered, reported, count(*) AS pupils
      FROM staged_day WHERE offered IS NOT NULL GROUP BY class_group_id, day, offered, reported
),
told AS (
    SELECT DISTINCT ON (class_group_id, day) class_group_id, day, offered, reported,
           sum(pupils) OVER (PARTITION BY class_group_id, day) AS pupils
      FROM counted ORDER BY class_group_id, day, counted.pupils DESC, offered DESC, reported DESC
)
SELECT NULL, class_group_id, day, offered, reported
  FROM told
 WHERE NOT EXISTS (SELECT 1 FROM attendance_classday known
                    WHERE known.class_group_id = told.class_group_id AND known.day = told.day)
    OR pupils * 2 >= (SELECT count(*) FROM schools_enrolment enrolment
                       WHERE enrolment.class_group_id = told.class_group_id AND enrolment.starts_on <= told.day
                         AND (enrolment.ends_on IS NULL OR enrolment.ends_on >= told.day))
"""

PLANNED_DAYS = """
INSERT INTO planned_day
SELECT *, valid + invalid + other + late > 0 OR own_offered IS NOT NULL
  FROM (
    SELECT told.pupil_id, told.day, told.valid, told.invalid, told.other, told.late,
           CASE WHEN same THEN NULL ELSE told.offered END AS own_offered,
           CASE WHEN same THEN NULL ELSE told.reported END AS own_reported
      FROM staged_day told
      LEFT JOIN staged_class_day fresh USING (class_group_id, day)
      LEFT JOIN attendance_classday known USING (class_group_id, day)
     CROSS JOIN LATERAL (SELECT (told.offered, told.reported) IS NOT DISTINCT FROM
           (COALESCE(fresh.offered, known.offered_minutes), COALESCE(fresh.reported, known.reported_minutes)) AS same
     ) compared
  ) days
"""

LESSONS_IN_FILE = "(SELECT * FROM staged_lesson WHERE kind IN ('valid', 'invalid', 'other', 'late'))"
CLASS_DAY_DIFFERS = "(known.offered_minutes, known.reported_minutes) IS DISTINCT FROM (told.offered, told.reported)"
DAY_DIFFERS = """(known.valid_minutes, known.invalid_minutes, known.other_minutes, known.late_minutes,
        known.offered_minutes, known.reported_minutes)
        IS DISTINCT FROM (told.valid, told.invalid, told.other, told.late, told.own_offered, told.own_reported)"""
LESSON_DIFFERS = "(known.minutes, known.kind, known.subject) IS DISTINCT FROM (told.minutes, told.kind, told.subject)"

COUNT_CLASS_DAYS = f"""
SELECT count(*) FILTER (WHERE known.id IS NULL), count(*) FILTER (WHERE known.id IS NOT NULL AND {CLASS_DAY_DIFFERS}),
       count(*) FILTER (WHERE known.id IS NOT NULL AND NOT {CLASS_DAY_DIFFERS}), 0
  FROM staged_class_day told LEFT JOIN attendance_classday known USING (class_group_id, day)
"""  # noqa: S608 (the pieces are constants of ours)
COUNT_DAYS = f"""
SELECT count(*) FILTER (WHERE is_wanted AND known.id IS NULL),
       count(*) FILTER (WHERE is_wanted AND known.id IS NOT NULL AND {DAY_DIFFERS}),
       count(*) FILTER (WHERE is_wanted AND known.id IS NOT NULL AND NOT {DAY_DIFFERS}),
       count(*) FILTER (WHERE NOT is_wanted AND known.id IS NOT NULL)
  FROM planned_day told LEFT JOIN attendance_attendanceday known USING (pupil_id, day)
"""  # noqa: S608
COUNT_LESSONS = f"""
SELECT count(*) FILTER (WHERE known.id IS NULL), count(*) FILTER (WHERE known.id IS NOT NULL AND {LESSON_DIFFERS}),
       count(*) FILTER (WHERE known.id IS NOT NULL AND NOT {LESSON_DIFFERS}), (
           SELECT count(*) FROM attendance_lessonabsence gone JOIN planned_day USING (pupil_id, day)
            WHERE NOT EXISTS (SELECT 1 FROM {LESSONS_IN_FILE} told WHERE told.pupil_id = gone.pupil_id
                                 AND told.day = gone.day AND told.starts_at = gone.starts_at)
       )
  FROM {LESSONS_IN_FILE} told LEFT JOIN attendance_lessonabsence known USING (pupil_id, day, starts_at)
"""  # noqa: S608
SPAN = """
SELECT min(day), max(day) FROM (SELECT day FROM staged_day UNION ALL SELECT day FROM staged_class_day) days
"""

WRITE_CLASS_DAYS = f"""
INSERT INTO attendance_classday (class_group_id, day, offered_minutes, reported_minutes, source)
SELECT class_group_id, day, told.offered, told.reported, '{SOURCE}'
  FROM staged_class_day told LEFT JOIN attendance_classday known USING (class_group_id, day)
 WHERE known.id IS NULL OR {CLASS_DAY_DIFFERS}
ON CONFLICT (class_group_id, day) DO UPDATE
   SET offered_minutes = EXCLUDED.offered_minutes, reported_minutes = EXCLUDED.reported_minutes,
       source = EXCLUDED.source
"""  # noqa: S608
WRITE_DAYS = f"""
INSERT INTO attendance_attendanceday (pupil_id, day, valid_minutes, invalid_minutes, other_minutes, late_minutes,
                                      offered_minutes, reported_minutes, source)
SELECT pupil_id, day, told.valid, told.invalid, told.other, told.late, told.own_offered, told.own_reported, '{SOURCE}'
  FROM planned_day told LEFT JOIN attendance_attendanceday known USING (pupil_id, day)
 WHERE is_wanted AND (known.id IS NULL OR {DAY_DIFFERS})
ON CONFLICT (pupil_id, day) DO UPDATE
   SET valid_minutes = EXCLUDED.valid_minutes, invalid_minutes = EXCLUDED.invalid_minutes,
       other_minutes = EXCLUDED.other_minutes, late_minutes = EXCLUDED.late_minutes,
       offered_minutes = EXCLUDED.offered_minutes, reported_minutes = EXCLUDED.reported_minutes,
       source = EXCLUDED.source
"""  # noqa: S608
REMOVE_DAYS = """
DELETE FROM attendance_attendanceday known USING planned_day told
 WHERE known.pupil_id = told.pupil_id AND known.day = told.day AND NOT told.is_wanted
"""
WRITE_LESSONS = f"""
INSERT INTO attendance_lessonabsence (pupil_id, day, starts_at, minutes, kind, subject)
SELECT pupil_id, day, starts_at, told.minutes, told.kind, told.subject
  FROM {LESSONS_IN_FILE} told LEFT JOIN attendance_lessonabsence known USING (pupil_id, day, starts_at)
 WHERE known.id IS NULL OR {LESSON_DIFFERS}
ON CONFLICT (pupil_id, day, starts_at) DO UPDATE
   SET minutes = EXCLUDED.minutes, kind = EXCLUDED.kind, subject = EXCLUDED.subject
"""  # noqa: S608
REMOVE_LESSONS = f"""
DELETE FROM attendance_lessonabsence gone USING planned_day day_in_file
 WHERE gone.pupil_id = day_in_file.pupil_id AND gone.day = day_in_file.day
   AND NOT EXISTS (SELECT 1 FROM {LESSONS_IN_FILE} told WHERE told.pupil_id = gone.pupil_id
                      AND told.day = gone.day AND told.starts_at = gone.starts_at)
"""  # noqa: S608


def make_plan(shape: str) -> dict[str, Any]:
    """Work out, from the staged rows, what is to be stored, and return how it differs from what is stored.

    A day in the file replaces that day for the pupils in it: an absence that is gone from the file is removed.
    """
    with connection.cursor() as cursor:
        if shape == headings.LESSONS:
            cursor.execute(DAYS_FROM_LESSONS)
        if shape != headings.CLASS_DAYS:
            cursor.execute("ANALYZE staged_day")
            cursor.execute(CLASS_DAYS_FROM_DAYS)
            cursor.execute("ANALYZE staged_class_day")
            cursor.execute(PLANNED_DAYS)
            cursor.execute("ANALYZE planned_day")
        cursor.execute(SPAN)
        first_day, last_day = cursor.fetchone()
        counts = {"class_days": _count(cursor, COUNT_CLASS_DAYS), "days": _count(cursor, COUNT_DAYS)}
        if shape == headings.LESSONS:
            counts["lessons"] = _count(cursor, COUNT_LESSONS)
    totals = {key: sum(part[key] for part in counts.values()) for key in ("new", "changed", "unchanged", "removed")}
    span = {"first_day": first_day and first_day.isoformat(), "last_day": last_day and last_day.isoformat()}
    return {**counts, **totals, **span}


def carry_out_plan(shape: str) -> None:
    """Store what `make_plan` worked out; rows that are already right are not touched."""
    with connection.cursor() as cursor:
        cursor.execute(WRITE_CLASS_DAYS)
        if shape != headings.CLASS_DAYS:
            cursor.execute(WRITE_DAYS)
            cursor.execute(REMOVE_DAYS)
        if shape == headings.LESSONS:
            cursor.execute(WRITE_LESSONS)
            cursor.execute(REMOVE_LESSONS)


def _count(cursor: Any, statement: str) -> dict[str, int]:
    cursor.execute(statement)
    return dict(zip(("new", "changed", "unchanged", "removed"), cursor.fetchone(), strict=True))
