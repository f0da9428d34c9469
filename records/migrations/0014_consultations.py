"""A consultation names nobody, and is let go of a year after it was answered, or asked if it never was."""

from django.db import migrations

# The function is long and only these words in it change; a wording that is not found stops the migration.
REWRITE = """
DO $$ DECLARE told text; before text; BEGIN
    told := pg_get_functiondef('retention_subjects(text, date)'::regprocedure);
    before := 'WHEN ''draft'' THEN RETURN QUERY';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    EXECUTE replace(told, before, 'WHEN ''consultation'' THEN RETURN QUERY
    SELECT c.id::text, retention_day(coalesce(c.answered_at, c.asked_at)), NULL::date, ''{}''::text[]
    FROM cases_consultation c WHERE retention_day(coalesce(c.answered_at, c.asked_at)) <= until;
' || before);
END $$;
"""


class Migration(migrations.Migration):
    """Adds consultations to what is due."""

    dependencies = [("records", "0013_concern_reports"), ("cases", "0044_wall_of_consultations")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
