"""The windows of all pupils in one statement, written by hand without rules: what detection is measured against.

As of each pupil's last school day: 10, 20, 40 and 90 school days, weekdays, days in a row, parts of the day, subjects.
It knows the same tricks (what was offered is counted once for all who share a calendar) and has to give the same
figures.
"""

from __future__ import annotations

WINDOWS = (10, 20, 40, 90)

STATEMENT = f"""
CREATE TEMPORARY TABLE by_hand AS
WITH own AS MATERIALIZED (
    SELECT pupil_id, day, source_id, offered_minutes, reported_minutes FROM attendance_attendanceday
     WHERE offered_minutes IS NOT NULL AND day BETWEEN %(since)s AND %(today)s
),
places AS MATERIALIZED (
    SELECT pupil_id, own.pupil_id IS NOT NULL AS has_own,
           CASE WHEN own.pupil_id IS NULL
                THEN string_agg(class_group_id || ' ' || starts_on || ' ' || COALESCE(ends_on::text, ''), ','
                                ORDER BY starts_on, enrolment.id) ELSE pupil_id::text END AS places
      FROM schools_enrolment enrolment JOIN schools_pupil pupil ON pupil.id = pupil_id AND pupil.protection = 'none'
      LEFT JOIN (SELECT DISTINCT pupil_id FROM own) own USING (pupil_id)
     WHERE starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(since)s) GROUP BY pupil_id, own.pupil_id
),
calendars AS MATERIALIZED (
    SELECT places, (array_agg(pupil_id))[1] AS example, bool_or(has_own) AS has_own, row_number() OVER () AS calendar
      FROM places GROUP BY places
),
pupils AS MATERIALIZED (SELECT pupil_id, calendar FROM places JOIN calendars USING (places)),
days AS MATERIALIZED (
    SELECT calendar, day, source_id, offered, reported,
           row_number() OVER (PARTITION BY calendar ORDER BY day DESC) - 1 AS back,
           max(day) OVER (PARTITION BY calendar) AS last_day
      FROM (
        SELECT DISTINCT ON (calendar, taught.day) calendar, taught.day, taught.source_id,
               COALESCE(own.offered_minutes, taught.offered_minutes)::int AS offered,
               COALESCE(own.reported_minutes, taught.reported_minutes)::int AS reported
          FROM calendars JOIN schools_enrolment enrolment ON enrolment.pupil_id = example
          JOIN attendance_classday taught USING (class_group_id)
          JOIN attendance_absencesource source ON source.id = taught.source_id AND is_counted
          LEFT JOIN own ON has_own AND own.pupil_id = example AND own.day = taught.day
                       AND own.source_id = taught.source_id
         WHERE taught.day BETWEEN %(since)s AND %(today)s AND taught.day >= starts_on
           AND (ends_on IS NULL OR taught.day <= ends_on)
           AND COALESCE(own.offered_minutes, taught.offered_minutes) > 0
         ORDER BY calendar, taught.day, starts_on DESC
      ) taught
),
offered AS MATERIALIZED (
    SELECT calendar, max(last_day) AS last_day, count(*) AS school_days,
           {
    ", ".join(
        f"sum(offered) FILTER (WHERE back < {n}) AS offered_{n}, "
        f"sum(reported) FILTER (WHERE back < {n}) AS reported_{n}, "
        f"min(day) FILTER (WHERE back < {n}) AS from_{n}"
        for n in WINDOWS
    )
},
           sum(offered) FILTER (WHERE back BETWEEN 10 AND 29) AS offered_before
      FROM days GROUP BY calendar
),
away AS MATERIALIZED (
    SELECT pupil_id, pupils.calendar, absent.day, back, offered, last_day, valid_minutes AS valid,
           invalid_minutes AS invalid,
           late_minutes AS late, valid_minutes + invalid_minutes AS away, (absent.day - %(monday)s) %% 7 AS weekday
      FROM attendance_attendanceday absent JOIN pupils USING (pupil_id)
      JOIN days ON days.calendar = pupils.calendar AND days.day = absent.day AND days.source_id = absent.source_id
     WHERE absent.day BETWEEN %(since)s AND %(today)s AND back < 90
),
facts AS MATERIALIZED (
    SELECT pupil_id, calendar,
           {
    ", ".join(
        f"COALESCE(sum(valid) FILTER (WHERE back < {n}), 0) AS valid_{n}, "
        f"COALESCE(sum(invalid) FILTER (WHERE back < {n}), 0) AS invalid_{n}, "
        f"COALESCE(sum(late) FILTER (WHERE back < {n}), 0) AS late_{n}, "
        f"count(*) FILTER (WHERE back < {n} AND away > 0) AS occasions_{n}"
        for n in WINDOWS
    )
},
           COALESCE(sum(away) FILTER (WHERE back BETWEEN 10 AND 29), 0) AS away_before,
           COALESCE(sum(invalid) FILTER (WHERE day >= date_trunc('month', last_day)), 0) AS invalid_month,
           {
    ", ".join(f"count(*) FILTER (WHERE back < 20 AND away > 0 AND weekday = {n}) AS weekday_{n}" for n in range(5))
}
      FROM away GROUP BY pupil_id, calendar
),
in_a_row AS MATERIALIZED (
    SELECT pupil_id, count(*) AS days_in_a_row, min(day) AS in_a_row_from FROM (
        SELECT pupil_id, day, back, row_number() OVER (PARTITION BY pupil_id ORDER BY back) - 1 AS place
          FROM away WHERE away > 0 AND away * 2 >= offered) numbered
     WHERE place = back GROUP BY pupil_id
),
lessons AS MATERIALIZED (
    SELECT pupil_id, subject,
           CASE WHEN starts_at < '10:00' THEN 0 WHEN starts_at < '12:30' THEN 1 ELSE 2 END AS part,
           bit_or(1::bigint << ((lesson.day - %(monday)s) / 7 %% 62)) AS weeks, count(*) AS lessons
      FROM attendance_lessonabsence lesson JOIN pupils USING (pupil_id)
      JOIN days ON days.calendar = pupils.calendar AND days.day = lesson.day AND days.source_id = lesson.source_id
     WHERE lesson.day BETWEEN %(lessons_since)s AND %(today)s AND back < 20 AND kind IN ('valid', 'invalid')
     GROUP BY 1, 2, 3
),
parts AS (
    SELECT DISTINCT ON (pupil_id) pupil_id, part, lessons AS part_lessons, weeks AS part_weeks FROM (
        SELECT pupil_id, part, sum(lessons) AS lessons, bit_count(bit_or(weeks)::bit(64)) AS weeks
          FROM lessons GROUP BY pupil_id, part) summed ORDER BY pupil_id, lessons DESC, part
),
subjects AS (
    SELECT DISTINCT ON (pupil_id) pupil_id, subject, lessons AS subject_lessons, weeks AS subject_weeks FROM (
        SELECT pupil_id, subject, sum(lessons) AS lessons, bit_count(bit_or(weeks)::bit(64)) AS weeks
          FROM lessons WHERE subject <> '' GROUP BY pupil_id, subject) summed ORDER BY pupil_id, lessons DESC, subject
)
SELECT facts.*, last_day, school_days, {", ".join(f"offered_{n}, reported_{n}, from_{n}" for n in WINDOWS)},
       offered_before, days_in_a_row, in_a_row_from, part, part_lessons, part_weeks, subject, subject_lessons,
       subject_weeks
  FROM facts JOIN offered USING (calendar) LEFT JOIN in_a_row USING (pupil_id) LEFT JOIN parts USING (pupil_id)
  LEFT JOIN subjects USING (pupil_id)
"""

SUMS = [f"{name}_{n}" for n in WINDOWS for name in ("valid", "invalid", "late", "occasions")]
OFFERED = [f"{name}_{n}" for n in WINDOWS for name in ("offered", "reported")]
BY_HAND = ", ".join(f"by_hand.{name}" for name in [*SUMS, *OFFERED, "invalid_month", "weekday_0"])
DETECTED = ", ".join(
    [f"windows_facts.{name}" for name in SUMS]
    + [f"judged.{name}" for name in OFFERED]
    + ["windows_facts.invalid_month", "windows_facts.weekday_0"]
)
DIFFERENT = f"""
SELECT count(*) FROM by_hand
  FULL JOIN (windows_facts JOIN windows_judged judged USING (calendar, day)) USING (pupil_id)
  LEFT JOIN windows_row row_ USING (pupil_id)
 WHERE ({BY_HAND}) IS DISTINCT FROM ({DETECTED})
    OR by_hand.days_in_a_row IS DISTINCT FROM row_.days_in_a_row AND by_hand.days_in_a_row > 0
"""
"""How many pupils the two ways do not agree about."""
