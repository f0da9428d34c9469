"""What an import replaced is the import's own: no person's role reads it; it goes when its pupil becomes protected."""

from django.db import migrations

from wall.policies import PROTECTED, Guard
from wall.roles import IMPORT, SCHOOL

OPEN = {IMPORT: "true"}
OF_MINE = "absence_import_id IN (SELECT id FROM integrations_absenceimport)"
OF_BOTH = {SCHOOL: OF_MINE, IMPORT: "true"}

FORGET_IMAGES = """
CREATE FUNCTION forget_images_of_a_protected_pupil() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM integrations_beforeimage WHERE pupil_id = NEW.id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION forget_images_of_a_protected_pupil() FROM PUBLIC;
CREATE TRIGGER forget_images_of_a_protected_pupil AFTER UPDATE OF protection ON schools_pupil
    FOR EACH ROW WHEN (NEW.protection <> 'none' AND OLD.protection = 'none')
    EXECUTE FUNCTION forget_images_of_a_protected_pupil();
"""


class Migration(migrations.Migration):
    """Puts the table behind the wall."""

    dependencies = [("integrations", "0011_sources_and_undoing")]

    operations = [
        Guard(
            "integrations_beforeimage",
            see=OPEN,
            add=OPEN,
            remove=OPEN,
            never=PROTECTED.format(pupil="pupil_id"),
        ),
        Guard(
            "integrations_importedfile",
            see=OF_BOTH,
            add=OF_BOTH,
            change={IMPORT: "true"},
            change_columns={IMPORT: ["content", "preview"]},
            remove=OF_BOTH,
        ),
        migrations.RunSQL(
            FORGET_IMAGES,
            "DROP TRIGGER forget_images_of_a_protected_pupil ON schools_pupil; "
            "DROP FUNCTION forget_images_of_a_protected_pupil()",
        ),
    ]
