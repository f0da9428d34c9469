"""Everybody writes the log as oneself; nobody reads it here."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import EVERYBODY, GATE, JOBS

MYSELF = (
    "user_id IS NULL AND target_type = 'accounts.user' OR user_id = (SELECT me()) AND (membership_id IS NULL OR membership_id IN "
    "(SELECT id FROM accounts_membership WHERE user_id = (SELECT me())))"
)
WRITTEN = {
    **dict.fromkeys(EVERYBODY, MYSELF),
    GATE: "user_id = (SELECT me()) OR user_id IS NULL",
    **dict.fromkeys(JOBS, "true"),
}


class Migration(migrations.Migration):
    """Puts the log behind the wall."""

    dependencies = [("audit", "0003_rows_are_only_added"), ("accounts", "0006_wall")]
    operations = [
        Guard(
            table, see=WRITTEN, see_columns={key: ["id", "user_id", "membership_id"] for key in EVERYBODY}, add=WRITTEN
        )
        for table in ("audit_auditevent", "audit_accessrecord")
    ]
