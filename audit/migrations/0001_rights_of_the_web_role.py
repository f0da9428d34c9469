"""Let the web role read and write the tables, now and later, and own none of them."""

from django.conf import settings
from django.db import migrations


def grant(apps, schema_editor):
    """Give the role that serves pages its rights; tables that come later get the same by default."""
    role = schema_editor.quote_name(settings.WEB_ROLE)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Runs before tables of ours exist."""

    initial = True
    dependencies = []
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
