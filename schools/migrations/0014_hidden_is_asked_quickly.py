"""Which pupils are hidden from who asks: the same answer, from a function whose plan the connection keeps."""

from django.db import migrations

KEPT_PLAN = """
CREATE OR REPLACE FUNCTION hidden_from_me() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    member CONSTANT uuid := public.my_membership();
BEGIN
    RETURN (SELECT coalesce(array_agg(p.id), '{}') FROM public.schools_pupil p
             WHERE p.protection <> 'none'
               AND p.id NOT IN (SELECT n.pupil_id FROM public.schools_namedreader n
                                 WHERE n.membership_id = member AND n.confirmed_at IS NOT NULL AND n.ended_at IS NULL));
END $$;
"""

AS_BEFORE = """
CREATE OR REPLACE FUNCTION hidden_from_me() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(p.id), '{}') FROM public.schools_pupil p
     WHERE p.protection <> 'none'
       AND p.id NOT IN (SELECT n.pupil_id FROM public.schools_namedreader n
                         WHERE n.membership_id = (SELECT my_membership())
                           AND n.confirmed_at IS NOT NULL AND n.ended_at IS NULL)
$$;
"""


class Migration(migrations.Migration):
    """Writes hidden_from_me anew; a protected pupil is hidden from the same readers."""

    dependencies = [("schools", "0013_history"), ("accounts", "0024_identity_is_checked_quickly")]
    operations = [migrations.RunSQL(KEPT_PLAN, AS_BEFORE)]
