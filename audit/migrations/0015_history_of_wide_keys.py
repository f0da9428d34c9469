"""A row may be known by several columns together: its key in the history is their values with | between them."""

from django.db import migrations, models

WRITERS = """
CREATE FUNCTION history_key(row_of jsonb, columns text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN strpos(columns, ',') = 0 THEN row_of ->> columns ELSE (
        SELECT string_agg(row_of ->> name, '|' ORDER BY place)
          FROM unnest(string_to_array(columns, ',')) WITH ORDINALITY told (name, place)) END
$$;
REVOKE ALL ON FUNCTION history_key(jsonb, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION keep_history_of_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_rowhistory (at, table_name, row_key, is_removal, old, user_id, membership_id)
    SELECT clock_timestamp(), TG_TABLE_NAME, changed.key, false, changed.old, me(), my_membership()
      FROM (SELECT before.key,
                   (SELECT jsonb_object_agg(field.key, field.value) FROM jsonb_each(before.value) field
                     WHERE after.value -> field.key IS DISTINCT FROM field.value
                       AND field.key <> ALL (TG_ARGV[1:])) AS old
              FROM (SELECT to_jsonb(was) AS value, history_key(to_jsonb(was), TG_ARGV[0]) AS key FROM was) before
              JOIN (SELECT to_jsonb(became) AS value, history_key(to_jsonb(became), TG_ARGV[0]) AS key
                      FROM became) after ON after.key = before.key) changed
     WHERE changed.old IS NOT NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION keep_history_of_removals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_rowhistory (at, table_name, row_key, is_removal, old, user_id, membership_id)
    SELECT clock_timestamp(), TG_TABLE_NAME, history_key(to_jsonb(was), TG_ARGV[0]), true,
           to_jsonb(was) - coalesce(TG_ARGV[1:]::text[], '{}'), me(), my_membership()
      FROM was;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """Lets the two functions take several columns for a key, and makes room for it."""

    dependencies = [("audit", "0014_row_history")]
    operations = [
        migrations.AlterField("rowhistory", "row_key", models.CharField(max_length=80)),
        migrations.RunSQL(WRITERS, migrations.RunSQL.noop),
    ]
