"""The outbox, what each person has chosen, and who was reminded of what."""

import datetime
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the tables."""

    initial = True

    dependencies = [
        ("accounts", "0026_session_without_confirmation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailChoice",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("has_digest", models.BooleanField(default=True)),
                ("digest_at", models.TimeField(default=datetime.time(7, 30))),
                ("has_instant", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["user"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "digest_at__in",
                                [datetime.time(7, 30), datetime.time(9, 0), datetime.time(12, 0), datetime.time(15, 0)],
                            )
                        ),
                        name="digest_has_one_of_its_times",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("digest", "Summary"),
                            ("given", "Something put on you by name"),
                            ("request", "A request that waits"),
                            ("late", "Something of yours that is late"),
                        ],
                        max_length=8,
                    ),
                ),
                ("once", models.CharField(max_length=64, unique=True)),
                ("counts", models.JSONField(default=dict)),
                ("prints", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits"),
                            ("sending", "On its way"),
                            ("sent", "Sent"),
                            ("refused", "Refused by the receiver's mail server"),
                            ("given_up", "Given up after several tries"),
                            ("quiet", "Not sent, by choice or because there was nothing to tell"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("code", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["status", "not_before"], name="mail_ready")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["digest", "given", "request", "late"])),
                        name="mail_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status__in", ["waiting", "sending"])),
                            models.Q(
                                ("ended_at__isnull", False), ("status__in", ["sent", "refused", "given_up", "quiet"])
                            ),
                            _connector="OR",
                        ),
                        name="mail_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sending"), _negated=True), ("tried_at__isnull", False), _connector="OR"
                        ),
                        name="mail_on_its_way_was_tried",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("obligation", models.UUIDField()),
                ("due_on", models.DateField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("ahead", "Two working days before"),
                            ("today", "On the day"),
                            ("late", "The working day after"),
                            ("still", "Two working days after"),
                            ("unit", "Two working days after, to who answers for the unit"),
                        ],
                        max_length=5,
                    ),
                ),
                ("reminded_on", models.DateField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "obligation", "due_on", "step"), name="reminded_once")
                ],
            },
        ),
    ]
