"""An auditor looks through a few kinds of events among very many: an index of those alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies = [("audit", "0015_history_of_wide_keys")]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(
                    (
                        "action__in",
                        [
                            "sign_in_failed",
                            "confirming_failed",
                            "refused",
                            "protection_lifted",
                            "protection_lift_missed",
                            "signed_in",
                            "signed_out",
                            "confirmed",
                        ],
                    )
                ),
                fields=["authority", "-id"],
                name="audit_event_watched",
            ),
        ),
    ]
