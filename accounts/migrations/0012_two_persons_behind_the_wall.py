"""Behind the wall too: a role counts when confirmed, is given in one's own name, and is confirmed as oneself."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import AUDIT, CITY, GATE, JOBS, SCHOOL, SOCIAL, SYSTEM

MINE = "user_id = (SELECT me())"
MANAGES = "(SELECT my_role()) IN ('principal', 'unit_head', 'system_admin')"
IN_MY_UNITS = "(unit_id = ANY ((SELECT my_units())::uuid[]) OR (SELECT my_role()) = 'system_admin')"
PEOPLE_KEEPERS = (SCHOOL, SOCIAL, SYSTEM)
STAFF = (SCHOOL, SOCIAL, CITY, AUDIT, SYSTEM)
CHANGED = ("title", "valid_to", "renewed_on", "confirmed_by_id", "confirmed_at", "away_from", "away_to", "stand_in_id")

# Nobody enters in a role that a second person has yet to confirm. The entrance is changed as it stands, whichever
# migration wrote it last; that it has changed is checked.
ENTRANCE = """
DO $$
DECLARE
    old CONSTANT text := 'u.closed_on IS NULL';
    written text := pg_get_functiondef('wall_enter(text, text, uuid, bigint, bytea)'::regprocedure);
BEGIN
    IF written NOT LIKE '%' || old || '%' THEN
        RAISE EXCEPTION 'wall_enter does not look for memberships in force as it did';
    END IF;
    EXECUTE replace(
        written, old, old || ' AND (m.confirmed_at IS NOT NULL OR m.role NOT IN (''system_admin'', ''log_auditor''))'
    );
END $$;
"""

# One confirms as oneself, and not as the one who has proposed.
CONFIRM = """
CREATE FUNCTION confirm_as_oneself() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.confirmed_by_id, NEW.confirmed_at) IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at)
       AND public.my_kind() IS NOT NULL AND NEW.confirmed_by_id IS DISTINCT FROM public.me() THEN
        RAISE EXCEPTION 'A role is confirmed in one''s own name' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION confirm_as_oneself() FROM PUBLIC;
CREATE TRIGGER confirm_as_oneself BEFORE UPDATE OF confirmed_by_id, confirmed_at ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION confirm_as_oneself();
"""


class Migration(migrations.Migration):
    """Renews the Guard of memberships for their new columns."""

    dependencies = [("accounts", "0011_roles_that_exclude")]
    operations = [
        migrations.RunSQL(ENTRANCE),
        migrations.RunSQL(CONFIRM),
        Guard(
            "accounts_membership",
            see={**dict.fromkeys((*STAFF, *JOBS), "true"), GATE: MINE},
            add=dict.fromkeys(
                PEOPLE_KEEPERS,
                f"{MANAGES} AND {IN_MY_UNITS} AND user_id <> (SELECT me()) AND invited_by_id = (SELECT me()) "
                "AND confirmed_at IS NULL",
            ),
            change={
                **dict.fromkeys(PEOPLE_KEEPERS, f"{MINE} OR {MANAGES} AND {IN_MY_UNITS}"),
                **dict.fromkeys((CITY, AUDIT), MINE),
            },
            change_columns={
                **{role: [*CHANGED, "chosen_at"] for role in PEOPLE_KEEPERS},
                **{role: ["chosen_at"] for role in (CITY, AUDIT)},
            },
        ),
    ]
