"""When a pupil becomes protected, files of the school that may still hold the pupil's rows are forgotten."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import IMPORT, SCHOOL

# Whoever writes the protection, however: the file and what was said about ids in it are gone in the same transaction.
# A file that is being read or applied is scrubbed by that step itself, which looks anew at who is protected.
FORGET = """
CREATE FUNCTION forget_files_of_a_protected_pupil() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    touched uuid[] := ARRAY(
        SELECT brought.id FROM integrations_absenceimport brought
         WHERE brought.status NOT IN ('reading', 'applying')
           AND brought.unit_id IN (SELECT class_group.school_id FROM schools_enrolment enrolment
                                     JOIN schools_classgroup class_group ON class_group.id = enrolment.class_group_id
                                    WHERE enrolment.pupil_id = NEW.id));
BEGIN
    DELETE FROM integrations_importedfile WHERE absence_import_id = ANY (touched);
    DELETE FROM integrations_importproblem
     WHERE absence_import_id = ANY (touched) AND "column" IN ('pupil_id', 'personal_number');
    UPDATE integrations_absenceimport SET status = 'cancelled', closed_at = now()
     WHERE id = ANY (touched) AND status IN ('uploaded', 'needs_mapping', 'previewed');
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION forget_files_of_a_protected_pupil() FROM PUBLIC;
CREATE TRIGGER forget_files_of_a_protected_pupil AFTER UPDATE OF protection ON schools_pupil
    FOR EACH ROW WHEN (NEW.protection <> 'none' AND OLD.protection = 'none')
    EXECUTE FUNCTION forget_files_of_a_protected_pupil();
"""


OF_MINE = "absence_import_id IN (SELECT id FROM integrations_absenceimport)"
OF_BOTH = {SCHOOL: OF_MINE, IMPORT: "true"}


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = [("integrations", "0002_wall"), ("schools", "0011_claim_and_protect")]

    operations = [
        migrations.RunSQL(
            FORGET,
            "DROP TRIGGER forget_files_of_a_protected_pupil ON schools_pupil; "
            "DROP FUNCTION forget_files_of_a_protected_pupil()",
        ),
        Guard(
            "integrations_importedfile",
            see=OF_BOTH,
            add=OF_BOTH,
            change={IMPORT: "true"},
            change_columns={IMPORT: ["content"]},
            remove=OF_BOTH,
        ),
    ]
