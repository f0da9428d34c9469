"""An office says that it cannot find a report: one more column that it writes."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import SOCIAL

OF_REPORT = "EXISTS (SELECT FROM cases_concernreport r WHERE r.id = report_id)"
HANDLED = [
    "arrived_at", "sent_on_at", "not_found_at", "confirmed_at", "confirmed_by_id", "handler_id", "protection",
    "protection_at", "protection_by_id", "decision", "reason_id", "words", "decided_at", "decided_by_id", "told_at",
    "not_told_at", "not_told_why", "not_told_by_id", "outcome", "ended_at", "ended_by_id", "met_on",
]  # fmt: skip


class Migration(migrations.Migration):
    """Writes the guard of how reports are handled anew."""

    dependencies = [("cases", "0030_reports_not_found")]
    operations = [
        Guard("cases_reporthandling", see={SOCIAL: OF_REPORT}, change={SOCIAL: OF_REPORT},
              change_columns={SOCIAL: HANDLED}),
    ]  # fmt: skip
