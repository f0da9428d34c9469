"""A school asks social services a question that names nobody."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def to(model, **more):
    """Return a key to `model` that keeps what it points at."""
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model, **more)


class Migration(migrations.Migration):
    """Adds the table."""

    dependencies = [
        ("accounts", "0026_session_without_confirmation"),
        ("cases", "0042_wall_of_objections"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consultation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("question", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("answer", models.TextField(blank=True)),
                (
                    "advice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "The answer is enough"),
                            ("named", "Ask us with a name, when the family agrees"),
                            ("request", "Make a request for support"),
                            ("report", "Make a concern report"),
                        ],
                        max_length=8,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("submission", models.UUIDField(unique=True)),
                ("answered_by", to("accounts.membership", blank=True, null=True)),
                ("asked_by", to("accounts.membership")),
                ("school_unit", to("accounts.unit")),
                ("to_unit", to("accounts.unit")),
            ],
            options={
                "ordering": ["asked_at", "id"],
                "constraints": [
                    models.CheckConstraint(condition=Q(("question__regex", "\\S")), name="consultation_asks_something"),
                    models.CheckConstraint(
                        condition=~Q(("school_unit", F("to_unit"))), name="consultation_crosses_the_border"
                    ),
                    models.CheckConstraint(
                        condition=Q(answer="", advice="", answered_at=None, answered_by=None)
                        | Q(answer__regex=r"\S", answered_at__isnull=False, answered_by__isnull=False) & ~Q(advice=""),
                        name="consultation_answer_is_whole",
                    ),
                ],
            },
        ),
    ]
