"""What somebody began to write and never saved as a concern is let go of some weeks later."""

from django.db import migrations

# The functions are long and only these words in them change; a wording that is not found stops the migration.
REWRITE = """
DO $$ DECLARE told text; before text; BEGIN
    told := pg_get_functiondef('retention_names_of(uuid)'::regprocedure);
    before := 'UNION ALL SELECT ''draft:'' || id FROM cases_requestdraft';
    ASSERT strpos(told, before) > 0, 'retention_names_of is not what it was';
    EXECUTE replace(told, before,
        'UNION ALL SELECT ''concern_draft:'' || id FROM attendance_concerndraft WHERE pupil_id = pupil
        ' || before);
    told := pg_get_functiondef('retention_subjects(text, date)'::regprocedure);
    before := 'WHEN ''draft'' THEN RETURN QUERY';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    EXECUTE replace(told, before, 'WHEN ''concern_draft'' THEN RETURN QUERY
    SELECT d.id::text, retention_day(d.saved_at), NULL::date, ''{}''::text[] FROM attendance_concerndraft d
    WHERE retention_day(d.saved_at) <= until;
' || before);
END $$;
"""


class Migration(migrations.Migration):
    """Adds drafts of concerns to what is due."""

    dependencies = [("records", "0011_investigations"), ("attendance", "0026_wall_of_concern_drafts")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
