"""Compares what a file says with what its source has said before, and stores the difference: in a few statements.

The differences are worked out once, into tables that only this connection sees: what the preview counts, what is kept
for undoing, and what is stored are then the same rows. A row that is already right is nowhere among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from attendance.models import AbsenceSource

from .csv_files import headings
from .period_plan import CHANGED_PERIODS, COUNT_PERIODS, PERIOD_SPAN, REMOVE_PERIODS, WRITE_PERIODS

DAYS_FROM_LESSONS = """
INSERT INTO staged_day
SELECT row_number, pupil_id, class_group_id, day, offered, reported, valid, invalid, other, late
  FROM (
    SELECT min(row_number) AS row_number, who, day, sum(length) AS offered,
           COALESCE(sum(length) FILTER (WHERE kind <> 'unreported'), 0) AS reported,
           COALESCE(sum(minutes) FILTER (WHERE kind = 'valid'), 0) AS valid,
           COALESCE(sum(minutes) FILTER (WHERE kind = 'invalid'), 0) AS invalid,
           COALESCE(sum(minutes) FILTER (WHERE kind = 'other'), 0) AS other,
           COALESCE(sum(minutes) FILTER (WHERE kind = 'late'), 0) AS late
      FROM staged_lesson_row GROUP BY who, day
  ) days JOIN staged_who USING (who)
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
SELECT NULL, told.class_group_id, told.day, offered, reported
  FROM told
  LEFT JOIN attendance_classday known ON known.class_group_id = told.class_group_id AND known.day = told.day
                                     AND known.source_id = %(source)s
 WHERE known.day IS NULL OR (known.offered_minutes, known.reported_minutes) = (offered, reported)
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

AWAY = "'valid', 'invalid', 'other', 'late'"
LESSONS_IN_FILE = f"(SELECT * FROM staged_lesson WHERE kind IN ({AWAY}))"  # noqa: S608 (the pieces are ours)

# The first and last day are literals, so that only the parts of those school years are opened.
CHANGED_CLASS_DAYS = """
INSERT INTO changed_class_day
SELECT told.class_group_id, told.day, told.offered, told.reported, known.day IS NULL,
       CASE WHEN known.day IS NOT NULL THEN jsonb_build_object(
           'day', known.day, 'offered_minutes', known.offered_minutes, 'reported_minutes', known.reported_minutes) END
  FROM staged_class_day told
  LEFT JOIN attendance_classday known ON known.class_group_id = told.class_group_id AND known.day = told.day
                                     AND known.source_id = %(source)s
 WHERE known.day IS NULL OR (known.offered_minutes, known.reported_minutes) <> (told.offered, told.reported)
"""
WAS_DAY = """jsonb_build_object('day', known.day, 'valid_minutes', known.valid_minutes,
           'invalid_minutes', known.invalid_minutes, 'other_minutes', known.other_minutes,
           'late_minutes', known.late_minutes, 'offered_minutes', known.offered_minutes,
           'reported_minutes', known.reported_minutes)"""
CHANGED_DAYS = f"""
INSERT INTO changed_day
SELECT told.pupil_id, told.day, told.valid, told.invalid, told.other, told.late, told.own_offered, told.own_reported,
       known.day IS NULL, NOT told.is_wanted, CASE WHEN known.day IS NOT NULL THEN {WAS_DAY} END
  FROM planned_day told
  LEFT JOIN attendance_attendanceday known
    ON known.pupil_id = told.pupil_id AND known.day = told.day AND known.source_id = %(source)s
   AND known.day BETWEEN %(first_day)s AND %(last_day)s
 WHERE CASE WHEN known.day IS NULL THEN told.is_wanted
            ELSE NOT told.is_wanted
              OR (known.valid_minutes, known.invalid_minutes, known.other_minutes, known.late_minutes,
                  known.offered_minutes, known.reported_minutes)
                 IS DISTINCT FROM
                 (told.valid, told.invalid, told.other, told.late, told.own_offered, told.own_reported) END
"""  # noqa: S608 (the pieces are constants of ours)
WAS_LESSON = """jsonb_build_object('day', known.day, 'starts_at', known.starts_at, 'minutes', known.minutes,
           'kind', known.kind, 'subject', known.subject)"""
DIFFERENT_LESSONS = f"""
SELECT COALESCE(told.pupil_id, known.pupil_id), COALESCE(told.day, known.day),
       COALESCE(told.starts_at, known.starts_at), told.minutes, told.kind, told.subject,
       known.day IS NULL AS is_new, told.day IS NULL AS is_gone,
       CASE WHEN known.day IS NOT NULL THEN {WAS_LESSON} END AS was
  FROM {LESSONS_IN_FILE} told
  FULL JOIN (
    SELECT known.* FROM attendance_lessonabsence known
      JOIN planned_day day_in_file ON day_in_file.pupil_id = known.pupil_id AND day_in_file.day = known.day
     WHERE known.source_id = %(source)s AND known.day BETWEEN %(first_day)s AND %(last_day)s
  ) known ON known.pupil_id = told.pupil_id AND known.day = told.day AND known.starts_at = told.starts_at
 WHERE known.day IS NULL OR told.day IS NULL
    OR (known.minutes, known.kind, known.subject) <> (told.minutes, told.kind, told.subject)
"""  # noqa: S608
CHANGED_LESSONS = f"INSERT INTO changed_lesson {DIFFERENT_LESSONS}"


