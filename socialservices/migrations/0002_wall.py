"""The register of offices, services and reasons is no secret; no person is in it."""

from django.db import migrations

from wall.policies import Open

TABLES = ("district", "office", "office_districts", "service", "reasoncode")


class Migration(migrations.Migration):
    """Puts the register of social services behind the wall."""

    dependencies = [("socialservices", "0001_initial"), ("accounts", "0006_wall")]
    operations = [Open(f"socialservices_{table}") for table in TABLES]
