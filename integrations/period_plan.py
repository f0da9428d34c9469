"""The totals of periods in a file, compared with what the source said before, and the difference stored.

A total replaces what the source has said of the pupil for the same kind of period, in whole or in part the same days:
never are two added that tell of one day twice.
"""

VALUES = (
    ("valid", "valid_minutes"),
    ("invalid", "invalid_minutes"),
    ("other", "other_minutes"),
    ("late", "late_minutes"),
    ("reported", "reported_minutes"),
    ("offered", "offered_minutes"),
    ("absent_percent", "absent_percent"),
    ("valid_percent", "valid_percent"),
    ("invalid_percent", "invalid_percent"),
    ("unreported_percent", "unreported_percent"),
    ("is_approximate", "is_approximate"),
)
"""Each value by its name among the staged rows and in the table."""

TOLD = ", ".join(f"told.{staged}" for staged, _stored in VALUES)
KNOWN = ", ".join(f"known.{stored}" for _staged, stored in VALUES)
STAGED = ", ".join(staged for staged, _stored in VALUES)
STORED = ", ".join(stored for _staged, stored in VALUES)
ANEW = ", ".join(f"{stored} = EXCLUDED.{stored}" for _staged, stored in VALUES)

WAS = f"""jsonb_build_object('granularity', known.granularity, 'period_start', known.period_start,
    'period_end', known.period_end, 'subject', known.subject,
    {", ".join(f"'{stored}', known.{stored}" for _staged, stored in VALUES)})"""
SAME = """known.pupil_id = told.pupil_id AND known.source_id = %(source)s AND known.granularity = told.granularity
   AND known.period_start = told.first_day AND known.period_end = told.last_day AND known.subject = told.subject"""

NEW_AND_CHANGED = f"""
INSERT INTO changed_period
SELECT told.pupil_id, told.granularity, told.first_day, told.last_day, told.subject, {TOLD},
       known.id IS NULL, false, CASE WHEN known.id IS NOT NULL THEN {WAS} END
  FROM staged_period told LEFT JOIN attendance_periodtotal known ON {SAME}
 WHERE known.id IS NULL OR ({KNOWN}) IS DISTINCT FROM ({TOLD})
"""  # noqa: S608 (the pieces are constants of ours)
GONE = f"""
INSERT INTO changed_period
SELECT known.pupil_id, known.granularity, known.period_start, known.period_end, known.subject, {KNOWN},
       false, true, {WAS}
  FROM attendance_periodtotal known
 WHERE known.source_id = %(source)s
   AND EXISTS (SELECT 1 FROM staged_period told
                WHERE told.pupil_id = known.pupil_id AND told.granularity = known.granularity
                  AND told.first_day <= known.period_end AND known.period_start <= told.last_day)
   AND NOT EXISTS (SELECT 1 FROM staged_period told WHERE {SAME})
"""  # noqa: S608
CHANGED_PERIODS = (NEW_AND_CHANGED, GONE)

PERIOD_SPAN = "SELECT min(first_day), max(last_day) FROM staged_period"
COUNT_PERIODS = """
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new AND NOT is_gone),
       (SELECT count(*) FROM staged_period) - count(*) FILTER (WHERE NOT is_gone), count(*) FILTER (WHERE is_gone)
  FROM changed_period
"""
REMOVE_PERIODS = """
DELETE FROM attendance_periodtotal known USING changed_period gone
 WHERE gone.is_gone AND known.pupil_id = gone.pupil_id AND known.source_id = %(source)s
   AND known.granularity = gone.granularity AND known.period_start = gone.first_day
   AND known.period_end = gone.last_day AND known.subject = gone.subject
"""
WRITE_PERIODS = f"""
INSERT INTO attendance_periodtotal (pupil_id, source_id, granularity, period_start, period_end, subject, {STORED})
SELECT pupil_id, %(source)s, granularity, first_day, last_day, subject, {STAGED}
  FROM changed_period WHERE NOT is_gone ORDER BY first_day, pupil_id
ON CONFLICT (pupil_id, source_id, granularity, period_start, period_end, subject) DO UPDATE SET {ANEW}
"""  # noqa: S608
OVERLAPS = """
DELETE FROM staged_period later USING staged_period first
 WHERE later.pupil_id = first.pupil_id AND later.granularity = first.granularity AND later.subject = first.subject
   AND first.first_day <= later.last_day AND later.first_day <= first.last_day
   AND (first.first_day, first.last_day) <> (later.first_day, later.last_day) AND first.row_number < later.row_number
RETURNING later.row_number, first.row_number
"""
"""Takes out of the staged rows those whose period shares days with one that came before it."""
