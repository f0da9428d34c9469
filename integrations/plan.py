"""Compares what a file says with what is stored, and stores the difference: in a few statements, whatever its size."""

from __future__ import annotations

from typing import Any

from django.db import connection

from attendance.models import AbsenceSource

from .csv_files import headings

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
                    WHERE known.class_group_id = told.class_group_id AND known.day = told.day
                      AND known.source_id = %(source)s)
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
      LEFT JOIN attendance_classday known ON known.class_group_id = told.class_group_id AND known.day = told.day
                                         AND known.source_id = %(source)s
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

# What the source has said before of the days in the file. The first and last day are literals, so that only the parts
# of those school years are opened.
KNOWN_CLASS_DAYS = """attendance_classday known
    ON known.class_group_id = told.class_group_id AND known.day = told.day AND known.source_id = %(source)s"""
KNOWN_DAYS = """attendance_attendanceday known
    ON known.pupil_id = told.pupil_id AND known.day = told.day AND known.source_id = %(source)s
   AND known.day BETWEEN %(first_day)s AND %(last_day)s"""
KNOWN_LESSONS = """attendance_lessonabsence known
    ON known.pupil_id = told.pupil_id AND known.day = told.day AND known.starts_at = told.starts_at
   AND known.source_id = %(source)s AND known.day BETWEEN %(first_day)s AND %(last_day)s"""
LESSONS_GONE = f"""
gone.pupil_id = day_in_file.pupil_id AND gone.day = day_in_file.day AND gone.source_id = %(source)s
   AND gone.day BETWEEN %(first_day)s AND %(last_day)s
   AND NOT EXISTS (SELECT 1 FROM {LESSONS_IN_FILE} told WHERE told.pupil_id = gone.pupil_id
                      AND told.day = gone.day AND told.starts_at = gone.starts_at)
"""  # noqa: S608 (the pieces are constants of ours)

COUNT_CLASS_DAYS = f"""
SELECT count(*) FILTER (WHERE known.day IS NULL), count(*) FILTER (WHERE known.day IS NOT NULL AND {CLASS_DAY_DIFFERS}),
       count(*) FILTER (WHERE known.day IS NOT NULL AND NOT {CLASS_DAY_DIFFERS}), 0
  FROM staged_class_day told LEFT JOIN {KNOWN_CLASS_DAYS}
"""  # noqa: S608
COUNT_DAYS = f"""
SELECT count(*) FILTER (WHERE is_wanted AND known.day IS NULL),
       count(*) FILTER (WHERE is_wanted AND known.day IS NOT NULL AND {DAY_DIFFERS}),
       count(*) FILTER (WHERE is_wanted AND known.day IS NOT NULL AND NOT {DAY_DIFFERS}),
       count(*) FILTER (WHERE NOT is_wanted AND known.day IS NOT NULL)
  FROM planned_day told LEFT JOIN {KNOWN_DAYS}
"""  # noqa: S608
COUNT_LESSONS = f"""
SELECT count(*) FILTER (WHERE known.day IS NULL), count(*) FILTER (WHERE known.day IS NOT NULL AND {LESSON_DIFFERS}),
       count(*) FILTER (WHERE known.day IS NOT NULL AND NOT {LESSON_DIFFERS}), (
           SELECT count(*) FROM attendance_lessonabsence gone JOIN planned_day day_in_file ON {LESSONS_GONE}
       )
  FROM {LESSONS_IN_FILE} told LEFT JOIN {KNOWN_LESSONS}
"""  # noqa: S608
SPAN = """
SELECT min(day), max(day) FROM (SELECT day FROM staged_day UNION ALL SELECT day FROM staged_class_day) days
"""

