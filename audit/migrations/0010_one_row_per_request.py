"""The log is split by authority, and a request that shows personal data leaves one row with all its pupils."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import audit.models

# Rows from before name one pupil or one case each; they keep whom they were about.
FILL = """
DO $$
BEGIN
    ALTER TABLE audit_accessrecord DISABLE TRIGGER only_added;
    UPDATE audit_accessrecord SET pupils = ARRAY[target_id::uuid] WHERE target_type = 'schools.pupil';
    IF to_regclass('cases_case') IS NOT NULL THEN
        UPDATE audit_accessrecord SET pupils = ARRAY[cases_case.pupil_id] FROM cases_case
        WHERE target_type = 'cases.case' AND target_id::uuid = cases_case.id;
    END IF;
    ALTER TABLE audit_accessrecord ENABLE TRIGGER only_added;
END $$;
"""


class Migration(migrations.Migration):
    """Changes the columns; no row is lost."""

    dependencies = [("audit", "0004_wall")]
    operations = [
        *(
            operation
            for model in ("auditevent", "accessrecord")
            for operation in (
                migrations.AddField(model, "authority", models.CharField(db_index=True, default="city", max_length=60)),
                migrations.AlterField(model, "id", audit.models.UnreadId(primary_key=True, serialize=False)),
            )
        ),
        migrations.AddField("accessrecord", "method", models.CharField(default="GET", max_length=7)),
        migrations.AddField(
            "accessrecord",
            "kind",
            models.CharField(
                choices=[
                    ("read", "Read"),
                    ("list", "In a list"),
                    ("search", "Searched for"),
                    ("export", "Taken out as a file"),
                    ("print", "Printed"),
                    ("claim", "Claimed a link"),
                ],
                default="read",
                max_length=6,
            ),
        ),
        migrations.AddField("accessrecord", "reason", models.CharField(blank=True, max_length=80, default="")),
        migrations.AlterField("accessrecord", "reason", models.CharField(blank=True, max_length=80)),
        migrations.AddField(
            "accessrecord",
            "pupils",
            django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex("accessrecord", "access_record_target"),
        migrations.RemoveField("accessrecord", "reading"),
        migrations.RemoveField("accessrecord", "target_type"),
        migrations.RemoveField("accessrecord", "target_id"),
        migrations.AddIndex(
            "accessrecord",
            django.contrib.postgres.indexes.GinIndex(fields=["pupils"], name="access_record_pupils"),
        ),
    ]
