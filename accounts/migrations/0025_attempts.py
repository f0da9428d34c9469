"""Failed tries to sign in are written at the gate in the log of each authority that the person works for."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import AUDIT, EVERYBODY, GATE, JOBS, SIDES

# The gate sees nobody's roles; it learns in whose logs a row belongs, and no more. Also of somebody whose roles have
# ended: that they try is worth knowing.
AUTHORITIES = f"""
CREATE FUNCTION authorities_of(p_user uuid) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT u.authority::text FROM public.accounts_membership m JOIN public.accounts_unit u ON u.id = m.unit_id
     WHERE m.user_id = p_user
$$;
REVOKE ALL ON FUNCTION authorities_of(uuid) FROM PUBLIC, {", ".join(EVERYBODY)};
GRANT EXECUTE ON FUNCTION authorities_of(uuid) TO {GATE};
"""

# As in audit/0012, and what is new: what somebody tried who is not in.
AS_A_MEMBER = (
    "user_id = (SELECT me()) AND EXISTS (SELECT FROM accounts_membership m JOIN accounts_unit u ON u.id = m.unit_id "
    "WHERE m.id = membership_id AND m.user_id = (SELECT me()) AND u.id = audit_auditevent.unit_id "
    "AND u.authority = audit_auditevent.authority)"
)
AS_NOBODY = "membership_id IS NULL AND unit_id IS NULL"
AS_MYSELF = f"({AS_A_MEMBER} OR user_id IS NOT DISTINCT FROM (SELECT me()) AND {AS_NOBODY} AND authority = 'city')"
TRIED = (
    "CASE WHEN authority = 'city' THEN true "
    "WHEN action IN ('signed_in', 'signed_out', 'sign_in_failed', 'confirmed', 'confirming_failed') "
    "AND target_type = 'accounts.user' THEN authority IN (SELECT authorities_of(target_id::uuid)) ELSE false END"
)
AT_THE_GATE = f"({AS_MYSELF} OR user_id IS NULL AND (SELECT my_kind()) = 'gate' AND {AS_NOBODY} AND {TRIED})"


class Migration(migrations.Migration):
    """Lets the gate write in the logs of those it is about."""

    dependencies = [("accounts", "0024_identity_is_checked_quickly"), ("audit", "0016_watched_events")]
    operations = [
        migrations.RunSQL(AUTHORITIES, "DROP FUNCTION authorities_of(uuid)"),
        Guard(
            "audit_auditevent",
            see={AUDIT: "authority = (SELECT my_authority())"},
            add={
                **dict.fromkeys(SIDES, AS_MYSELF),
                GATE: AT_THE_GATE,
                **dict.fromkeys(JOBS, "true"),
            },
        ),
    ]
