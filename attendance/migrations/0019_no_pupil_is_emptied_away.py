"""A table of pupils or sources that is emptied as a whole (TRUNCATE, as only the owner can) leaves no absence behind."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION no_absence_is_left_behind() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM attendance_attendanceday) OR EXISTS (SELECT FROM attendance_lessonabsence) THEN
        RAISE EXCEPTION 'There is still absence' USING ERRCODE = 'foreign_key_violation',
            HINT = 'Empty attendance_attendanceday and attendance_lessonabsence in the same statement.';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION no_absence_is_left_behind() FROM PUBLIC;
CREATE TRIGGER no_absence_is_left_behind AFTER TRUNCATE ON schools_pupil
    FOR EACH STATEMENT EXECUTE FUNCTION no_absence_is_left_behind();
CREATE TRIGGER no_absence_is_left_behind AFTER TRUNCATE ON attendance_absencesource
    FOR EACH STATEMENT EXECUTE FUNCTION no_absence_is_left_behind();
"""
BACK = """
DROP TRIGGER no_absence_is_left_behind ON schools_pupil;
DROP TRIGGER no_absence_is_left_behind ON attendance_absencesource;
DROP FUNCTION no_absence_is_left_behind();
"""


class Migration(migrations.Migration):
    """Closes the last way in which a foreign key would have stopped what the triggers did not."""

    dependencies = [("attendance", "0018_lines_of_a_school")]
    operations = [migrations.RunSQL(TRIGGERS, BACK)]
