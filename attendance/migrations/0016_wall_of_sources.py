"""Sources and totals of periods behind the wall, and the parted tables anew; what was before a change is kept."""

import django.db.models.deletion
from django.db import migrations, models

from audit.history import KeepHistory
from wall.policies import PROTECTED, Guard
from wall.roles import IMPORT, SCHOOL, SYSTEM

OPEN = {IMPORT: "true"}
MY_PUPIL = "pupil_id IN (SELECT my_pupils())"
RUNS_THE_SCHOOL = "unit_id = (SELECT my_unit()) AND (SELECT my_role()) IN ('principal', 'school_admin')"
MAY_SET = {SCHOOL: RUNS_THE_SCHOOL, SYSTEM: "true", IMPORT: "true"}


def absence(table: str) -> Guard:
    """Guard the rows of absence: read by those who work with the pupil, brought in by the import alone."""
    return Guard(
        table,
        see={SCHOOL: MY_PUPIL} | OPEN,
        add=OPEN,
        change=OPEN,
        remove=OPEN,
        never=PROTECTED.format(pupil="pupil_id"),
    )


class Migration(migrations.Migration):
    """Adds totals of periods, and puts everything of absence behind the wall."""

    dependencies = [("attendance", "0015_absence_by_school_year")]
    operations = [
        migrations.CreateModel(
            name="PeriodTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "granularity",
                    models.CharField(
                        choices=[("week", "Week"), ("month", "Month"), ("term", "Term"), ("custom", "Another period")],
                        max_length=6,
                    ),
                ),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("subject", models.CharField(blank=True, max_length=40)),
                ("valid_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("invalid_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("other_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("late_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("reported_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("offered_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("absent_percent", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("valid_percent", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("invalid_percent", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("unreported_percent", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("is_approximate", models.BooleanField(default=False)),
                (
                    "pupil",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="period_totals",
                        to="schools.pupil",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.absencesource",
                    ),
                ),
            ],
            options={
                "ordering": ["pupil", "period_start", "period_end", "subject", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pupil", "source", "granularity", "period_start", "period_end", "subject"),
                        name="period_total_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_end__gte", models.F("period_start"))),
                        name="period_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_minutes__isnull", False),
                            ("invalid_minutes__isnull", False),
                            ("absent_percent__isnull", False),
                            ("valid_percent__isnull", False),
                            ("invalid_percent__isnull", False),
                            _connector="OR",
                        ),
                        name="period_total_says_something",
                    ),
                ],
            },
        ),
        Guard(
            "attendance_absencesource",
            see={SCHOOL: "true", SYSTEM: "true", IMPORT: "true"},
            add=MAY_SET,
            change=MAY_SET,
        ),
        absence("attendance_attendanceday"),
        absence("attendance_lessonabsence"),
        absence("attendance_periodtotal"),
        KeepHistory("attendance_absencesource"),
        KeepHistory("attendance_periodtotal"),
        KeepHistory("attendance_attendanceday", key="pupil_id,day,source_id"),
        KeepHistory("attendance_lessonabsence", key="pupil_id,day,starts_at,source_id"),
    ]
