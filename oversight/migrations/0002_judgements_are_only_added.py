"""Samples, hits and judgements are only added; an extract changes once, when somebody lets it out or holds it back."""

from django.db import migrations

ONLY_ADDED = ("oversight_sample", "oversight_sampledreading", "oversight_rulehit", "oversight_review")
GUARD_EXTRACT = """
CREATE FUNCTION extract_is_decided_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.decision <> '' OR (NEW.authority, NEW.pupil, NEW.since, NEW.until, NEW.lines, NEW.drafted_at,
        NEW.drafted_by_id, NEW.drafter) IS DISTINCT FROM (OLD.authority, OLD.pupil, OLD.since, OLD.until, OLD.lines,
        OLD.drafted_at, OLD.drafted_by_id, OLD.drafter) THEN
        RAISE EXCEPTION 'An extract is decided once and otherwise never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided_once BEFORE UPDATE ON oversight_logextract
    FOR EACH ROW EXECUTE FUNCTION extract_is_decided_once();
"""
NO_GUARD = """
DROP TRIGGER decided_once ON oversight_logextract; DROP FUNCTION extract_is_decided_once();
"""


def only_add(apps, schema_editor):
    """Refuse changes by trigger, for the owner too."""
    for table in ONLY_ADDED:
        schema_editor.execute(
            f"CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def allow_again(apps, schema_editor):
    """Take the triggers away."""
    for table in ONLY_ADDED:
        schema_editor.execute(f"DROP TRIGGER only_added ON {table}")


class Migration(migrations.Migration):
    """Protects what was judged."""

    dependencies = [("oversight", "0001_looking_after_the_log"), ("audit", "0011_rows_are_chained")]
    operations = [
        migrations.RunPython(only_add, allow_again),
        migrations.RunSQL(GUARD_EXTRACT, NO_GUARD),
    ]
