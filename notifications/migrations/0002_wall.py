"""Who puts a mail in the outbox, who sends it, who sees that it did not arrive; a person's own choices; reminders.

Whoever acts puts the mail of what was done: the sides and the clock write rows that wait and read none back. Only the
outbox reads and sends. No role but the owner's can change to whom a mail goes or what it counts.
"""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import AUDIT, CITY, CLOCK, GATE, OUTBOX, SCHOOL, SOCIAL, SYSTEM

MINE = "user_id = (SELECT me())"
NEW = "status = 'waiting' AND attempts = 0 AND code IS NULL AND prints = ''"
INSTANT = f"{NEW} AND counts = '{{}}'::jsonb AND kind IN ('given', 'request')"
# Also somebody whose roles have ended: the page of the own account is everybody's who is signed in.
STAFF = (SCHOOL, SOCIAL, CITY, AUDIT, SYSTEM, GATE)
DEFER = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"


class Migration(migrations.Migration):
    """Puts the tables behind the wall."""

    dependencies = [("notifications", "0001_outbox"), ("audit", "0016_watched_events")]
    operations = [
        Guard(
            "notifications_mail",
            see={OUTBOX: "true", SYSTEM: "status IN ('refused', 'given_up')"},
            see_columns={SYSTEM: ["id", "user_id", "kind", "status", "created_at", "ended_at", "code"]},
            add={
                SCHOOL: INSTANT,
                SOCIAL: INSTANT,
                CITY: INSTANT,
                CLOCK: f"{NEW} AND kind IN ('given', 'request', 'late')",
                OUTBOX: "kind = 'digest'",
            },
            change={OUTBOX: "true"},
            change_columns={OUTBOX: ["status", "attempts", "tried_at", "ended_at", "not_before", "code"]},
            remove={OUTBOX: "ended_at IS NOT NULL"},
        ),
        Guard(
            "notifications_mailchoice",
            see={**dict.fromkeys(STAFF, MINE), OUTBOX: "true"},
            add=dict.fromkeys(STAFF, MINE),
            change=dict.fromkeys(STAFF, MINE),
            change_columns={key: ["has_digest", "digest_at", "has_instant"] for key in STAFF},
        ),
        Guard(
            "notifications_reminder",
            see={CLOCK: "true", OUTBOX: "true"},
            add={CLOCK: "true"},
            remove={CLOCK: "true"},
        ),
        KeepHistory("notifications_mailchoice", key="user_id"),
        # An instant mail is sent by a job that is queued in the transaction of what was done.
        migrations.RunSQL(
            f"GRANT EXECUTE ON FUNCTION {DEFER} TO {SOCIAL}, {CITY}",
            f"REVOKE EXECUTE ON FUNCTION {DEFER} FROM {SOCIAL}, {CITY}",
        ),
    ]
