"""A draft is left to the principal, a school says who sends, and a pupil that no team takes is counted."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds tables and columns; drafts get the school of their writer."""

    dependencies = [
        ("accounts", "0026_session_without_confirmation"),
        ("cases", "0021_wall_of_copies"),
        ("schools", "0016_lift_protection"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestSetting",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.unit",
                    ),
                ),
                ("principal_sends", models.BooleanField(default=False)),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["unit"],
            },
        ),
        migrations.CreateModel(
            name="ServiceGap",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("municipality_code", models.CharField(blank=True, max_length=4)),
                ("district_code", models.CharField(blank=True, max_length=40)),
                ("grade", models.PositiveSmallIntegerField()),
                ("school_form", models.CharField(max_length=4)),
                ("provider_kind", models.CharField(max_length=12)),
                ("absence_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("first_noted_at", models.DateTimeField()),
                ("last_noted_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["first_noted_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="requestdraft",
            name="ready_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requestdraft",
            name="school_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.unit"
            ),
        ),
        migrations.AddField(
            model_name="requestdraft",
            name="sent_back_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requestdraft",
            name="sent_back_why",
            field=models.CharField(blank=True, max_length=600),
        ),
        migrations.AddConstraint(
            model_name="requestdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(sent_back_at=None, sent_back_why="")
                | models.Q(sent_back_at__isnull=False, ready_at__isnull=False) & ~models.Q(sent_back_why=""),
                name="a_draft_sent_back_was_ready_and_says_why",
            ),
        ),
        migrations.AddField(
            model_name="requestsetting",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="servicegap",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="servicegap",
            name="pupil",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.pupil"),
        ),
        migrations.AddField(
            model_name="servicegap",
            name="school_unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddConstraint(
            model_name="servicegap",
            constraint=models.UniqueConstraint(
                fields=(
                    "pupil",
                    "school_unit",
                    "municipality_code",
                    "district_code",
                    "grade",
                    "school_form",
                    "provider_kind",
                ),
                name="a_gap_is_counted_once",
            ),
        ),
        migrations.RunSQL(
            "UPDATE cases_requestdraft d SET school_unit_id = m.unit_id FROM accounts_membership m WHERE m.id = d.writer_id",
            migrations.RunSQL.noop,
        ),
    ]
