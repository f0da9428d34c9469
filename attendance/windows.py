"""What the latest 10, 20, 40 and 90 school days say of each pupil: one computation in the database for a whole city.

Pupils who have gone to the same classes over the same days share a calendar, so that what was offered is counted once a
class and not once a pupil; a pupil with hours of the own has a calendar of the own. A school day is a day on which
something was offered to the pupil. Only absence has rows, so what is counted for each pupil is short.

The tables are temporary and named `windows_…`; they are gone when the transaction ends.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

WINDOWS = (10, 20, 40, 90)
REACH = timedelta(days=270)
"""How far back 90 school days can reach: over a summer and a Christmas."""

FIRST_LOOK = timedelta(days=200)
"""How far back the days of a class that nobody has judged are judged."""

TABLES = ("lesson", "row", "facts", "judged", "day", "pupil", "calendar", "place", "own")
CLEAR = "; ".join(f"DROP TABLE IF EXISTS pg_temp.windows_{name}" for name in TABLES)

# Whole days are compared with whole classes; nothing here is about a pupil.
FIRST_DAY_TO_JUDGE = """
SELECT min(day) FROM attendance_classday class_day
  LEFT JOIN attendance_judgedclass judged USING (class_group_id)
 WHERE day > COALESCE(judged_to, %(first_look)s) AND day > %(first_look)s AND day <= %(today)s AND {chosen}
"""

THEIR_CLASSES = "class_group_id IN (SELECT class_group_id FROM schools_enrolment WHERE pupil_id = ANY(%(pupils)s))"

OWN = """
CREATE TEMPORARY TABLE windows_own ON COMMIT DROP AS
SELECT pupil_id, day, source_id, offered_minutes, reported_minutes FROM attendance_attendanceday
 WHERE offered_minutes IS NOT NULL AND day BETWEEN %(since)s AND %(today)s AND {chosen}
"""

# A pupil who left before the last day that was judged has nothing to be judged any more. Protected pupils are not here.
PLACES = """
CREATE TEMPORARY TABLE windows_place ON COMMIT DROP AS
SELECT enrolment.pupil_id, bool_or(own.pupil_id IS NOT NULL) AS has_own,
       CASE WHEN bool_or(own.pupil_id IS NOT NULL) THEN enrolment.pupil_id::text ELSE
            string_agg(enrolment.class_group_id || ' ' || GREATEST(enrolment.starts_on - %(since)s::date, 0) || ' '
                       || COALESCE(enrolment.ends_on - %(since)s::date, 10000), ','
                       ORDER BY enrolment.starts_on, enrolment.id) END AS places,
       CASE WHEN bool_and(judged_to IS NOT NULL) THEN GREATEST(%(today)s - min(judged_to), 0) + 90 END AS reach
  FROM schools_enrolment enrolment
  JOIN schools_pupil pupil ON pupil.id = enrolment.pupil_id AND pupil.protection = 'none'
  LEFT JOIN attendance_judgedclass judged USING (class_group_id)
  LEFT JOIN (SELECT DISTINCT pupil_id FROM windows_own) own ON own.pupil_id = enrolment.pupil_id
 WHERE enrolment.starts_on <= %(today)s AND (enrolment.ends_on IS NULL OR enrolment.ends_on >= %(since)s)
   AND {chosen}
 GROUP BY enrolment.pupil_id
HAVING bool_or(enrolment.ends_on IS NULL OR judged_to IS NULL OR enrolment.ends_on >= judged_to)
"""
CALENDARS = """
CREATE TEMPORARY TABLE windows_calendar ON COMMIT DROP AS
SELECT places, (array_agg(pupil_id))[1] AS example, bool_or(has_own) AS has_own, min(reach) AS reach,
       row_number() OVER ()::int AS calendar
  FROM windows_place GROUP BY places
