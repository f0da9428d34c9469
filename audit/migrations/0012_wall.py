"""Everybody writes the log as oneself and for one's own authority; its auditors read it, and nobody changes it."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import AUDIT, CLOCK, GATE, JOBS, SIDES

# Whoever changes role writes the change as the new one, so any membership of one's own will do, with what follows
# from it: its unit, and the authority that the unit belongs to.
AS_A_MEMBER = (
    "user_id = (SELECT me()) AND EXISTS (SELECT FROM accounts_membership m JOIN accounts_unit u ON u.id = m.unit_id "
    "WHERE m.id = membership_id AND m.user_id = (SELECT me()) AND u.id = {table}.unit_id AND u.authority = {table}.authority)"
)
AS_NOBODY = "membership_id IS NULL AND unit_id IS NULL AND authority = 'city'"
AS_MYSELF = f"({AS_A_MEMBER} OR user_id IS NOT DISTINCT FROM (SELECT me()) AND {AS_NOBODY})"
AT_THE_GATE = f"({AS_MYSELF} OR user_id IS NULL AND (SELECT my_kind()) = 'gate' AND {AS_NOBODY})"
READING = (
    "user_id IS NOT DISTINCT FROM (SELECT me()) AND membership_id IS NOT DISTINCT FROM (SELECT my_membership()) "
    "AND unit_id IS NOT DISTINCT FROM (SELECT my_unit()) AND authority = coalesce((SELECT my_authority()), 'city')"
)
OWN_AUTHORITY = {AUDIT: "authority = (SELECT my_authority())"}


class Migration(migrations.Migration):
    """Puts the log as it is now, and its chain, behind the wall."""

    dependencies = [("audit", "0011_rows_are_chained")]
    operations = [
        Guard(
            "audit_auditevent",
            see=OWN_AUTHORITY,
            add={
                **dict.fromkeys(SIDES, AS_MYSELF.format(table="audit_auditevent")),
                GATE: AT_THE_GATE.format(table="audit_auditevent"),
                **dict.fromkeys(JOBS, "true"),
            },
        ),
        # What is read in one request is read as one person in one role.
        Guard("audit_accessrecord", see={**OWN_AUTHORITY, CLOCK: "true"}, add=dict.fromkeys(SIDES, READING)),
        Guard("audit_link", see=OWN_AUTHORITY),
        migrations.RunSQL(
            f"GRANT EXECUTE ON FUNCTION audit_heads() TO {CLOCK}",
            f"REVOKE EXECUTE ON FUNCTION audit_heads() FROM {CLOCK}",
        ),
    ]
