"""Investigations of absence stay with student health and the principal; that there is one, those around the pupil know."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import PROTECTED, Guard
from wall.roles import SCHOOL

# Those who work with a pupil may know that the school investigates, since when and how far it has come: never what was
# found out. The school's administrator is not among them.
TRACES = f"""
CREATE FUNCTION investigation_traces(p_pupils uuid[])
RETURNS TABLE (pupil_id uuid, opened_on date, due_on date, closed_at timestamptz, settled bigint, tasks bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.pupil_id, i.opened_on, i.due_on, i.closed_at,
           count(t.id) FILTER (WHERE t.status IN ('done', 'not_needed')), count(t.id)
      FROM attendance_absenceinvestigation i LEFT JOIN attendance_investigationtask t ON t.investigation_id = i.id
     WHERE i.is_needed AND coalesce(my_role(), '') <> 'school_admin'
       AND i.pupil_id IN (SELECT asked FROM unnest(p_pupils) asked WHERE may_know_of(asked))
     GROUP BY i.id ORDER BY i.opened_at, i.id
$$;
REVOKE ALL ON FUNCTION investigation_traces(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION investigation_traces(uuid[]) TO {SCHOOL};
"""
BACK = "DROP FUNCTION investigation_traces(uuid[])"

INVESTIGATES = (
    "(SELECT my_role()) IN ('student_health', 'principal') AND school_unit_id = (SELECT my_unit())"
    " AND pupil_id IN (SELECT my_pupils())"
)
OPENS = (
    f"{INVESTIGATES} AND opened_by_id = (SELECT my_membership()) AND (is_needed OR (SELECT my_role()) = 'principal')"
)
PART = "investigation_id IN (SELECT id FROM attendance_absenceinvestigation)"
WRITTEN = [
    "setting_off", "keeping_up", "causes_in_words", "special_support", "special_support_on", "action_plan",
    "action_plan_on", "pattern", "conclusion", "left_undone", "closed_at", "closed_by_id",
]  # fmt: skip


class Migration(migrations.Migration):
    """Puts investigations, their tasks and their duties behind the wall, and keeps what they were before a change."""

    dependencies = [("attendance", "0022_investigations"), ("audit", "0014_row_history")]
    operations = [
        migrations.RunSQL(TRACES, BACK),
        Guard(
            "attendance_absenceinvestigation",
            see={SCHOOL: INVESTIGATES},
            add={SCHOOL: OPENS},
            change={SCHOOL: INVESTIGATES},
            change_columns={SCHOOL: WRITTEN},
            never=PROTECTED.format(pupil="pupil_id"),
        ),
        Guard(
            "attendance_investigationtask",
            see={SCHOOL: PART},
            add={SCHOOL: PART},
            change={SCHOOL: PART},
            change_columns={SCHOOL: ["status", "own_words", "text", "changed_at", "changed_by_id"]},
        ),
        Guard(
            "attendance_investigationduty",
            see={SCHOOL: PART},
            add={SCHOOL: PART},
            change={SCHOOL: PART},
            change_columns={SCHOOL: ["due_on", "done_on", "note", "done_at", "done_by_id"]},
        ),
        KeepHistory("attendance_absenceinvestigation"),
        KeepHistory("attendance_investigationtask"),
        KeepHistory("attendance_investigationduty"),
    ]
