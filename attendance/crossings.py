"""Which lines the windows have crossed: the rules laid upon the figures, and what is remembered between times."""

from __future__ import annotations

import json
from typing import Any

from .models import Signal
from .windows import WINDOWS

Kind = Signal.Kind

# Every measure that a line can be drawn on: kind, unit and school days; what is counted and of what; whether it can be
# told. A line at `level` is reached when counted >= level * of. A share needs its whole window, well enough reported.
SHARES = [
    (
        kind,
        unit,
        days,
        f"{counted}::bigint{times}",
        of,
        f"nth >= {days} AND reported_{days} * 100 >= coverage * offered_{days}",
    )
    for days in WINDOWS
    for kind, counted in ((Kind.TOTAL, f"(valid_{days} + invalid_{days})"), (Kind.INVALID, f"invalid_{days}"))
    for unit, times, of in (("percent", " * 100", f"offered_{days}"), ("hours", "", "60"))
]
CHANGE = (
    Kind.CHANGE,
    "points",
    20,
    "(total_20::bigint * offered_before - away_before::bigint * offered_20) * 100",
    "offered_20 * offered_before",
    "nth >= 30 AND offered_before > 0 AND reported_20 * 100 >= coverage * offered_20"
    " AND reported_before * 100 >= coverage * offered_before",
)
WEEKDAY = "GREATEST(weekday_0, weekday_1, weekday_2, weekday_3, weekday_4)"
PATTERNS = [
    (Kind.WEEKDAY, "weeks", 20, f"CASE WHEN {WEEKDAY} * 2 >= occasions_20 THEN {WEEKDAY} ELSE 0 END", "1", "true"),
    (Kind.TIME, "weeks", 20, "CASE WHEN part_lessons * 3 >= lessons * 2 THEN part_weeks ELSE 0 END", "1", "true"),
    (Kind.SUBJECT, "weeks", 20, "CASE WHEN subject_lessons * 2 >= lessons THEN subject_weeks ELSE 0 END", "1", "true"),
]
COUNTS = [
    (Kind.IN_A_ROW, "days", 90, "days_in_a_row", "1", "true"),
    (Kind.INVALID_IN_A_ROW, "days", 90, "invalid_days_in_a_row", "1", "true"),
    (Kind.INVALID_MONTH, "hours", 0, "invalid_month", "60", "true"),
    (
        Kind.INVALID_IN_A_ROW,
        "months",
        90,
        "CASE WHEN invalid_in_a_row_from < day - interval '1 month' THEN 1 ELSE 0 END",
        "1",
        "true",
    ),
]
MEASURES = [*SHARES, CHANGE, *PATTERNS, *COUNTS]


def key_of(kind: str, unit: str, days: int) -> str:
    """Return what a line is remembered by."""
    return f"{kind} {unit} {days}"


# Most pupils are far from every line: they are left out before anything is compared line by line. `low` is the lowest
# level of each measure in any rule; NULL where no rule has a line, and then the condition lets nobody through.
def _far_measure(kind: str, unit: str, days: int, counted: str, of: str) -> str:
    return f"{counted} >= (%(low)s::jsonb ->> '{key_of(kind, unit, days)}')::int * {of}"


NEAR = " OR ".join(_far_measure(*measure[:5]) for measure in [*SHARES, CHANGE, *PATTERNS, *COUNTS])
VALUES = ",\n".join(
    f"('{key_of(kind, unit, days)}', ({counted})::bigint, ({of})::bigint, {told})"
    for kind, unit, days, counted, of, told in MEASURES
)

NO_FACTS = ", ".join(
    [
        f"COALESCE({name}_{days}, 0) AS {name}_{days}"
        for days in WINDOWS
        for name in ("valid", "invalid", "late", "occasions")
    ]
    + [f"COALESCE(valid_{days} + invalid_{days}, 0) AS total_{days}" for days in WINDOWS]
    + [f"COALESCE(weekday_{day}, 0) AS weekday_{day}" for day in range(5)]
    + ["COALESCE(away_before, 0) AS away_before", "COALESCE(invalid_month, 0) AS invalid_month"]
    + ["COALESCE(days_in_a_row, 0) AS days_in_a_row", "in_a_row_from", "invalid_in_a_row_from"]
    + ["COALESCE(invalid_days_in_a_row, 0) AS invalid_days_in_a_row"]
    + [
        f"COALESCE({name}, 0) AS {name}"
        for name in ("lessons", "part_lessons", "part_weeks", "subject_lessons", "subject_weeks")
    ]
    + ["part", "COALESCE(subject, '') AS subject"]
)

CLEAR = "DROP TABLE IF EXISTS pg_temp.windows_near; DROP TABLE IF EXISTS pg_temp.windows_level"