CHANGES = """SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new AND NOT {gone}),
    (SELECT count(*) FROM {told}) - count(*) FILTER (WHERE NOT {gone}), count(*) FILTER (WHERE {gone}) FROM {changed}"""
COUNT_CLASS_DAYS = CHANGES.format(gone="false", told="staged_class_day", changed="changed_class_day")
COUNT_DAYS = CHANGES.format(gone="is_gone", told="planned_day WHERE is_wanted", changed="changed_day")
COUNT_LESSONS = CHANGES.format(
    gone="is_gone", told=f"staged_lesson_row WHERE kind IN ({AWAY})", changed="changed_lesson"
)
# For a preview lessons are counted and not written down: they are as many as the rows of the file.
COUNT_LESSONS_ONLY = f"""
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new AND NOT is_gone),
       (SELECT count(*) FROM staged_lesson_row WHERE kind IN ({AWAY})) - count(*) FILTER (WHERE NOT is_gone),
       count(*) FILTER (WHERE is_gone)
  FROM ({DIFFERENT_LESSONS}) different
"""  # noqa: S608
SPAN = """
SELECT min(day), max(day) FROM (SELECT day FROM staged_day UNION ALL SELECT day FROM staged_class_day) days
"""

# Nobody else writes what this source says meanwhile: it is locked (actions/applying.py). What is new is just put in.
WRITE_CLASS_DAYS = """
INSERT INTO attendance_classday (class_group_id, day, source_id, offered_minutes, reported_minutes)
SELECT class_group_id, day, %(source)s, offered, reported FROM changed_class_day
ON CONFLICT (class_group_id, day, source_id) DO UPDATE
   SET offered_minutes = EXCLUDED.offered_minutes, reported_minutes = EXCLUDED.reported_minutes
"""
WRITE_DAYS = """
INSERT INTO attendance_attendanceday (pupil_id, day, source_id, valid_minutes, invalid_minutes, other_minutes,
                                      late_minutes, offered_minutes, reported_minutes)
SELECT pupil_id, day, %(source)s, valid, invalid, other, late, own_offered, own_reported
  FROM changed_day WHERE is_new ORDER BY pupil_id, day
"""
CHANGE_DAYS = """
UPDATE attendance_attendanceday known
   SET valid_minutes = told.valid, invalid_minutes = told.invalid, other_minutes = told.other,
       late_minutes = told.late, offered_minutes = told.own_offered, reported_minutes = told.own_reported
  FROM changed_day told
 WHERE NOT told.is_new AND NOT told.is_gone AND known.pupil_id = told.pupil_id AND known.day = told.day
   AND known.source_id = %(source)s AND known.day BETWEEN %(first_day)s AND %(last_day)s
"""
REMOVE_DAYS = """
DELETE FROM attendance_attendanceday known USING changed_day gone
 WHERE gone.is_gone AND known.pupil_id = gone.pupil_id AND known.day = gone.day AND known.source_id = %(source)s
   AND known.day BETWEEN %(first_day)s AND %(last_day)s
"""
WRITE_LESSONS = """
INSERT INTO attendance_lessonabsence (pupil_id, starts_at, day, source_id, minutes, kind, subject)
SELECT pupil_id, starts_at, day, %(source)s, minutes, kind, subject
  FROM changed_lesson WHERE is_new ORDER BY pupil_id, day, starts_at
"""
CHANGE_LESSONS = """
UPDATE attendance_lessonabsence known SET minutes = told.minutes, kind = told.kind, subject = told.subject
  FROM changed_lesson told
 WHERE NOT told.is_new AND NOT told.is_gone AND known.pupil_id = told.pupil_id AND known.day = told.day
   AND known.starts_at = told.starts_at AND known.source_id = %(source)s
   AND known.day BETWEEN %(first_day)s AND %(last_day)s
"""
REMOVE_LESSONS = """
DELETE FROM attendance_lessonabsence known USING changed_lesson gone
 WHERE gone.is_gone AND known.pupil_id = gone.pupil_id AND known.day = gone.day AND known.starts_at = gone.starts_at
   AND known.source_id = %(source)s AND known.day BETWEEN %(first_day)s AND %(last_day)s
"""

MANY = 20_000
LARGE = "SELECT count(*) = %(many)s FROM (SELECT FROM {table} LIMIT %(many)s) AS staged"
IS_LARGE = {
    headings.LESSONS: LARGE.replace("{table}", "staged_lesson_row"),
    headings.DAY_TOTALS: LARGE.replace("{table}", "staged_day"),
    headings.CLASS_DAYS: LARGE.replace("{table}", "staged_class_day"),
    headings.PERIOD_TOTALS: LARGE.replace("{table}", "staged_period"),
}
"""Says of each shape whether so many rows are staged."""

