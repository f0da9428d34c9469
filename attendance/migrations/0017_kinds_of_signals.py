"""More than one kind of signal; rules of lines, for providers and school forms; classes remember how far they are judged.

Signals there were are of the whole absence in per cent of 20 school days, which is what was counted then.
"""

import django.db.models.deletion
from django.db import migrations, models

from wall.policies import Guard
from wall.roles import IMPORT

LINES = """
UPDATE attendance_thresholdrule SET lines = jsonb_build_array(jsonb_build_object(
    'kind', 'total', 'unit', 'percent', 'school_days', window_school_days, 'levels', levels_percent))
"""
REACHED = """
UPDATE attendance_evaluation SET reached = jsonb_build_object('total percent 20', highest_percent)
 WHERE highest_percent > 0
"""
# What has been looked through is not looked through again for the new kinds: no flood of signals about long ago.
JUDGED = """
INSERT INTO attendance_judgedclass (class_group_id, judged_to)
SELECT enrolment.class_group_id, max(evaluated_to) FROM attendance_evaluation evaluation
  JOIN schools_enrolment enrolment ON enrolment.pupil_id = evaluation.pupil_id
   AND evaluated_to >= enrolment.starts_on AND (enrolment.ends_on IS NULL OR evaluated_to <= enrolment.ends_on)
 GROUP BY enrolment.class_group_id
"""
# Few pupils have hours of their own; they are found without reading all days.
OWN_HOURS = """
CREATE INDEX attendance_day_own_hours ON attendance_attendanceday (pupil_id, day) WHERE offered_minutes IS NOT NULL
"""
KINDS = [
    ("total", "All absence"),
    ("invalid", "Absence without valid reason"),
    ("weekday", "The same weekday"),
    ("time", "The same time of day"),
    ("subject", "The same subject"),
    ("in_a_row", "Days in a row"),
    ("change", "Sharp rise"),
    ("invalid_month", "Hours without valid reason in a month"),
    ("invalid_in_a_row", "A month in a row without valid reason"),
]
UNITS = [
    ("percent", "per cent"),
    ("hours", "hours"),
    ("days", "days"),
    ("weeks", "weeks"),
    ("points", "percentage points"),
    ("months", "months"),
]
FORMS = [
    ("fsk", "Preschool class"),
    ("gr", "Compulsory school"),
    ("gran", "Adapted compulsory school"),
    ("gy", "Upper secondary school"),
]
ALL = {IMPORT: "true"}


class Migration(migrations.Migration):
    """Widens rules, signals and what is remembered."""

    dependencies = [("attendance", "0016_wall_of_sources"), ("schools", "0013_history")]
    operations = [
        migrations.AddField(
            "thresholdrule",
            "provider",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.provider",
            ),
        ),
        migrations.AddField(
            "thresholdrule", "school_form", models.CharField(blank=True, choices=FORMS, default="", max_length=4), False
        ),
        migrations.AddField("thresholdrule", "lines", models.JSONField(default=list), False),
        migrations.RunSQL(LINES),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveField("thresholdrule", "levels_percent"),
        migrations.RemoveField("thresholdrule", "window_school_days"),
        migrations.RemoveConstraint("signal", "signal_once_per_crossing"),
        migrations.RenameField("signal", "level_percent", "level"),
        migrations.AddField("signal", "kind", models.CharField(choices=KINDS, default="total", max_length=16)),
        migrations.AddField("signal", "unit", models.CharField(choices=UNITS, default="percent", max_length=8)),
        migrations.AddField("signal", "school_days", models.PositiveSmallIntegerField(default=20)),
        migrations.AddField("signal", "facts", models.JSONField(default=dict)),
        migrations.AddConstraint(
            "signal",
            models.UniqueConstraint(
                fields=("pupil", "kind", "unit", "school_days", "level", "crossed_on"), name="signal_once_per_crossing"
            ),
        ),
        migrations.AddField("evaluation", "reached", models.JSONField(default=dict)),
        migrations.RunSQL(REACHED),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveField("evaluation", "highest_percent"),
        migrations.CreateModel(
            "JudgedClass",
            fields=[
                (
                    "class_group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="schools.classgroup",
                    ),
                ),
                ("judged_to", models.DateField()),
            ],
            options={"ordering": ["class_group"]},
        ),
        migrations.RunSQL(JUDGED),
        migrations.RunSQL(OWN_HOURS),
        Guard("attendance_judgedclass", see=ALL, add=ALL, change=ALL),
    ]
