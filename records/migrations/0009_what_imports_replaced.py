"""What an import replaced is kept for the week in which it can be undone."""

from django.db import migrations

REWRITE = """
DO $$ DECLARE told text; before text; BEGIN
    told := pg_get_functiondef('retention_subjects(text, date)'::regprocedure);
    before := 'WHEN ''abandoned_import'' THEN RETURN QUERY';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    EXECUTE replace(told, before, 'WHEN ''undoable_import'' THEN RETURN QUERY
    SELECT i.id::text, retention_day(i.closed_at), NULL::date, ''{}''::text[] FROM integrations_absenceimport i
    WHERE retention_day(i.closed_at) <= until
      AND EXISTS (SELECT FROM integrations_beforeimage f WHERE f.absence_import_id = i.id);
' || before);
END $$;
"""


class Migration(migrations.Migration):
    """Adds it to what is due."""

    dependencies = [("records", "0008_totals_of_periods"), ("integrations", "0012_wall_of_undoing")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
