"""Whose mail does not arrive: asked by those who answer for the people, and answered with people and times only.

Why a mail did not arrive, and what it was about, stays with system administrators.
"""

from django.db import migrations

from wall.roles import EVERYBODY, SCHOOL, SOCIAL, WEB, WORKER

FUNCTION = f"""
CREATE FUNCTION dead_mailboxes() RETURNS TABLE (user_id uuid, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT failed.user_id, min(failed.ended_at) FROM public.notifications_mail failed
     WHERE failed.status IN ('refused', 'given_up')
       AND (SELECT public.my_role()) IN ('principal', 'unit_head')
       AND NOT EXISTS (SELECT FROM public.notifications_mail later
                        WHERE later.user_id = failed.user_id AND later.status = 'sent'
                          AND later.ended_at > failed.ended_at)
       AND EXISTS (SELECT FROM public.accounts_membership here
                    WHERE here.user_id = failed.user_id AND here.unit_id = ANY ((SELECT public.my_units())::uuid[]))
     GROUP BY failed.user_id
$$;
REVOKE ALL ON FUNCTION dead_mailboxes() FROM PUBLIC, {", ".join((WEB, WORKER, *EVERYBODY))};
GRANT EXECUTE ON FUNCTION dead_mailboxes() TO {SCHOOL}, {SOCIAL};
"""


class Migration(migrations.Migration):
    """Adds the question."""

    dependencies = [("notifications", "0003_how_the_worker_is")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION dead_mailboxes()")]
