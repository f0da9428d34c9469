"""How the absence goes while a request waits: told to the unit that has it, as long as a consent covers it."""

from django.db import migrations

from wall.roles import SOCIAL

TAKES = "absence_while_waiting(uuid, date)"

# The days are counted as attendance/pupil_days.py counts them; a test holds the two together.
TELL = f"""
CREATE FUNCTION absence_while_waiting(p_referral uuid, p_today date) RETURNS TABLE (
    school_days bigint, first_day date, last_day date, offered bigint, reported bigint, valid bigint, invalid bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH waiting AS (
        SELECT r.id, r.to_unit_id, c.id AS case_id, c.pupil_id
          FROM cases_referral r JOIN cases_case c ON c.id = r.case_id
         WHERE r.id = p_referral AND c.closed_at IS NULL
           AND r.status IN ('sent', 'received', 'assessing', 'asked', 'queued')
           AND my_side() = 'social' AND my_role() IN ('team_worker', 'intake_worker', 'unit_head')
           AND r.to_unit_id = ANY (my_units()) AND c.pupil_id <> ALL (protected_pupils())
           AND EXISTS (SELECT FROM cases_disclosure d
                        WHERE d.referral_id = r.id AND d.to_unit_id = r.to_unit_id AND d.what = 'request'
                          AND d.stopped_at IS NULL AND jsonb_typeof(d.content -> 'absence') = 'object')
    ), latest AS (
        SELECT DISTINCT ON (c.giver) c.answer,
               c.scope ? 'waiting' AND c.withdrawn_at IS NULL AND c.valid_to >= p_today AS covers
          FROM cases_consent c JOIN waiting w ON c.case_id = w.case_id AND c.to_unit_id = w.to_unit_id
         ORDER BY c.giver, c.noted_at DESC
    ), covered AS (
        SELECT w.pupil_id FROM waiting w
         WHERE (SELECT bool_and(covers) FROM latest WHERE answer = 'yes')
    ), days AS (
        SELECT DISTINCT ON (class_day.day) class_day.day,
               COALESCE(own.offered_minutes, class_day.offered_minutes) AS offered,
               COALESCE(own.reported_minutes, class_day.reported_minutes) AS reported,
               COALESCE(own.valid_minutes, 0) AS valid, COALESCE(own.invalid_minutes, 0) AS invalid
          FROM covered
          JOIN schools_enrolment enrolment ON enrolment.pupil_id = covered.pupil_id
          JOIN attendance_classday class_day
            ON class_day.class_group_id = enrolment.class_group_id AND class_day.day >= enrolment.starts_on
           AND (enrolment.ends_on IS NULL OR class_day.day <= enrolment.ends_on)
          JOIN attendance_absencesource source ON source.id = class_day.source_id AND source.is_counted
          LEFT JOIN attendance_attendanceday own
            ON own.pupil_id = enrolment.pupil_id AND own.day = class_day.day AND own.source_id = class_day.source_id
         WHERE class_day.offered_minutes > 0 AND class_day.day <= p_today
         ORDER BY class_day.day, enrolment.starts_on DESC
    ), window_days AS (
        SELECT * FROM days WHERE days.offered > 0 ORDER BY days.day DESC LIMIT 20
    )
    SELECT count(*), min(day), max(day), sum(w.offered), sum(w.reported), sum(w.valid), sum(w.invalid)
      FROM window_days w HAVING count(*) > 0
$$;
REVOKE ALL ON FUNCTION {TAKES} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {TAKES} TO {SOCIAL};
"""


class Migration(migrations.Migration):
    """Lets the unit that a request waits at ask for the pupil's share of absence, and nobody else."""

    dependencies = [
        ("cases", "0052_figures_of_reports"),
        ("attendance", "0029_days_in_a_row"),
        ("schools", "0011_claim_and_protect"),
    ]
    operations = [migrations.RunSQL(TELL, f"DROP FUNCTION {TAKES}")]
