"""Every row of the log is linked, at commit, to all rows before it in its authority (audit/chain.py)."""

from django.db import migrations, models

# The canonical forms are said twice on purpose: here as they were when the trigger was made, and in audit/chain.py.
WHO = """'id', NEW.id, 'authority', NEW.authority,
                'at', to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'user', NEW.user_id, 'membership', NEW.membership_id, 'unit', NEW.unit_id, 'role', NEW.role"""
FUNCTIONS = f"""
CREATE FUNCTION chain_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last public.audit_link;
    canonical text;
BEGIN
    -- Held to the end of the transaction: one writer at a time in each authority, and each sees the link before.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit_link ' || NEW.authority, 0));
    SELECT * INTO last FROM public.audit_link WHERE authority = NEW.authority ORDER BY seq DESC LIMIT 1;
    IF TG_TABLE_NAME = 'audit_auditevent' THEN
        canonical := jsonb_build_object('table', 'audit_auditevent', {WHO},
                'action', NEW.action, 'target_type', NEW.target_type, 'target_id', NEW.target_id,
                'details', NEW.details)::text;
    ELSE
        canonical := jsonb_build_object('table', 'audit_accessrecord', {WHO},
                'page', NEW.page, 'method', NEW.method, 'kind', NEW.kind, 'reason', NEW.reason,
                'pupils', NEW.pupils)::text;
    END IF;
    last.prev := coalesce(last.hash, repeat('0', 64));
    INSERT INTO public.audit_link (authority, seq, entry_table, entry_id, prev, hash) VALUES (
        NEW.authority, coalesce(last.seq, 0) + 1, TG_TABLE_NAME, NEW.id, last.prev,
        encode(sha256(convert_to(last.prev || canonical, 'UTF8')), 'hex')
    );
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION chain_entry() FROM PUBLIC;

CREATE FUNCTION audit_heads() RETURNS TABLE (authority text, seq bigint, hash text) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT ON (authority) authority::text, seq, hash::text FROM public.audit_link ORDER BY authority, seq DESC
$$;
REVOKE ALL ON FUNCTION audit_heads() FROM PUBLIC;
"""
NO_FUNCTIONS = "DROP FUNCTION audit_heads(); DROP FUNCTION chain_entry();"

TRIGGERS = """
CREATE CONSTRAINT TRIGGER chained AFTER INSERT ON audit_auditevent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION chain_entry();
CREATE CONSTRAINT TRIGGER chained AFTER INSERT ON audit_accessrecord DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION chain_entry();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON audit_link FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
NO_TRIGGERS = """
DROP TRIGGER chained ON audit_auditevent; DROP TRIGGER chained ON audit_accessrecord;
DROP TRIGGER only_added ON audit_link;
"""

# Rows from before are linked now, in the order they were written: the trigger sees them as if they came today.
LINK_EARLIER_ROWS = """
CREATE TEMPORARY TABLE earlier_events ON COMMIT DROP AS SELECT * FROM audit_auditevent ORDER BY id;
CREATE TEMPORARY TABLE earlier_readings ON COMMIT DROP AS SELECT * FROM audit_accessrecord ORDER BY id;
ALTER TABLE audit_auditevent DISABLE TRIGGER only_added;
ALTER TABLE audit_accessrecord DISABLE TRIGGER only_added;
DELETE FROM audit_auditevent;
DELETE FROM audit_accessrecord;
ALTER TABLE audit_auditevent ENABLE TRIGGER only_added;
ALTER TABLE audit_accessrecord ENABLE TRIGGER only_added;
"""
PUT_BACK = """
INSERT INTO audit_auditevent SELECT * FROM earlier_events ORDER BY id;
INSERT INTO audit_accessrecord SELECT * FROM earlier_readings ORDER BY id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    """Makes the chain and links what was written before it."""

    dependencies = [("audit", "0010_one_row_per_request")]
    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=60)),
                ("seq", models.BigIntegerField()),
                ("entry_table", models.CharField(max_length=40)),
                ("entry_id", models.BigIntegerField()),
                ("prev", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["authority", "seq", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=["authority", "seq"], name="link_once_per_place"),
                    models.UniqueConstraint(fields=["entry_table", "entry_id"], name="entry_is_linked_once"),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(LINK_EARLIER_ROWS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PUT_BACK, migrations.RunSQL.noop),
    ]
