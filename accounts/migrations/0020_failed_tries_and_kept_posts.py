"""Count failed tries in a table of ours, and keep what was typed when a session ended."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables that nobody can read anything out of without the server's keys."""

    dependencies = [("accounts", "0012_two_persons_behind_the_wall")]
    operations = [
        migrations.CreateModel(
            name="FailedTries",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "failed_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), default=list, size=None
                    ),
                ),
                ("locked_until", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(db_index=True)),
            ],
            options={"ordering": ["key"]},
        ),
        migrations.CreateModel(
            name="KeptPost",
            fields=[
                ("key_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.TextField()),
                ("kept_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["key_hash"]},
        ),
        # Failed tries were counted in the cache before, and the cache was a table.
        migrations.RunSQL("DROP TABLE IF EXISTS cache", migrations.RunSQL.noop),
    ]
