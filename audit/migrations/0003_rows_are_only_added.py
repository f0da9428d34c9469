"""Make the log append-only for everybody: by rights for the web role, by trigger for the owner too."""

from django.conf import settings
from django.db import migrations

TABLES = ("audit_auditevent", "audit_accessrecord")

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are only added, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def make_append_only(apps, schema_editor):
    """Take away UPDATE and DELETE, and refuse them by trigger."""
    role = schema_editor.quote_name(settings.WEB_ROLE)
    for table in TABLES:
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
        schema_editor.execute(
            f"CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


class Migration(migrations.Migration):
    """Protects the audit tables."""

    dependencies = [("audit", "0002_initial")]
    operations = [migrations.RunSQL(FUNCTION), migrations.RunPython(make_append_only)]
