"""A concern report is kept five years after the last note, where an investigation was opened until the child is 30."""

from django.db import migrations

# The functions are long and only these words in them change; a wording that is not found stops the migration.
REWRITE = """
DO $$ DECLARE told text; before text; BEGIN
    told := pg_get_functiondef('retention_subjects(text, date)'::regprocedure);
    before := 'WHEN ''case'' THEN RETURN QUERY';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    told := replace(told, before, 'WHEN ''report'' THEN RETURN QUERY
    SELECT n.id::text, n.last_note, n.born_on, ''{}''::text[] FROM (
        SELECT r.id, r.pupil_id, retention_day(greatest(r.noted_at, h.decided_at, h.told_at, h.not_told_at, h.ended_at)) AS last_note,
            CASE WHEN h.decision = ''opened'' THEN (SELECT p.born_on FROM schools_pupil p WHERE p.id = r.pupil_id) END AS born_on
        FROM cases_concernreport r JOIN cases_reporthandling h ON h.report_id = r.id
        WHERE h.decision <> '''' AND (h.decision <> ''opened'' OR h.ended_at IS NOT NULL)) AS n
    WHERE n.last_note <= until AND NOT retention_is_kept(n.pupil_id, ''social'');
' || before);
    before := '|| ARRAY(SELECT ''case:'' || c.id FROM cases_case c WHERE c.pupil_id = p.id)';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    EXECUTE replace(told, before, before || '
        || ARRAY(SELECT ''report:'' || r.id FROM cases_concernreport r WHERE r.pupil_id = p.id)');
END $$;
"""


class Migration(migrations.Migration):
    """Adds concern reports to what is due."""

    dependencies = [("records", "0012_concern_drafts"), ("cases", "0025_wall_of_reports")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
