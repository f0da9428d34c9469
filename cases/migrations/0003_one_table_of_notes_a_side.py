"""Each side keeps its internal notes in a table of its own, so that the wall between them is a right and not a filter."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


COPY = """
INSERT INTO cases_{side}note (id, text, submission, written_at, case_id, unit_id, written_by_id)
SELECT n.id, n.text, n.submission, n.written_at, n.case_id, n.unit_id, n.written_by_id
  FROM cases_internalnote n JOIN accounts_unit u ON u.id = n.unit_id WHERE wall_side(u.kind) = '{side}'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_wall"),
        ("cases", "0002_guarantees"),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="routing",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="decision",
            name="lacks_advice",
            field=models.GeneratedField(
                db_persist=True, expression=models.Q(("advice", "")), output_field=models.BooleanField()
            ),
        ),
        migrations.CreateModel(
            name="SchoolNote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("submission", models.UUIDField(null=True, unique=True)),
                ("written_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
            ],
            options={
                "ordering": ["written_at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SocialNote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("submission", models.UUIDField(null=True, unique=True)),
                ("written_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
            ],
            options={
                "ordering": ["written_at", "id"],
                "abstract": False,
            },
        ),
        migrations.RunSQL([COPY.format(side="school"), COPY.format(side="social")]),
        migrations.DeleteModel(
            name="InternalNote",
        ),
        migrations.AddConstraint(
            model_name="schoolnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="schoolnote_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="socialnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="socialnote_says_something"
            ),
        ),
    ]
