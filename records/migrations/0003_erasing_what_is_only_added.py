"""Opens the append-only tables for erasure in one place only: the transaction that carries out an approved run.

`erasing_in` holds the number of that transaction and is emptied before it ends, so nothing that is stored opens
anything; a change of a row (UPDATE) is refused there, too.
"""

from django.db import migrations

NARROW = """
CREATE FUNCTION retention_is_erasing() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM records_retentionrun
                   WHERE erasing_in = pg_current_xact_id()::text::bigint AND status = 'approved'
                     AND (kind = 'reapplied' OR approved_by_id <> proposed_by_id))
$$;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND retention_is_erasing() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Rows of % are only added, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_change_of_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are only added, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
REVOKE ALL ON FUNCTION retention_is_erasing() FROM PUBLIC;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON records_retentiontombstone
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_tombstones();
"""

WIDE = """
DROP TRIGGER only_added ON records_retentiontombstone;
DROP FUNCTION refuse_change_of_tombstones();
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are only added, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION retention_is_erasing();
"""


class Migration(migrations.Migration):
    """Replaces the refusal of audit.0003 with one that knows of erasure."""

    dependencies = [("records", "0002_what_is_due")]
    operations = [migrations.RunSQL(NARROW, WIDE)]
