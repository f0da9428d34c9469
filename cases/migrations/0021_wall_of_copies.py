"""A copy that was stopped before it was read is read by nobody; a consent is taken back by the school that noted it."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import SCHOOL, SOCIAL

MY_UNITS = "(SELECT my_units())::uuid[]"
MY_UNIT = "ARRAY[(SELECT my_unit())]"
TO_MY_UNIT = f"to_unit_id = ANY ({MY_UNITS})"
IN_CASE = "(SELECT true FROM cases_case c WHERE c.id = case_id)"
GIVEN_BY_ME = f"(SELECT my_role()) IN ('student_health', 'principal') AND from_unit_id = ANY ({MY_UNIT}) AND {IN_CASE}"
HANDED_OVER = f"{IN_CASE} AND {TO_MY_UNIT} AND (stopped_at IS NULL OR read_at IS NOT NULL)"
ADDS = f"disclosed_by_id = (SELECT my_membership()) AND {IN_CASE}"

# How soon a unit answers is no secret; whose requests they were is. Under five answers nothing is told.
HOW_SERVICES_ANSWER = f"""
CREATE FUNCTION how_services_answer(p_services uuid[]) RETURNS TABLE (service uuid, days int, at_work int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.id,
           (SELECT CASE WHEN count(*) >= 5 THEN round(avg((d.decided_at AT TIME ZONE 'Europe/Stockholm')::date
                                                        - (r.sent_at AT TIME ZONE 'Europe/Stockholm')::date))::int END
              FROM cases_decision d JOIN cases_referral r ON r.id = d.referral_id
             WHERE r.to_unit_id = s.office_id AND d.decided_at > now() - interval '1 year'),
           (SELECT count(*)::int FROM cases_referral r WHERE r.service_id = s.id AND r.status IN ('accepted', 'active'))
      FROM socialservices_service s WHERE s.id = ANY (p_services)
$$;
REVOKE ALL ON FUNCTION how_services_answer(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION how_services_answer(uuid[]) TO {SCHOOL};
"""


class Migration(migrations.Migration):
    """Writes the guards of consents and disclosures anew, with the columns that are new."""

    dependencies = [("cases", "0020_consents_and_copies")]
    operations = [
        migrations.RunSQL(HOW_SERVICES_ANSWER, "DROP FUNCTION how_services_answer(uuid[])"),
        Guard(
            "cases_consent",
            see={SCHOOL: IN_CASE, SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}"},
            add={SCHOOL: f"noted_by_id = (SELECT my_membership()) AND {IN_CASE}"},
            change={SCHOOL: IN_CASE},
            change_columns={SCHOOL: ["withdrawn_at", "withdrawn_by_id"]},
        ),
        Guard(
            "cases_disclosure",
            see={SCHOOL: GIVEN_BY_ME, SOCIAL: HANDED_OVER},
            add={SCHOOL: ADDS, SOCIAL: ADDS},
            change={SCHOOL: GIVEN_BY_ME, SOCIAL: HANDED_OVER},
            change_columns={SCHOOL: ["stopped_at"], SOCIAL: ["read_at", "read_by_id"]},
        ),
        KeepHistory("cases_consent"),
        KeepHistory("cases_disclosure"),
    ]
