"""Every role ends within a year, and has who gave it, and where two are needed a second; the school administrator."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

# Roles that were given before the rule go on for a year from today; those that need a second person have theirs.
FILL = """
UPDATE accounts_membership
   SET renewed_on = greatest(valid_from, current_date), valid_to = greatest(valid_from, current_date) + 364
 WHERE valid_to IS NULL OR (valid_to >= current_date AND valid_to > valid_from + 366);
UPDATE accounts_membership SET renewed_on = valid_to WHERE valid_to > valid_from + 366 AND renewed_on IS NULL;
UPDATE accounts_membership SET confirmed_at = now() WHERE role IN ('system_admin', 'log_auditor');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_wall"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_open_once",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_role_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_ends_after_it_begins",
        ),
        migrations.AddField(
            model_name="membership",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="invited_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="renewed_on",
            field=models.DateField(blank=True, null=True, verbose_name="renewed"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("mentor", "Mentor"),
                    ("student_health", "Student health"),
                    ("principal", "Principal"),
                    ("school_admin", "School administrator"),
                    ("team_worker", "Team worker"),
                    ("intake_worker", "Intake worker"),
                    ("unit_head", "Unit head"),
                    ("coordinator", "Coordinator"),
                    ("analyst", "Analyst"),
                    ("log_auditor", "Log auditor"),
                    ("system_admin", "System administrator"),
                ],
                max_length=16,
                verbose_name="role",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="membership",
            name="valid_to",
            field=models.DateField(verbose_name="last day"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "mentor",
                            "student_health",
                            "principal",
                            "school_admin",
                            "team_worker",
                            "intake_worker",
                            "unit_head",
                            "coordinator",
                            "analyst",
                            "log_auditor",
                            "system_admin",
                        ],
                    )
                ),
                name="membership_role_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="membership_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "valid_to__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("valid_from"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    ),
                    models.Q(
                        ("renewed_on__gte", models.F("valid_from")),
                        ("renewed_on__isnull", False),
                        (
                            "valid_to__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("renewed_on"), "+", models.Value(datetime.timedelta(days=366))
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="membership_lasts_a_year_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("invited_by", None), models.Q(("invited_by", models.F("user")), _negated=True), _connector="OR"
                    ),
                    models.Q(
                        ("confirmed_by", None),
                        models.Q(("confirmed_by", models.F("user")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="membership_is_not_given_to_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("confirmed_by", None)),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by", None), ("invited_by", None)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("invited_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="membership_is_confirmed_by_a_second",
            ),
        ),
    ]
