"""A source that calls is nobody to the database: all it can do is leave a mark on its own subscription."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import GATE, IMPORT, SYSTEM

ADMIN = "(SELECT my_role()) = 'system_admin'"
ALL = {IMPORT: "true"}

# A mark that nobody has read yet is not made again, so that a flood of calls writes nothing.
NOTED = f"""
CREATE FUNCTION note_source_notice(p_hash text, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE integrations_sourcesubscription SET noticed_at = greatest(p_at, heard_at + interval '1 microsecond')
     WHERE token_hash = p_hash AND (noticed_at IS NULL OR noticed_at <= heard_at);
    RETURN FOUND OR EXISTS (SELECT FROM integrations_sourcesubscription WHERE token_hash = p_hash);
END $$;
REVOKE ALL ON FUNCTION note_source_notice(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_source_notice(text, timestamptz) TO {GATE};
"""
BACK = "DROP FUNCTION note_source_notice(text, timestamptz)"


class Migration(migrations.Migration):
    """Puts subscriptions behind the wall."""

    dependencies = [("integrations", "0023_told_by_sources")]
    operations = [
        Guard(
            "integrations_sourcesubscription",
            see={SYSTEM: ADMIN} | ALL,
            see_columns={
                SYSTEM: ["id", "source_id", "remote_id", "own_address", "made_at", "expires_at", "noticed_at",
                         "heard_at", "failure"],
            },
            add=ALL,
            change=ALL,
            remove=ALL,
        ),
        migrations.RunSQL(NOTED, BACK),
    ]  # fmt: skip