"""
PUPILS = """
CREATE TEMPORARY TABLE windows_pupil ON COMMIT DROP AS
SELECT pupil_id, calendar FROM windows_place JOIN windows_calendar USING (places)
"""
# Each calendar by itself, and no more of it than the days to be judged look back on. `is_judged`: this day, or a later
# one, has been judged.
DAYS = """
CREATE TEMPORARY TABLE windows_day ON COMMIT DROP AS
SELECT calendar, days.* FROM windows_calendar calendar CROSS JOIN LATERAL (
    SELECT day, class_group_id, source_id, offered, row_number() OVER run::int AS nth,
           sum(offered) OVER run AS offered_to, sum(reported) OVER run AS reported_to,
           lead(day) OVER run IS NULL AS is_last,
           bool_or(is_judged) OVER (run ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS is_judged,
           bool_or(is_judged) OVER (run ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS is_known
      FROM (
        SELECT DISTINCT ON (day) taught.*, taught.day <= judged_to IS TRUE AS is_judged
          FROM schools_enrolment enrolment
          LEFT JOIN attendance_judgedclass judged USING (class_group_id)
         CROSS JOIN LATERAL (
            SELECT DISTINCT ON (class_day.day) class_day.day, class_day.class_group_id, class_day.source_id,
                   COALESCE(own.offered_minutes, class_day.offered_minutes)::int AS offered,
                   COALESCE(own.reported_minutes, class_day.reported_minutes)::int AS reported
              FROM attendance_classday class_day
              LEFT JOIN LATERAL (
                SELECT offered_minutes, reported_minutes FROM windows_own
                 WHERE calendar.has_own AND pupil_id = calendar.example AND windows_own.day = class_day.day
                   AND windows_own.source_id = class_day.source_id
              ) own ON true
             WHERE class_day.class_group_id = enrolment.class_group_id
               AND class_day.day BETWEEN %(since)s AND %(today)s
               AND class_day.day BETWEEN enrolment.starts_on AND COALESCE(enrolment.ends_on, %(today)s)
               AND (class_day.source_id IN (SELECT id FROM attendance_absencesource WHERE is_counted)) IS TRUE
               AND COALESCE(own.offered_minutes, class_day.offered_minutes) > 0
             ORDER BY class_day.day DESC, class_day.source_id DESC
             LIMIT calendar.reach
         ) taught
         WHERE enrolment.pupil_id = calendar.example
         ORDER BY day DESC, enrolment.starts_on DESC
         LIMIT calendar.reach
      ) taught
    WINDOW run AS (ORDER BY day)
) days
"""

# What each day to be judged looks back on: the days after the latest that was judged, so that days are judged in
# their order, and the last day though it was judged before, since what lies behind it may have been corrected.
JUDGED = f"""
CREATE TEMPORARY TABLE windows_judged ON COMMIT DROP AS
SELECT days.*, {{rule}} AS rule_id FROM (
    SELECT calendar, day, nth, class_group_id, is_last, is_judged, is_known,
           {
    ", ".join(
        f"offered_to - lag(offered_to, {n}, 0::bigint) OVER run AS offered_{n}, "
        f"reported_to - lag(reported_to, {n}, 0::bigint) OVER run AS reported_{n}, "
        f"COALESCE(lag(day, {n - 1}) OVER run, first_value(day) OVER run) AS from_{n}"
        for n in WINDOWS
    )
},
           lag(offered_to, 10, 0::bigint) OVER run - lag(offered_to, 30, 0::bigint) OVER run AS offered_before,
           lag(reported_to, 10, 0::bigint) OVER run - lag(reported_to, 30, 0::bigint) OVER run AS reported_before
      FROM windows_day WINDOW run AS (PARTITION BY calendar ORDER BY day)
  ) days WHERE is_last OR NOT is_judged AND (is_known OR day >= %(judge_from)s)
"""  # noqa: S608 (the pieces are constants of ours)

# One pass over the days with absence. `back` is how many school days before the judged one a day lies. The two halves
# are worked out each by itself (OFFSET 0): the database expects few rows, and would join every pupil with every day.
FACTS = f"""
CREATE TEMPORARY TABLE windows_facts ON COMMIT DROP AS
SELECT pupil_id, calendar, judged_day AS day,
       {
    ", ".join(
        f"COALESCE(sum(valid) FILTER (WHERE back < {n}), 0)::int AS valid_{n}, "
        f"COALESCE(sum(invalid) FILTER (WHERE back < {n}), 0)::int AS invalid_{n}, "
        f"COALESCE(sum(late) FILTER (WHERE back < {n}), 0)::int AS late_{n}, "
        f"count(*) FILTER (WHERE back < {n} AND away > 0)::int AS occasions_{n}"
        for n in WINDOWS
    )
},
       COALESCE(sum(away) FILTER (WHERE back BETWEEN 10 AND 29), 0)::int AS away_before,
       COALESCE(sum(invalid) FILTER (WHERE day >= month_from), 0)::int AS invalid_month,
       {
    ", ".join(f"count(*) FILTER (WHERE back < 20 AND away > 0 AND weekday = {n})::int AS weekday_{n}" for n in range(5))
},
       bool_or(back = 0 AND away * 2 >= offered AND away > 0) AS is_away,
       bool_or(back = 0 AND away >= offered AND invalid > 0) AS is_invalid
  FROM (
    SELECT pupil_id, calendar, judged_day, day, back, month_from, offered, (day - %(monday)s) %% 7 AS weekday,
           valid_minutes AS valid, invalid_minutes AS invalid, late_minutes AS late,
           valid_minutes + invalid_minutes AS away
      FROM (
        SELECT pupil.calendar, own.* FROM attendance_attendanceday own JOIN windows_pupil pupil USING (pupil_id)
         WHERE own.day BETWEEN %(since)s AND %(today)s AND own.day >= (SELECT min(day) FROM windows_day) OFFSET 0
      ) away
      JOIN (
        SELECT calendar, taught.day, taught.source_id, taught.offered, judged.day AS judged_day,
               judged.nth - taught.nth AS back, date_trunc('month', judged.day::timestamp)::date AS month_from
          FROM windows_judged judged JOIN windows_day taught USING (calendar)
         WHERE taught.nth BETWEEN judged.nth - 89 AND judged.nth OFFSET 0
      ) looked_at USING (calendar, day, source_id)
  ) days GROUP BY pupil_id, calendar, judged_day
"""  # noqa: S608

# School days in a row up to the judged one: at least half the day away, and wholly away with something invalid.
ROWS = """
CREATE TEMPORARY TABLE windows_row ON COMMIT DROP AS
SELECT pupil_id, judged_day AS day,
       count(*) FILTER (WHERE away_place = back AND is_half)::int AS days_in_a_row,
       count(*) FILTER (WHERE invalid_place = back AND is_invalid)::int AS invalid_days_in_a_row,
       min(day) FILTER (WHERE away_place = back AND is_half) AS in_a_row_from,
       min(day) FILTER (WHERE invalid_place = back AND is_invalid) AS invalid_in_a_row_from
  FROM (
    SELECT facts.pupil_id, facts.day AS judged_day, own.day, judged.nth - taught.nth AS back, half.*,
           count(*) FILTER (WHERE is_half) OVER run - 1 AS away_place,
           count(*) FILTER (WHERE half.is_invalid) OVER run - 1 AS invalid_place
      FROM windows_facts facts
      JOIN windows_judged judged USING (calendar, day)
      JOIN attendance_attendanceday own ON own.pupil_id = facts.pupil_id AND own.day BETWEEN from_90 AND facts.day
       AND own.day BETWEEN %(since)s AND %(today)s AND own.day >= (SELECT min(from_90) FROM windows_judged)
      JOIN windows_day taught ON taught.calendar = facts.calendar AND taught.day = own.day
       AND taught.source_id = own.source_id
     CROSS JOIN LATERAL (
           SELECT own.valid_minutes + own.invalid_minutes > 0
                  AND (own.valid_minutes + own.invalid_minutes) * 2 >= taught.offered AS is_half,
                  own.valid_minutes + own.invalid_minutes >= taught.offered AND own.invalid_minutes > 0 AS is_invalid
     ) half
     WHERE facts.is_away
    WINDOW run AS (PARTITION BY facts.pupil_id, facts.day ORDER BY own.day DESC)
  ) days GROUP BY pupil_id, judged_day
"""

# Which lessons: the part of the day and the subject that stand out over 20 school days, and in how many weeks. Only of
# pupils who have been away on three days; fewer make no pattern.
LESSONS = """
CREATE TEMPORARY TABLE windows_lesson ON COMMIT DROP AS
WITH told AS (
    SELECT facts.pupil_id, facts.day, lesson.subject,
           CASE WHEN starts_at < '10:00' THEN 0 WHEN starts_at < '12:30' THEN 1 ELSE 2 END AS part,
           bit_or(1::bigint << ((lesson.day - %(monday)s) / 7 %% 62)) AS weeks, count(*)::int AS lessons
      FROM windows_facts facts
      JOIN windows_judged judged USING (calendar, day)
      JOIN attendance_lessonabsence lesson ON lesson.pupil_id = facts.pupil_id
       AND lesson.day BETWEEN from_20 AND facts.day AND lesson.day BETWEEN %(lessons_since)s AND %(today)s
       AND lesson.day >= (SELECT min(from_20) FROM windows_judged)
      JOIN windows_day taught ON taught.calendar = facts.calendar AND taught.day = lesson.day
       AND taught.source_id = lesson.source_id
     WHERE facts.occasions_20 >= 3 AND lesson.kind IN ('valid', 'invalid')
     GROUP BY 1, 2, 3, 4
),
parts AS (
    SELECT DISTINCT ON (pupil_id, day) pupil_id, day, part, lessons, weeks FROM (
        SELECT pupil_id, day, part, sum(lessons)::int AS lessons, bit_count(bit_or(weeks)::bit(64))::int AS weeks
          FROM told GROUP BY pupil_id, day, part) summed
     ORDER BY pupil_id, day, lessons DESC, part
),
subjects AS (
    SELECT DISTINCT ON (pupil_id, day) pupil_id, day, subject, lessons, weeks FROM (
        SELECT pupil_id, day, subject, sum(lessons)::int AS lessons, bit_count(bit_or(weeks)::bit(64))::int AS weeks
          FROM told WHERE subject <> '' GROUP BY pupil_id, day, subject) summed
     ORDER BY pupil_id, day, lessons DESC, subject
)
SELECT pupil_id, day, total.lessons, parts.part, parts.lessons AS part_lessons, parts.weeks AS part_weeks,
       subjects.subject, subjects.lessons AS subject_lessons, subjects.weeks AS subject_weeks
  FROM (SELECT pupil_id, day, sum(lessons)::int AS lessons FROM told GROUP BY pupil_id, day) total
  JOIN parts USING (pupil_id, day) LEFT JOIN subjects USING (pupil_id, day)
"""

# How the large tables are to be met does not depend on whether they have been counted yet: a new school year has not.
FOR_ALL = "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = off"
FOR_SOME = """
CREATE INDEX ON windows_day (calendar, day);
CREATE INDEX ON windows_judged (calendar, day);
CREATE INDEX ON windows_pupil (pupil_id);
SET LOCAL enable_nestloop = on
"""
AS_EVER = "SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on; SET LOCAL enable_sort = on"

# The rule of the class on that day: the provider's own before all others', a school form's own before every form's; and
# the school's stricter version of just that rule before it. When the provider's rule is followed by another one, what
# the school had made of it counts no more.
RULE_OF_CLASS = """(
    SELECT COALESCE((
        SELECT own.id FROM attendance_thresholdrule own
         WHERE own.school_id = base.school_id AND own.based_on_id = base.id AND own.valid_from <= days.day
         ORDER BY own.valid_from DESC, own.version DESC LIMIT 1
    ), base.id) FROM (
        SELECT rule.id, class_group.school_id FROM attendance_thresholdrule rule, schools_classgroup class_group
          JOIN schools_school school ON school.unit_id = class_group.school_id
         WHERE class_group.id = days.class_group_id AND rule.valid_from <= GREATEST(days.day, %(first_rule)s)
           AND rule.school_id IS NULL AND (rule.provider_id IS NULL OR rule.provider_id = school.provider_id)
           AND rule.school_form IN ('', class_group.school_form)
         ORDER BY rule.provider_id IS NULL, rule.school_form = '', rule.valid_from DESC, rule.version DESC LIMIT 1
    ) base
)"""


def compute_windows(cursor: Any, *, pupils: Collection[UUID] | None, today: date, first_rule: date) -> None:
    """Fill the tables for these pupils, or for all when None: one row of `windows_facts` for each judged day.

    A pupil without absence has no row. Parameters are written into the statements, so that only the parts of the
    school years in question are opened.
    """
    told: dict[str, Any] = {"today": today, "first_look": today - FIRST_LOOK, "first_rule": first_rule}
    mine = "true"
    if pupils is not None:
        told["pupils"] = list(pupils)
        mine = "pupil_id = ANY(%(pupils)s)"
    cursor.execute(FIRST_DAY_TO_JUDGE.format(chosen=THEIR_CLASSES if pupils is not None else "true"), told)
    judge_from = cursor.fetchone()[0] or today
    since = judge_from - REACH
    told |= {
        "judge_from": judge_from,
        "since": since,
        "monday": since - timedelta(days=since.weekday()),
        "lessons_since": judge_from - timedelta(days=120),
    }
    cursor.execute(CLEAR)
    cursor.execute(OWN.format(chosen=mine), told)
    cursor.execute("CREATE INDEX ON windows_own (pupil_id, day)")
    cursor.execute(PLACES.format(chosen=f"enrolment.{mine}" if pupils is not None else mine), told)
    for statement in (CALENDARS, PUPILS, "ANALYZE windows_pupil, windows_calendar, windows_own", DAYS):
        cursor.execute(statement, told)
    cursor.execute(JUDGED.format(rule=RULE_OF_CLASS), told)
    cursor.execute(FOR_ALL if pupils is None else FOR_SOME)
    for statement in (
        "ANALYZE windows_day, windows_judged",
        FACTS,
        "ANALYZE windows_facts",
        ROWS,
        LESSONS,
        AS_EVER,
    ):
        cursor.execute(statement, told)
