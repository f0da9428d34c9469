"""That there is a concern is told as before; whom the reader may know of is asked only about pupils with one."""

from django.db import migrations

TRACES = """
CREATE OR REPLACE FUNCTION concern_traces(p_pupils uuid[])
RETURNS TABLE (id uuid, pupil_id uuid, logged_at timestamptz, logged_by_id uuid, submission uuid, answer varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.pupil_id, c.logged_at, c.logged_by_id, c.submission, c.answer FROM attendance_concern c
     WHERE c.pupil_id = ANY (p_pupils) AND may_know_of(c.pupil_id)
     ORDER BY c.logged_at DESC, c.id
$$;
"""
BEFORE = TRACES.replace(
    "c.pupil_id = ANY (p_pupils) AND may_know_of(c.pupil_id)",
    "c.pupil_id IN (SELECT asked FROM unnest(p_pupils) asked WHERE may_know_of(asked))",
)


class Migration(migrations.Migration):
    """Asks in another order."""

    dependencies = [("attendance", "0027_wall_of_handing_over")]
    operations = [migrations.RunSQL(TRACES, BEFORE)]
