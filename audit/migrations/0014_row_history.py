"""The table that keeps what rows were, and the two functions that write it. Nobody's role has any right to it."""

from django.db import migrations, models

from wall.policies import Guard

WRITERS = """
CREATE FUNCTION keep_history_of_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_rowhistory (at, table_name, row_key, is_removal, old, user_id, membership_id)
    SELECT clock_timestamp(), TG_TABLE_NAME, changed.key, false, changed.old, me(), my_membership()
      FROM (SELECT before.value ->> TG_ARGV[0] AS key,
                   (SELECT jsonb_object_agg(field.key, field.value) FROM jsonb_each(before.value) field
                     WHERE after.value -> field.key IS DISTINCT FROM field.value
                       AND field.key <> ALL (TG_ARGV[1:])) AS old
              FROM (SELECT to_jsonb(was) AS value FROM was) before
              JOIN (SELECT to_jsonb(became) AS value FROM became) after
                ON after.value ->> TG_ARGV[0] = before.value ->> TG_ARGV[0]) changed
     WHERE changed.old IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION keep_history_of_removals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_rowhistory (at, table_name, row_key, is_removal, old, user_id, membership_id)
    SELECT clock_timestamp(), TG_TABLE_NAME, to_jsonb(was) ->> TG_ARGV[0], true,
           to_jsonb(was) - coalesce(TG_ARGV[1:]::text[], '{}'), me(), my_membership()
      FROM was;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_history_of_changes(), keep_history_of_removals() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    """Makes room for the history of rows."""

    dependencies = [("audit", "0013_erasure_is_told")]
    operations = [
        migrations.CreateModel(
            name="RowHistory",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("table_name", models.CharField(max_length=60)),
                ("row_key", models.CharField(max_length=64)),
                ("is_removal", models.BooleanField()),
                ("old", models.JSONField()),
                ("user_id", models.UUIDField(null=True)),
                ("membership_id", models.UUIDField(null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["table_name", "row_key"], name="row_history_row")],
            },
        ),
        migrations.RunSQL(WRITERS),
        Guard("audit_rowhistory"),
    ]
