"""Measures are let go of as concerns are: some years after the pupil left the school."""

from django.db import migrations

# The functions are long and only these words in them change; a wording that is not found stops the migration.
REWRITE = """
DO $$ DECLARE told text; before text; BEGIN
    told := pg_get_functiondef('retention_names_of(uuid)'::regprocedure);
    before := 'UNION ALL SELECT ''draft:'' || id FROM cases_requestdraft';
    ASSERT strpos(told, before) > 0, 'retention_names_of is not what it was';
    EXECUTE replace(told, before,
        'UNION ALL SELECT ''measure:'' || id FROM attendance_measure WHERE pupil_id = pupil
        ' || before);
    told := pg_get_functiondef('retention_subjects(text, date)'::regprocedure);
    before := 'WHEN ''draft'' THEN RETURN QUERY';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    EXECUTE replace(told, before, 'WHEN ''measure'' THEN RETURN QUERY
    SELECT m.id::text, greatest(retention_left(m.pupil_id, m.school_unit_id), retention_day(m.added_at)),
        NULL::date, ''{}''::text[]
    FROM attendance_measure m
    WHERE greatest(retention_left(m.pupil_id, m.school_unit_id), retention_day(m.added_at)) <= until
      AND NOT retention_is_kept(m.pupil_id, ''school'');
' || before);
END $$;
"""


class Migration(migrations.Migration):
    """Adds measures to what is due."""

    dependencies = [("records", "0009_what_imports_replaced"), ("attendance", "0021_wall_of_measures")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
