"""Each school has its sources of absence, with what their words mean there; a class's day belongs to one of them."""

import django.db.models.deletion
from django.db import migrations, models

# What there was came from files, or was invented. The source a school has most days from is the one that counts.
FILL = """
INSERT INTO attendance_absencesource (unit_id, kind, name, system, late_counts_as, unreported_counts_as, day_rule,
                                      is_counted, created_at, changed_at)
SELECT school_id, 'file', told, 'other', 'present', 'unknown', 'minutes',
       row_number() OVER (PARTITION BY school_id ORDER BY days DESC, told) = 1, now(), now()
  FROM (SELECT class_group.school_id, COALESCE(NULLIF(class_day.told, ''), 'csv') AS told, count(*) AS days
          FROM attendance_classday class_day JOIN schools_classgroup class_group ON class_group.id = class_group_id
         GROUP BY 1, 2) counted;
UPDATE attendance_classday class_day SET source_id = source.id
  FROM schools_classgroup class_group, attendance_absencesource source
 WHERE class_group.id = class_day.class_group_id AND source.unit_id = class_group.school_id
   AND source.name = COALESCE(NULLIF(class_day.told, ''), 'csv');
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    """Adds the sources, and says of every class's day where it is from."""

    dependencies = [("accounts", "0023_history"), ("attendance", "0013_history"), ("schools", "0013_history")]
    operations = [
        migrations.CreateModel(
            name="AbsenceSource",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("file", "Files"), ("ss12000", "SS 12000"), ("demo", "Invented absence")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "system",
                    models.CharField(
                        choices=[
                            ("skola24", "Skola24"),
                            ("vklass", "Vklass"),
                            ("learnpoint", "LearnPoint"),
                            ("schoolsoft", "SchoolSoft"),
                            ("unikum", "Unikum"),
                            ("edlevo", "Edlevo"),
                            ("other", "Another system"),
                        ],
                        default="other",
                        max_length=10,
                    ),
                ),
                (
                    "late_counts_as",
                    models.CharField(
                        choices=[("invalid", "Invalid absence"), ("valid", "Valid absence"), ("present", "Present")],
                        default="present",
                        max_length=8,
                    ),
                ),
                (
                    "unreported_counts_as",
                    models.CharField(
                        choices=[("unknown", "Unknown"), ("present", "Present")], default="unknown", max_length=8
                    ),
                ),
                (
                    "day_rule",
                    models.CharField(
                        choices=[
                            ("minutes", "Minutes"),
                            ("any_lesson", "Away a whole day when one lesson was missed"),
                            ("all_lessons", "Away a whole day when every lesson was missed"),
                        ],
                        default="minutes",
                        max_length=12,
                    ),
                ),
                ("is_counted", models.BooleanField()),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="absence_sources", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["unit", "name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "name"), name="absence_source_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_counted", True)), fields=("unit",), name="one_counted_source_a_school"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="absence_source_has_a_name"
                    ),
                ],
            },
        ),
        migrations.RenameField("classday", "source", "told"),
        migrations.AddField(
            "classday",
            "source",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="attendance.absencesource",
            ),
        ),
        migrations.RunSQL(FILL),
        migrations.RemoveConstraint("classday", "class_day_once"),
        migrations.RemoveField("classday", "told"),
        migrations.AlterField(
            "classday",
            "source",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="attendance.absencesource",
            ),
        ),
        migrations.AddConstraint(
            "classday", models.UniqueConstraint(fields=("class_group", "day", "source"), name="class_day_once")
        ),
    ]