WRITE_CLASS_DAYS = f"""
INSERT INTO attendance_classday (class_group_id, day, source_id, offered_minutes, reported_minutes)
SELECT told.class_group_id, told.day, %(source)s, told.offered, told.reported
  FROM staged_class_day told LEFT JOIN {KNOWN_CLASS_DAYS}
 WHERE known.day IS NULL OR {CLASS_DAY_DIFFERS}
ON CONFLICT (class_group_id, day, source_id) DO UPDATE
   SET offered_minutes = EXCLUDED.offered_minutes, reported_minutes = EXCLUDED.reported_minutes
"""  # noqa: S608
WRITE_DAYS = f"""
INSERT INTO attendance_attendanceday (pupil_id, day, source_id, valid_minutes, invalid_minutes, other_minutes,
                                      late_minutes, offered_minutes, reported_minutes)
SELECT told.pupil_id, told.day, %(source)s, told.valid, told.invalid, told.other, told.late, told.own_offered,
       told.own_reported
  FROM planned_day told LEFT JOIN {KNOWN_DAYS}
 WHERE is_wanted AND (known.day IS NULL OR {DAY_DIFFERS})
 ORDER BY told.day, told.pupil_id
ON CONFLICT (pupil_id, day, source_id) DO UPDATE
   SET valid_minutes = EXCLUDED.valid_minutes, invalid_minutes = EXCLUDED.invalid_minutes,
       other_minutes = EXCLUDED.other_minutes, late_minutes = EXCLUDED.late_minutes,
       offered_minutes = EXCLUDED.offered_minutes, reported_minutes = EXCLUDED.reported_minutes
"""  # noqa: S608
REMOVE_DAYS = """
DELETE FROM attendance_attendanceday known USING planned_day told
 WHERE known.pupil_id = told.pupil_id AND known.day = told.day AND known.source_id = %(source)s
   AND known.day BETWEEN %(first_day)s AND %(last_day)s AND NOT told.is_wanted
"""
WRITE_LESSONS = f"""
INSERT INTO attendance_lessonabsence (pupil_id, starts_at, day, source_id, minutes, kind, subject)
SELECT told.pupil_id, told.starts_at, told.day, %(source)s, told.minutes, told.kind, told.subject
  FROM {LESSONS_IN_FILE} told LEFT JOIN {KNOWN_LESSONS}
 WHERE known.day IS NULL OR {LESSON_DIFFERS}
 ORDER BY told.day, told.pupil_id
ON CONFLICT (pupil_id, day, starts_at, source_id) DO UPDATE
   SET minutes = EXCLUDED.minutes, kind = EXCLUDED.kind, subject = EXCLUDED.subject
"""  # noqa: S608
REMOVE_LESSONS = f"DELETE FROM attendance_lessonabsence gone USING planned_day day_in_file WHERE {LESSONS_GONE}"  # noqa: S608


def make_plan(shape: str, source: AbsenceSource) -> dict[str, Any]:
    """Work out, from the staged rows, what is to be stored as said by `source`, and return how it differs from before.

    A day in the file replaces what the source said of that day for the pupils in it: an absence that is gone from the
    file is removed. What other sources say is left alone.
    """
    with connection.cursor() as cursor:
        if shape == headings.LESSONS:
            cursor.execute(DAYS_FROM_LESSONS)
        span = _span(cursor, source)
        if shape != headings.CLASS_DAYS:
            cursor.execute("ANALYZE staged_day")
            cursor.execute(CLASS_DAYS_FROM_DAYS, span)
            cursor.execute("ANALYZE staged_class_day")
            cursor.execute(PLANNED_DAYS, span)
            cursor.execute("ANALYZE planned_day")
        counts = {"class_days": _count(cursor, COUNT_CLASS_DAYS, span), "days": _count(cursor, COUNT_DAYS, span)}
        if shape == headings.LESSONS:
            counts["lessons"] = _count(cursor, COUNT_LESSONS, span)
    totals = {key: sum(part[key] for part in counts.values()) for key in ("new", "changed", "unchanged", "removed")}
    days = {key: span[key] and span[key].isoformat() for key in ("first_day", "last_day")}
    return {**counts, **totals, **days}


def carry_out_plan(shape: str, source: AbsenceSource) -> None:
    """Store what `make_plan` worked out; rows that are already right are not touched."""
    with connection.cursor() as cursor:
        span = _span(cursor, source)
        cursor.execute(WRITE_CLASS_DAYS, span)
        if shape != headings.CLASS_DAYS:
            cursor.execute(WRITE_DAYS, span)
            cursor.execute(REMOVE_DAYS, span)
        if shape == headings.LESSONS:
            cursor.execute(WRITE_LESSONS, span)
            cursor.execute(REMOVE_LESSONS, span)


def _span(cursor: Any, source: AbsenceSource) -> dict[str, Any]:
    """Return the source, and the first and last day that are staged, as parameters."""
    cursor.execute(SPAN)
    first_day, last_day = cursor.fetchone()
    return {"source": source.pk, "first_day": first_day, "last_day": last_day}


def _count(cursor: Any, statement: str, span: dict[str, Any]) -> dict[str, int]:
    cursor.execute(statement, span)
    return dict(zip(("new", "changed", "unchanged", "removed"), cursor.fetchone(), strict=True))
