"""Links and named readers in the wall: whose pupils are whose, from whom a protected pupil is hidden, and their tables."""

from django.db import migrations

from wall.policies import PROTECTED, Guard
from wall.roles import AUDIT, SCHOOL, SYSTEM

# In SQL what Pupil.objects.visible_to and named_to say. A link ends to the second: the time of the statement decides.
WHO_IS_WHOSE = """
CREATE OR REPLACE FUNCTION my_pupils() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    role text := my_role();
    unit uuid := my_unit();
    member uuid := my_membership();
BEGIN
    IF role IN ('student_health', 'principal', 'school_admin') THEN
        RETURN QUERY SELECT e.pupil_id FROM schools_classgroup g JOIN schools_enrolment e ON e.class_group_id = g.id
                      WHERE g.school_id = unit AND e.ends_on IS NULL;
    ELSIF role = 'mentor' THEN
        RETURN QUERY SELECT e.pupil_id FROM schools_classgroup_mentors m
                       JOIN schools_enrolment e ON e.class_group_id = m.classgroup_id
                      WHERE m.membership_id = member AND e.ends_on IS NULL;
        RETURN QUERY SELECT l.pupil_id FROM schools_pupillink l
                       JOIN schools_enrolment e ON e.pupil_id = l.pupil_id AND e.ends_on IS NULL
                       JOIN schools_classgroup g ON g.id = e.class_group_id AND g.school_id = unit
                      WHERE l.membership_id = member AND l.started_at <= statement_timestamp() AND l.ends_at > statement_timestamp()
                        AND l.ended_at IS NULL;
        RETURN QUERY SELECT n.pupil_id FROM schools_namedreader n
                       JOIN schools_enrolment e ON e.pupil_id = n.pupil_id AND e.ends_on IS NULL
                       JOIN schools_classgroup g ON g.id = e.class_group_id AND g.school_id = unit
                      WHERE n.membership_id = member AND n.confirmed_at IS NOT NULL AND n.ended_at IS NULL;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION hidden_from_me() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(p.id), '{}') FROM public.schools_pupil p
     WHERE p.protection <> 'none'
       AND p.id NOT IN (SELECT n.pupil_id FROM public.schools_namedreader n
                         WHERE n.membership_id = (SELECT my_membership())
                           AND n.confirmed_at IS NOT NULL AND n.ended_at IS NULL)
$$;
"""

ME = "(SELECT my_membership())"
MY_COLLEAGUE = "membership_id IN (SELECT id FROM accounts_membership WHERE unit_id = (SELECT my_unit()))"
BELOW_ME = "membership_id IN (SELECT id FROM accounts_membership WHERE unit_id = ANY ((SELECT my_units())::uuid[]))"
IS_PRINCIPAL = "(SELECT my_role()) = 'principal'"
OWN_OR_PRINCIPALS = f"membership_id = {ME} OR {IS_PRINCIPAL} AND {MY_COLLEAGUE}"
MY_AUTHORITY = "authority = (SELECT my_authority())"

ON_THE_LIST = "pupil_id IN (SELECT my_pupils()) AND NOT (pupil_id = ANY ((SELECT hidden_from_me())::uuid[]))"
MINE_TO_CONFIRM = (
    f"(SELECT my_role()) IN ('principal', 'unit_head') AND confirmed_at IS NULL AND ended_at IS NULL AND {BELOW_ME}"
)
READERS = f"{ON_THE_LIST} OR {MINE_TO_CONFIRM} OR granted_by_id = {ME} OR confirmed_by_id = {ME} OR ended_by_id = {ME}"


class Migration(migrations.Migration):
    """Puts links, alerts, decisions and named readers behind the wall."""

    dependencies = [("schools", "0011_claim_and_protect")]
    operations = [
        migrations.RunSQL(WHO_IS_WHOSE, migrations.RunSQL.noop),
        Guard(
            "schools_pupillink",
            # The auditor reads why, never about whom.
            see={SCHOOL: OWN_OR_PRINCIPALS, AUDIT: "id IN (SELECT id FROM schools_linkclaimalert)"},
            see_columns={
                AUDIT: ["id", "membership_id", "ground", "reason", "words", "started_at", "ends_at", "ended_at"]
            },
            add={
                SCHOOL: f"{IS_PRINCIPAL} AND ground = 'named' AND {MY_COLLEAGUE} AND pupil_id IN (SELECT my_pupils())"
            },
            change={SCHOOL: OWN_OR_PRINCIPALS},
            change_columns={SCHOOL: ["ended_at"]},
            never=PROTECTED.format(pupil="pupil_id"),
        ),
        Guard(
            "schools_linkclaimalert",
            see={AUDIT: MY_AUTHORITY},
            add={SCHOOL: MY_AUTHORITY},
            change={AUDIT: MY_AUTHORITY},
            change_columns={AUDIT: ["seen_at", "seen_by_id"]},
        ),
        Guard(
            "schools_protectionpolicy",
            see={SCHOOL: MY_AUTHORITY, SYSTEM: "true"},
            add={SYSTEM: f"decided_by_id = {ME} AND confirmed_at IS NULL"},
            change={SYSTEM: "confirmed_at IS NULL"},
            check={SYSTEM: f"confirmed_by_id = {ME}"},
            change_columns={SYSTEM: ["confirmed_by_id", "confirmed_at"]},
        ),
        Guard(
            "schools_namedreader",
            see={SCHOOL: READERS},
            add={
                SCHOOL: f"{IS_PRINCIPAL} AND granted_by_id = {ME} AND confirmed_at IS NULL AND {MY_COLLEAGUE} "
                f"AND {ON_THE_LIST}"
            },
            change={SCHOOL: f"{ON_THE_LIST} OR {MINE_TO_CONFIRM}"},
            check={SCHOOL: f"confirmed_by_id = {ME} OR ended_by_id = {ME}"},
            change_columns={SCHOOL: ["confirmed_by_id", "confirmed_at", "ended_by_id", "ended_at"]},
            # Not the usual rule: the second person, from whom the pupil is hidden, has to see the row to confirm it.
            never=READERS,
        ),
    ]
