"""An import has a source, remembers who confirmed its columns, and can be undone; kept files are encrypted."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# Files were kept unencrypted and are let go of; those still on their way are uploaded again. Imports that were read in
# keep how their columns were matched, so that the next file need not be matched anew.
KEEP_ONLY_WHAT_CAN_BE_READ = """
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM integrations_importedfile;
UPDATE integrations_absenceimport SET status = 'cancelled', closed_at = now() WHERE closed_at IS NULL;
UPDATE integrations_absenceimport brought
   SET mapping = (mapping - 'hours') || jsonb_build_object('units', COALESCE(
           (SELECT jsonb_object_agg(field, 'h') FROM jsonb_array_elements_text(mapping->'hours') field), '{}'::jsonb))
 WHERE mapping ? 'hours';
UPDATE integrations_absenceimport brought
   SET source_id = (SELECT id FROM attendance_absencesource source WHERE source.unit_id = brought.unit_id
                     ORDER BY is_counted DESC, id LIMIT 1);
UPDATE integrations_absenceimport
   SET columns_confirmed_at = approved_at, columns_confirmed_by_id = approved_by_id,
       fingerprint = encode(sha256(convert_to(lower(
           (SELECT string_agg(heading, chr(31)) FROM jsonb_array_elements_text(mapping->'headings') heading)),
           'UTF8')), 'hex')
 WHERE status = 'applied' AND mapping ? 'headings';
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    """Adds sources, confirmed columns and undoing."""

    dependencies = [
        ("accounts", "0023_history"),
        ("attendance", "0016_wall_of_sources"),
        ("integrations", "0010_protection_reaches_kept_files"),
        ("schools", "0013_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="BeforeImage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "rows",
                    models.CharField(
                        choices=[
                            ("days", "Days with absence"),
                            ("lessons", "Lessons with absence"),
                            ("class_days", "Days of classes"),
                            ("periods", "Totals of periods"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "added",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), default=list, size=None
                    ),
                ),
                ("before", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["absence_import", "rows", "id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="absenceimport",
            name="absence_import_closed_has_a_time",
        ),
        migrations.RemoveConstraint(
            model_name="absenceimport",
            name="absence_import_is_approved_before_it_is_applied",
        ),
        migrations.AddField(
            model_name="absenceimport",
            name="columns_confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="absenceimport",
            name="columns_confirmed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="absenceimport",
            name="fingerprint",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="absenceimport",
            name="source",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imports",
                to="attendance.absencesource",
            ),
        ),
        migrations.AddField(
            model_name="absenceimport",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="absenceimport",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="importedfile",
            name="preview",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="absenceimport",
            name="status",
            field=models.CharField(
                choices=[
                    ("uploaded", "Waiting to be read"),
                    ("reading", "Being read"),
                    ("needs_mapping", "Columns to be matched"),
                    ("previewed", "Ready to review"),
                    ("applying", "Being read in"),
                    ("applied", "Read in"),
                    ("undoing", "Being undone"),
                    ("undone", "Undone"),
                    ("failed", "Could not be read"),
                    ("cancelled", "Cancelled"),
                ],
                default="uploaded",
                max_length=13,
            ),
        ),
        migrations.RunSQL(KEEP_ONLY_WHAT_CAN_BE_READ, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="absenceimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("status__in", ["applied", "undoing", "undone", "failed", "cancelled"]),
                    ),
                    models.Q(
                        models.Q(
                            ("status__in", ["applied", "undoing", "undone", "failed", "cancelled"]), _negated=True
                        ),
                        ("closed_at", None),
                    ),
                    _connector="OR",
                ),
                name="absence_import_closed_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="absenceimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["applying", "applied", "undoing", "undone"]), _negated=True),
                    ("approved_at__isnull", False),
                    _connector="OR",
                ),
                name="absence_import_is_approved_before_it_is_applied",
            ),
        ),
        migrations.AddConstraint(
            model_name="absenceimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["undoing", "undone"]), ("undone_at__isnull", False)),
                    models.Q(models.Q(("status__in", ["undoing", "undone"]), _negated=True), ("undone_at", None)),
                    _connector="OR",
                ),
                name="absence_import_undone_has_a_time",
            ),
        ),
        migrations.AddField(
            model_name="beforeimage",
            name="absence_import",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="before_images",
                to="integrations.absenceimport",
            ),
        ),
        migrations.AddField(
            model_name="beforeimage",
            name="class_group",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.classgroup"
            ),
        ),
        migrations.AddField(
            model_name="beforeimage",
            name="pupil",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.pupil"
            ),
        ),
        migrations.AddConstraint(
            model_name="beforeimage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("class_group__isnull", False), ("pupil", None), ("rows", "class_days")),
                    models.Q(
                        models.Q(("rows", "class_days"), _negated=True), ("class_group", None), ("pupil__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="before_image_is_of_a_pupil_or_a_class",
            ),
        ),
    ]
