"""Files of absence are the school's; what they hold is read and stored by the import's own role."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import IMPORT, SCHOOL

MINE = "unit_id = (SELECT my_unit()) AND (SELECT my_role()) IN ('principal', 'school_admin')"
OF_MINE = "absence_import_id IN (SELECT id FROM integrations_absenceimport)"
BOTH = {SCHOOL: MINE, IMPORT: "true"}
OF_BOTH = {SCHOOL: OF_MINE, IMPORT: "true"}


class Migration(migrations.Migration):
    """Puts imports behind the wall."""

    dependencies = [("integrations", "0001_initial"), ("accounts", "0006_wall")]
    operations = [
        Guard("integrations_absenceimport", see=BOTH, add=BOTH, change=BOTH),
        Guard("integrations_importedfile", see=OF_BOTH, add=OF_BOTH, remove=OF_BOTH),
        Guard("integrations_importproblem", see=OF_BOTH, add={IMPORT: "true"}, remove=OF_BOTH),
    ]
