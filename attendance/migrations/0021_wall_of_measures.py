"""Measures stay in the school, with those who work with the pupil; that a timetable is reduced stands by every figure."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import PROTECTED, Guard
from wall.roles import SCHOOL

# Whoever reads a pupil's absence needs to know what it is a share of: days and hours, nothing else of the measure.
REDUCED = f"""
CREATE FUNCTION reduced_timetables(p_pupils uuid[])
RETURNS TABLE (pupil_id uuid, first_day date, last_day date, hours_a_week smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.pupil_id, m.starts_on, least(m.ends_on, m.ended_on), m.hours_a_week FROM attendance_measure m
     WHERE m.kind = 'reduced_timetable' AND least(m.ends_on, m.ended_on) >= m.starts_on
       AND m.pupil_id IN (SELECT asked FROM unnest(p_pupils) asked WHERE may_know_of(asked))
     ORDER BY m.starts_on, m.id
$$;
REVOKE ALL ON FUNCTION reduced_timetables(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reduced_timetables(uuid[]) TO {SCHOOL};
"""
BACK = "DROP FUNCTION reduced_timetables(uuid[])"

WORKS_WITH = (
    "(SELECT my_role()) IN ('mentor', 'student_health', 'principal') AND school_unit_id = (SELECT my_unit())"
    " AND pupil_id IN (SELECT my_pupils())"
)
OF_A_MEASURE = "measure_id IN (SELECT id FROM attendance_measure)"


class Migration(migrations.Migration):
    """Puts measures and their follow-ups behind the wall, and keeps what they were before a change."""

    dependencies = [("attendance", "0020_measures"), ("audit", "0014_row_history")]
    operations = [
        migrations.RunSQL(REDUCED, BACK),
        Guard(
            "attendance_measure",
            see={SCHOOL: WORKS_WITH},
            add={SCHOOL: f"{WORKS_WITH} AND added_by_id = (SELECT my_membership())"},
            change={SCHOOL: WORKS_WITH},
            change_columns={SCHOOL: ["follow_up_on", "ended_on", "ended_by_id", "end_reason"]},
            never=PROTECTED.format(pupil="pupil_id"),
        ),
        Guard(
            "attendance_measurefollowup",
            see={SCHOOL: OF_A_MEASURE},
            add={SCHOOL: f"{OF_A_MEASURE} AND followed_up_by_id = (SELECT my_membership())"},
        ),
        KeepHistory("attendance_measure"),
        KeepHistory("attendance_measurefollowup"),
    ]
