"""Investigations of absence are let go of as concerns are: some years after the pupil left the school."""

from django.db import migrations

# The functions are long and only these words in them change; a wording that is not found stops the migration.
REWRITE = """
DO $$ DECLARE told text; before text; BEGIN
    told := pg_get_functiondef('retention_names_of(uuid)'::regprocedure);
    before := 'UNION ALL SELECT ''draft:'' || id FROM cases_requestdraft';
    ASSERT strpos(told, before) > 0, 'retention_names_of is not what it was';
    EXECUTE replace(told, before,
        'UNION ALL SELECT ''investigation:'' || id FROM attendance_absenceinvestigation WHERE pupil_id = pupil
        ' || before);
    told := pg_get_functiondef('retention_subjects(text, date)'::regprocedure);
    before := 'WHEN ''draft'' THEN RETURN QUERY';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    EXECUTE replace(told, before, 'WHEN ''investigation'' THEN RETURN QUERY
    SELECT i.id::text, greatest(retention_left(i.pupil_id, i.school_unit_id), i.opened_on), NULL::date, ''{}''::text[]
    FROM attendance_absenceinvestigation i
    WHERE greatest(retention_left(i.pupil_id, i.school_unit_id), i.opened_on) <= until
      AND NOT retention_is_kept(i.pupil_id, ''school'');
' || before);
END $$;
"""


class Migration(migrations.Migration):
    """Adds investigations to what is due."""

    dependencies = [("records", "0010_measures"), ("attendance", "0023_wall_of_investigations")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
