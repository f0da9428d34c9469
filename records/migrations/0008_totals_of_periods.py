"""Totals of periods are counted and let go of with the days of the same school year."""

from django.db import migrations

# The functions are long and only these words in them change; a wording that is not found stops the migration.
REWRITE = """
DO $$ DECLARE told text; before text; BEGIN
    told := pg_get_functiondef('retention_names_of(uuid)'::regprocedure);
    before := 'UNION ALL SELECT day FROM attendance_lessonabsence WHERE pupil_id = pupil) AS days';
    ASSERT strpos(told, before) > 0, 'retention_names_of is not what it was';
    EXECUTE replace(told, before, 'UNION ALL SELECT day FROM attendance_lessonabsence WHERE pupil_id = pupil
              UNION ALL SELECT period_end FROM attendance_periodtotal WHERE pupil_id = pupil) AS days');
    told := pg_get_functiondef('retention_subjects(text, date)'::regprocedure);
    before := 'UNION ALL SELECT pupil_id, day FROM attendance_lessonabsence WHERE day <= until) AS a) AS y';
    ASSERT strpos(told, before) > 0, 'retention_subjects is not what it was';
    EXECUTE replace(told, before, 'UNION ALL SELECT pupil_id, day FROM attendance_lessonabsence WHERE day <= until
            UNION ALL SELECT pupil_id, period_end FROM attendance_periodtotal WHERE period_end <= until) AS a) AS y');
END $$;
"""


class Migration(migrations.Migration):
    """Adds the totals to what is due."""

    dependencies = [("records", "0007_letting_go_is_asked_quickly"), ("attendance", "0016_wall_of_sources")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
