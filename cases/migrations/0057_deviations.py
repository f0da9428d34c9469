"""Something in the co-operation went wrong: registered by one side, answered by the other."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table."""

    dependencies = [
        ("accounts", "0026_session_without_confirmation"),
        ("cases", "0056_absence_while_waiting"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deviation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("no_answer", "No answer in time"),
                            ("no_feedback", "No feedback"),
                            ("not_done", "What was agreed was not done"),
                            ("no_taker", "Nobody took the responsibility"),
                            ("information", "Information was missing or came too late"),
                            ("other", "Something else"),
                        ],
                        max_length=11,
                    ),
                ),
                ("happened", models.TextField()),
                ("consequence", models.TextField()),
                ("remedy", models.TextField(blank=True)),
                ("asks_lex_sarah", models.BooleanField(default=False)),
                ("registered_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("response", models.TextField(blank=True)),
                ("responded_at", models.DateTimeField(blank=True, null=True)),
                ("submission", models.UUIDField(unique=True)),
                (
                    "about_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deviations", to="cases.case"
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "responded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["registered_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("consequence__regex", "\\S"), ("happened__regex", "\\S")),
                        name="deviation_says_what_and_what_it_led_to",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_unit", models.F("about_unit")), _negated=True),
                        name="deviation_crosses_the_border",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("responded_at", None), ("responded_by", None), ("response", "")),
                            models.Q(
                                ("responded_at__isnull", False),
                                ("responded_by__isnull", False),
                                ("response__regex", "\\S"),
                            ),
                            _connector="OR",
                        ),
                        name="deviation_answer_is_whole",
                    ),
                ],
            },
        ),
    ]
