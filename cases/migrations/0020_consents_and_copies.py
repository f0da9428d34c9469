"""What law.md 3.3 asks of a consent, who took it back, and where a frozen copy stopped."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the columns; what was noted before keeps what it says."""

    dependencies = [
        ("accounts", "0026_session_without_confirmation"),
        ("cases", "0014_keys_of_a_case"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="cannot_wait",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="consent",
            name="interpreter",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="consent",
            name="is_suitable",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="stopped_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="what",
            field=models.CharField(
                choices=[
                    ("request", "Request for support"),
                    ("answer", "Answer to a question"),
                    ("response", "Response to a no"),
                    ("reply", "Reply to feedback"),
                    ("step", "About a step in the case"),
                    ("withdrawal", "Why a request was withdrawn"),
                ],
                default="request",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="answer",
            field=models.CharField(
                choices=[
                    ("yes", "Yes"),
                    ("no", "No"),
                    ("not_asked", "Not asked"),
                    ("not_reachable", "Cannot be reached"),
                    ("none", "There is none"),
                ],
                max_length=13,
            ),
        ),
        migrations.AlterField(
            model_name="disclosure",
            name="ground",
            field=models.CharField(
                choices=[
                    ("consent_osl_10_1", "Consent (OSL 10:1)"),
                    ("necessary_10_2", "Necessary (OSL 10:2)"),
                    ("duty_10_28_sol_19_1", "Duty to report (OSL 10:28, SoL 19:1)"),
                    ("duty_10_28_sol_20_6", "Duty to supply (OSL 10:28, SoL 20:6)"),
                    ("feedback_26_9a", "Feedback to the reporter (OSL 26:9 a)"),
                    ("general_clause_10_27", "General clause (OSL 10:27)"),
                    ("social_to_social_26_9", "Needed for necessary support (OSL 26:9)"),
                    ("handover_skoll_3_12j", "Handover at a change of school (Skollagen 3:12 j)"),
                    ("huvudman_notice_7_19a", "Notice to the provider (Skollagen 7:19 a)"),
                    ("hemkommun_notice_7_22", "Notice to the home municipality (Skollagen 7:22)"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                    models.Q(("answer", "yes"), ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="a_withdrawal_has_time_name_and_a_yes",
            ),
        ),
    ]
