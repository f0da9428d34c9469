"""Who reads a case is one comparison, that an index answers: the keys a case is opened by, and the keys one has.

Three things are said in other words and mean what they meant.

A case carries the keys it opens for, in a column that the database itself computes: the unit of its school, the units
that take part, and for each area it was lifted to a key of its own. A restrictive policy comes first and says the same
as the permissive ones: PostgreSQL uses an index for a condition that is not leakproof only when no other policy stands
before it, and it takes restrictive policies first, in the order of their names: `at_my_units_...` has to sort first.

"The case is mine to see" is a value and not EXISTS: PostgreSQL plans each EXISTS twice, and those inside it twice again.

"It is my unit's" is `= ANY (ARRAY[...])` and not `=`: an equation with a constant makes PostgreSQL try joins in every
order, which took 20 ms of planning for what a school has shared.
"""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Reword
from wall.roles import CITY, SCHOOL, SOCIAL

AT_SCHOOL = "opened_by_keys && (SELECT my_case_keys_at_school())"
AT_SOCIAL = "opened_by_keys && (SELECT my_case_keys_at_social())"
KEYS = f"""
CREATE FUNCTION lift_key(p_unit uuid) RETURNS uuid LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT md5('lifted to ' || p_unit::text)::uuid
$$;

CREATE FUNCTION case_keys(p_school uuid, p_parties uuid[], p_lifted_to uuid[]) RETURNS uuid[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT p_school || p_parties || ARRAY(SELECT public.lift_key(unit) FROM unnest(p_lifted_to) unit)
$$;

CREATE FUNCTION my_case_keys_at_school() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN public.my_role() IN ('student_health', 'principal') THEN public.my_units()
                WHEN public.my_role() = 'unit_head' THEN ARRAY[public.lift_key(public.my_unit())]
                ELSE '{{}}' END
$$;

CREATE FUNCTION my_case_keys_at_social() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN public.my_role() IN ('team_worker', 'intake_worker', 'unit_head') THEN public.my_units()
                ELSE '{{}}' END
$$;
REVOKE ALL ON FUNCTION lift_key(uuid), case_keys(uuid, uuid[], uuid[]), my_case_keys_at_school(), my_case_keys_at_social()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lift_key(uuid), case_keys(uuid, uuid[], uuid[]) TO {SCHOOL}, {SOCIAL}, {CITY};
GRANT EXECUTE ON FUNCTION my_case_keys_at_school() TO {SCHOOL};
GRANT EXECUTE ON FUNCTION my_case_keys_at_social() TO {SOCIAL};

ALTER TABLE cases_case ADD COLUMN opened_by_keys uuid[]
    GENERATED ALWAYS AS (case_keys(school_unit_id, party_units, lifted_to)) STORED;
DROP INDEX case_party_units;
CREATE INDEX case_opened_by_keys ON cases_case USING gin (opened_by_keys);
CREATE POLICY at_my_units_school ON cases_case AS RESTRICTIVE FOR SELECT TO {SCHOOL} USING ({AT_SCHOOL});
CREATE POLICY at_my_units_social ON cases_case AS RESTRICTIVE FOR SELECT TO {SOCIAL} USING ({AT_SOCIAL});
"""

MY_UNITS = "(SELECT my_units())::uuid[]"
MY_UNIT = "ARRAY[(SELECT my_unit())]"
TO_MY_UNIT = f"to_unit_id = ANY ({MY_UNITS})"
IN_CASE = "(SELECT true FROM cases_case c WHERE c.id = case_id)"
OF_OBLIGATION = "(SELECT true FROM cases_obligation o WHERE o.id = obligation_id)"
OF_REFERRAL = "(SELECT true FROM cases_referral r WHERE r.id = referral_id)"
OF_MY_REFERRAL = f"(SELECT r.{TO_MY_UNIT} FROM cases_referral r WHERE r.id = referral_id)"
SENT_ON_TO_ME = f"EXISTS (SELECT FROM cases_referral r WHERE r.parent_id = referral_id AND r.{TO_MY_UNIT})"
GIVEN_BY_ME = f"(SELECT my_role()) IN ('student_health', 'principal') AND from_unit_id = ANY ({MY_UNIT})"
OWN_NOTE = f"unit_id = ANY ({MY_UNIT}) AND {IN_CASE}"


def all_three(condition: str) -> dict[str, str]:
    """Say the same of both authorities and of those who oversee dates and units."""
    return dict.fromkeys((SCHOOL, SOCIAL, CITY), condition)


class Migration(migrations.Migration):
    """Gives cases their keys, and says who sees what in a case in words that cost less to ask."""

    dependencies = [("cases", "0013_history"), ("schools", "0014_hidden_is_asked_quickly")]
    operations = [
        migrations.RunSQL(KEYS),
        KeepHistory("cases_case", without=["lock_mark", "party_units", "lifted_to", "opened_by_keys"]),
        Reword("cases_case", see={SCHOOL: AT_SCHOOL, SOCIAL: AT_SOCIAL}, change={SCHOOL: AT_SCHOOL, SOCIAL: AT_SOCIAL}),
        Reword("cases_party", see=all_three(IN_CASE)),
        Reword("cases_referral", see=all_three(IN_CASE)),
        Reword(
            "cases_decision",
            see={SCHOOL: OF_REFERRAL, SOCIAL: f"{OF_MY_REFERRAL} OR {SENT_ON_TO_ME}", CITY: OF_REFERRAL},
        ),
        Reword("cases_question", see={SCHOOL: OF_REFERRAL, SOCIAL: OF_MY_REFERRAL}),
        Reword("cases_consent", see={SCHOOL: IN_CASE, SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}"}),
        Reword(
            "cases_disclosure",
            see={SCHOOL: f"{GIVEN_BY_ME} AND {IN_CASE}", SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}"},
        ),
        Reword("cases_feedback", see={SCHOOL: IN_CASE, SOCIAL: OF_MY_REFERRAL}),
        Reword("cases_schoolnote", see={SCHOOL: OWN_NOTE}),
        Reword("cases_socialnote", see={SOCIAL: OWN_NOTE}),
        Reword("cases_obligation", see=all_three(IN_CASE)),
        Reword("cases_holderinterval", see=all_three(OF_OBLIGATION)),
        Reword("cases_hold", see=all_three(OF_OBLIGATION)),
        Reword(
            "cases_event",
            see={
                SCHOOL: IN_CASE,
                SOCIAL: f"{IN_CASE} AND (referral_id IS NULL OR unit_id = ANY ({MY_UNIT}) OR {OF_MY_REFERRAL})",
                CITY: IN_CASE,
            },
        ),
    ]