WHO_IS_NEAR = f"""
CREATE TEMPORARY TABLE windows_near ON COMMIT DROP AS
SELECT pupil_id FROM (
    SELECT facts.*, valid_20 + invalid_20 AS total_20, offered_10, offered_20, offered_40, offered_90, offered_before,
           COALESCE(days_in_a_row, 0) AS days_in_a_row, invalid_in_a_row_from,
           COALESCE(invalid_days_in_a_row, 0) AS invalid_days_in_a_row, lessons, part_lessons, part_weeks,
           subject_lessons, subject_weeks
      FROM windows_facts facts JOIN windows_judged judged USING (calendar, day)
      LEFT JOIN windows_row row_ USING (pupil_id, day) LEFT JOIN windows_lesson lesson USING (pupil_id, day)
  ) near WHERE {NEAR}
UNION
SELECT pupil_id FROM attendance_evaluation JOIN windows_pupil USING (pupil_id) WHERE reached <> '{{}}'
"""  # noqa: S608 (the pieces are constants of ours)

# Each judged day of those who are near, line by line: how high the figure reaches. `reached` is what was remembered.
LEVELS = f"""
CREATE TEMPORARY TABLE windows_level ON COMMIT DROP AS
SELECT facts.pupil_id, facts.day, facts.class_group_id, facts.rule_id, line.key, line.kind, line.unit, line.school_days,
       COALESCE((SELECT max(level) FROM unnest(line.levels) level WHERE counted >= level * of_), 0) AS level,
       COALESCE((evaluation.reached ->> line.key)::int, 0) AS remembered
  FROM (
    SELECT pupil.pupil_id, judged.*, {NO_FACTS}
      FROM windows_near near
      JOIN windows_pupil pupil USING (pupil_id)
      JOIN windows_judged judged USING (calendar)
      LEFT JOIN windows_facts facts ON facts.pupil_id = pupil.pupil_id AND facts.day = judged.day
      LEFT JOIN windows_row row_ ON row_.pupil_id = pupil.pupil_id AND row_.day = judged.day
      LEFT JOIN windows_lesson lesson ON lesson.pupil_id = pupil.pupil_id AND lesson.day = judged.day
  ) facts
  JOIN LATERAL (SELECT rule.minimum_coverage_percent AS coverage FROM attendance_thresholdrule rule
                 WHERE rule.id = facts.rule_id) rule ON true
 CROSS JOIN LATERAL (VALUES {VALUES}) measure (key, counted, of_, is_told)
  JOIN (SELECT * FROM jsonb_to_recordset(%(lines)s::jsonb)
            AS line (rule_id bigint, key text, kind text, unit text, school_days int, levels int[])) line
    ON line.rule_id = facts.rule_id AND line.key = measure.key
  LEFT JOIN attendance_evaluation evaluation ON evaluation.pupil_id = facts.pupil_id
 WHERE measure.is_told AND (is_last OR evaluated_to IS NULL OR facts.day > evaluated_to)
"""  # noqa: S608

# A run is the days since the figure was last under the lowest line; within it only a higher line says anything new.
PEAKS = """
WITH runs AS (
    SELECT *, count(*) FILTER (WHERE level = 0) OVER (PARTITION BY pupil_id, key ORDER BY day) AS run
      FROM windows_level
),
peaks AS (
    SELECT *, GREATEST(max(level) OVER earlier, CASE WHEN run = 0 THEN remembered ELSE 0 END) AS reached,
           GREATEST(max(level) OVER so_far, CASE WHEN run = 0 THEN remembered ELSE 0 END) AS now_reached,
           row_number() OVER (PARTITION BY pupil_id, key ORDER BY day DESC) AS from_last
      FROM runs
    WINDOW so_far AS (PARTITION BY pupil_id, key, run ORDER BY day),
           earlier AS (PARTITION BY pupil_id, key, run ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
"""

# What is remembered for the next time.
REMEMBERED = """,
states AS (
    SELECT peaks.pupil_id, max(day) AS day,
           jsonb_strip_nulls(COALESCE((SELECT reached FROM attendance_evaluation known
                                        WHERE known.pupil_id = peaks.pupil_id), '{}')
                             || jsonb_object_agg(key, NULLIF(now_reached, 0))) AS reached
      FROM peaks WHERE from_last = 1 GROUP BY peaks.pupil_id
),
written AS (
    INSERT INTO attendance_evaluation (pupil_id, evaluated_to, reached)
    SELECT pupil_id, day, reached FROM states
     WHERE reached IS DISTINCT FROM COALESCE((SELECT known.reached FROM attendance_evaluation known
                                               WHERE known.pupil_id = states.pupil_id), '{}')
    ON CONFLICT (pupil_id) DO UPDATE SET evaluated_to = EXCLUDED.evaluated_to, reached = EXCLUDED.reached
)
"""

