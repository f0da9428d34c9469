"""The head of a team changes its entry in the catalogue: adds the next from a later day, and ends what applies."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import EVERYBODY, SOCIAL

TODAY = "(now() AT TIME ZONE 'Europe/Stockholm')::date"
MINE = "(SELECT my_role()) = 'unit_head' AND office_id = ANY ((SELECT my_units())::uuid[]) AND kind <> 'intake'"
NOT_OVER = f"(valid_to IS NULL OR valid_to >= {TODAY})"


class Migration(migrations.Migration):
    """Lets heads of social services write in the catalogue; everybody reads it, as before."""

    dependencies = [("socialservices", "0004_services_changed_by_heads")]
    operations = [
        Guard(
            "socialservices_service",
            see=dict.fromkeys(EVERYBODY, "true"),
            add={SOCIAL: f"{MINE} AND set_by_id = (SELECT my_membership()) AND valid_from > {TODAY}"},
            change={SOCIAL: f"{MINE} AND {NOT_OVER}"},
            check={SOCIAL: f"{MINE} AND valid_to >= {TODAY}"},
            change_columns={SOCIAL: ["valid_to", "ended_by_id", "ended_at", "ended_why"]},
        ),
        KeepHistory("socialservices_service"),
    ]