WORKED_OUT = {
    headings.LESSONS: (CHANGED_CLASS_DAYS, CHANGED_DAYS, CHANGED_LESSONS),
    headings.DAY_TOTALS: (CHANGED_CLASS_DAYS, CHANGED_DAYS),
    headings.CLASS_DAYS: (CHANGED_CLASS_DAYS,),
    headings.PERIOD_TOTALS: CHANGED_PERIODS,
}
COUNTED = {
    headings.LESSONS: {"class_days": COUNT_CLASS_DAYS, "days": COUNT_DAYS, "lessons": COUNT_LESSONS},
    headings.DAY_TOTALS: {"class_days": COUNT_CLASS_DAYS, "days": COUNT_DAYS},
    headings.CLASS_DAYS: {"class_days": COUNT_CLASS_DAYS},
    headings.PERIOD_TOTALS: {"periods": COUNT_PERIODS},
}
STORED = {
    headings.LESSONS: (
        WRITE_CLASS_DAYS,
        REMOVE_DAYS,
        CHANGE_DAYS,
        WRITE_DAYS,
        REMOVE_LESSONS,
        CHANGE_LESSONS,
        WRITE_LESSONS,
    ),
    headings.DAY_TOTALS: (WRITE_CLASS_DAYS, REMOVE_DAYS, CHANGE_DAYS, WRITE_DAYS),
    headings.CLASS_DAYS: (WRITE_CLASS_DAYS,),
    headings.PERIOD_TOTALS: (REMOVE_PERIODS, WRITE_PERIODS),
}


def preview_plan(shape: str, source: AbsenceSource) -> dict[str, Any]:
    """Return how what is staged differs from what `source` has said before, as `make_plan` does, ready to be shown."""
    if shape != headings.LESSONS:
        return make_plan(shape, source)
    days = {name: statement for name, statement in COUNTED[shape].items() if name != "lessons"}
    return _plan(shape, source, (CHANGED_CLASS_DAYS, CHANGED_DAYS), days | {"lessons": COUNT_LESSONS_ONLY})


def make_plan(shape: str, source: AbsenceSource) -> dict[str, Any]:
    """Work out, from the staged rows, what is to be stored as said by `source`, and return how it differs from before.

    A day in the file replaces what the source said of that day for the pupils in it: an absence that is gone from the
    file is removed. What other sources say is left alone.
    """
    return _plan(shape, source, WORKED_OUT[shape], COUNTED[shape])


def _plan(shape: str, source: AbsenceSource, steps: Iterable[str], counted: dict[str, str]) -> dict[str, Any]:
    with connection.cursor() as cursor, _without_nested_loops(cursor, shape):
        if shape == headings.LESSONS:
            cursor.execute(DAYS_FROM_LESSONS)
        span = _span(cursor, shape, source)
        if shape in (headings.LESSONS, headings.DAY_TOTALS):
            cursor.execute("ANALYZE staged_day")
            cursor.execute(CLASS_DAYS_FROM_DAYS, span)
            cursor.execute("ANALYZE staged_class_day")
            cursor.execute(PLANNED_DAYS, span)
            cursor.execute("ANALYZE planned_day")
        for statement in steps:
            cursor.execute(statement, span)
        counts = {key: _count(cursor, statement, span) for key, statement in counted.items()}
    totals = {key: sum(part[key] for part in counts.values()) for key in ("new", "changed", "unchanged", "removed")}
    days = {key: span[key] and span[key].isoformat() for key in ("first_day", "last_day")}
    return {**counts, **totals, **days}


def carry_out_plan(shape: str, source: AbsenceSource) -> None:
    """Store what `make_plan` worked out; rows that are already right are not touched."""
    with connection.cursor() as cursor, _without_nested_loops(cursor, shape):
        span = _span(cursor, shape, source)
        for statement in STORED[shape]:
            cursor.execute(statement, span)


@contextmanager
def _without_nested_loops(cursor: Any, shape: str) -> Iterator[None]:
    """Have large files compared by hash, whatever the database thinks it knows of tables that have just grown.

    After a first load nobody has counted the rows yet; going through the file once for each of them takes hours.
    """
    cursor.execute(IS_LARGE[shape], {"many": MANY})
    (is_large,) = cursor.fetchone()
    if is_large:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
    yield
    if is_large:
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")


def _span(cursor: Any, shape: str, source: AbsenceSource) -> dict[str, Any]:
    """Return the source, and the first and last day that are staged, as parameters."""
    cursor.execute(PERIOD_SPAN if shape == headings.PERIOD_TOTALS else SPAN)
    first_day, last_day = cursor.fetchone()
    return {"source": source.pk, "first_day": first_day, "last_day": last_day}


def _count(cursor: Any, statement: str, span: dict[str, Any]) -> dict[str, int]:
    cursor.execute(statement, span)
    return dict(zip(("new", "changed", "unchanged", "removed"), cursor.fetchone(), strict=True))