NEW = """
SELECT peaks.pupil_id, class_group_id, day, kind, unit, school_days, level, rule_id
  FROM peaks
 WHERE level > reached
   AND NOT EXISTS (SELECT FROM attendance_signal old
                    WHERE old.pupil_id = peaks.pupil_id AND old.kind = peaks.kind AND old.level = peaks.level
                      AND old.unit = peaks.unit AND old.school_days = peaks.school_days
                      AND old.crossed_on = peaks.day)
 ORDER BY day, pupil_id, kind, school_days
"""

# What a signal keeps for ever of the day it was seen.
TOLD = f"""
SELECT facts.pupil_id, facts.day, to_jsonb(facts) - '{{pupil_id,calendar,class_group_id,rule_id}}'::text[]
       - '{{is_last,is_judged,is_known}}'::text[]
  FROM (
    SELECT pupil.pupil_id, judged.*, {NO_FACTS}
      FROM unnest(%(pupils)s::uuid[], %(days)s::date[]) crossed (pupil_id, day)
      JOIN windows_pupil pupil USING (pupil_id)
      JOIN windows_judged judged ON judged.calendar = pupil.calendar AND judged.day = crossed.day
      LEFT JOIN windows_facts facts ON facts.pupil_id = pupil.pupil_id AND facts.day = judged.day
      LEFT JOIN windows_row row_ ON row_.pupil_id = pupil.pupil_id AND row_.day = judged.day
      LEFT JOIN windows_lesson lesson ON lesson.pupil_id = pupil.pupil_id AND lesson.day = judged.day
  ) facts
"""  # noqa: S608

# A class has been judged to its last day when all its pupils of that day were among those judged.
CLASSES_JUDGED = """
INSERT INTO attendance_judgedclass (class_group_id, judged_to)
SELECT class_group_id, last_day FROM (
    SELECT class_group_id, max(day) AS last_day FROM windows_judged GROUP BY class_group_id) told
 WHERE NOT EXISTS (
       SELECT FROM schools_enrolment enrolment JOIN schools_pupil pupil ON pupil.id = enrolment.pupil_id
        WHERE enrolment.class_group_id = told.class_group_id AND pupil.protection = 'none'
          AND enrolment.starts_on <= last_day AND (enrolment.ends_on IS NULL OR enrolment.ends_on >= last_day)
          AND NOT EXISTS (SELECT FROM windows_pupil judged WHERE judged.pupil_id = enrolment.pupil_id))
ON CONFLICT (class_group_id) DO UPDATE SET judged_to = EXCLUDED.judged_to
 WHERE attendance_judgedclass.judged_to < EXCLUDED.judged_to
"""

# Of a pupil who was judged without the whole class it is remembered by itself to which day.
PUPILS_JUDGED = """
INSERT INTO attendance_evaluation (pupil_id, evaluated_to, reached)
SELECT pupil_id, max(day), '{}' FROM windows_pupil JOIN windows_judged USING (calendar)
 GROUP BY pupil_id, calendar
HAVING bool_or(NOT EXISTS (SELECT FROM attendance_judgedclass judged
                            WHERE judged.class_group_id = windows_judged.class_group_id AND judged_to >= day))
ON CONFLICT (pupil_id) DO UPDATE SET evaluated_to = EXCLUDED.evaluated_to
 WHERE attendance_evaluation.evaluated_to < EXCLUDED.evaluated_to
"""


def cross(cursor: Any, lines: str, low: str) -> list[tuple[Any, ...]]:
    """Compare the windows with the lines, remember how far each pupil has come, and return the new crossings."""
    told = {"lines": lines, "low": low}
    cursor.execute(CLEAR)
    cursor.execute(WHO_IS_NEAR, told)
    cursor.execute("ANALYZE windows_near, windows_row, windows_lesson")
    cursor.execute(LEVELS, told)
    cursor.execute("ANALYZE windows_level")
    cursor.execute(PEAKS + REMEMBERED + NEW)
    crossed: list[tuple[Any, ...]] = cursor.fetchall()
    cursor.execute(CLASSES_JUDGED)
    cursor.execute(PUPILS_JUDGED)
    return crossed


def facts_of(cursor: Any, crossed: list[tuple[Any, ...]]) -> dict[tuple[Any, Any], dict[str, Any]]:
    """Return what the windows said of each pupil on the day of the crossing."""
    pairs = sorted({(row[0], row[2]) for row in crossed})
    cursor.execute(TOLD, {"pupils": [pupil for pupil, _day in pairs], "days": [day for _pupil, day in pairs]})
    return {(pupil, day): json.loads(facts) for pupil, day, facts in cursor.fetchall()}
