"""What reaches beyond what the person doing it may see: each a function with one narrow purpose.

Each asks who calls. The owner's own commands, with nobody's identity on, pass.
"""

from django.db import migrations

from wall.roles import EVERYBODY, SCHOOL, SYSTEM

# A claim looks among pupils the claimant cannot see, and gives nothing back: one statement, whatever there is.
CLAIM = """
CREATE FUNCTION is_the_owner_alone() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT session_user = current_user AND my_kind() IS NULL
$$;

CREATE FUNCTION claim_pupil_link(
    claim uuid, wanted_kind text, wanted text, claimant uuid, why text, in_words text, claimed_at timestamptz
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
INSERT INTO schools_pupillink (id, pupil_id, membership_id, ground, reason, words, started_at, ends_at)
SELECT claim, pupil.id, member.id, 'claimed', why, in_words, claimed_at, claimed_at + interval '24 hours'
  FROM accounts_membership member
  JOIN schools_pupilidentifier known ON known.kind = wanted_kind AND known.value = wanted AND known.valid_to IS NULL
  JOIN schools_pupil pupil ON pupil.id = known.pupil_id AND pupil.protection = 'none'
 WHERE member.id = claimant
   AND (claimant = my_membership() OR is_the_owner_alone())
   AND member.role = 'mentor'  -- student health and the principal see every pupil of the school without a claim
   AND EXISTS (SELECT FROM schools_enrolment enrolment
                 JOIN schools_classgroup class_group ON class_group.id = enrolment.class_group_id
                WHERE enrolment.pupil_id = pupil.id AND enrolment.ends_on IS NULL
                  AND class_group.school_id = member.unit_id)
   AND NOT EXISTS (SELECT FROM schools_enrolment enrolment
                     JOIN schools_classgroup_mentors mentor ON mentor.classgroup_id = enrolment.class_group_id
                    WHERE enrolment.pupil_id = pupil.id AND enrolment.ends_on IS NULL
                      AND mentor.membership_id = member.id)
   AND NOT EXISTS (SELECT FROM schools_pupillink link
                    WHERE link.pupil_id = pupil.id AND link.membership_id = member.id
                      AND link.started_at <= claimed_at AND link.ends_at > claimed_at AND link.ended_at IS NULL)
$$;
"""

# Whoever writes that a pupil is protected does not see the pupil afterwards, so cannot write it with rights of one's own.
PROTECT = """
CREATE FUNCTION protected_pupils() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(id), '{}') FROM public.schools_pupil WHERE protection <> 'none'
$$;

CREATE FUNCTION set_pupil_protection(wanted uuid, kind text, aliases text[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
UPDATE schools_pupil
   SET protection = kind,
       alias = CASE WHEN alias <> '' THEN alias ELSE
               (SELECT code FROM unnest(aliases) AS code
                 WHERE NOT EXISTS (SELECT FROM schools_pupil taken WHERE taken.alias = code) LIMIT 1) END
 WHERE id = wanted AND kind <> 'none' AND protection = 'none'
   AND (my_role() = 'principal' AND wanted IN (SELECT my_pupils()) OR is_the_owner_alone())
$$;

CREATE FUNCTION end_named_readers_of(controller text, ender uuid, ended timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
UPDATE schools_namedreader named
   SET ended_at = ended, ended_by_id = ender
  FROM accounts_membership member JOIN accounts_unit unit ON unit.id = member.unit_id
 WHERE member.id = named.membership_id AND unit.authority = controller AND named.ended_at IS NULL
   AND (my_role() = 'system_admin' AND ender = my_membership() OR is_the_owner_alone())
   AND NOT (SELECT policy.inside FROM schools_protectionpolicy policy
             WHERE policy.authority = controller AND policy.confirmed_at IS NOT NULL
             ORDER BY policy.confirmed_at DESC, policy.id DESC LIMIT 1)
$$;
"""

CLAIM_TAKES = "claim_pupil_link(uuid, text, text, uuid, text, text, timestamptz)"
PROTECT_TAKES = "set_pupil_protection(uuid, text, text[])"
END_TAKES = "end_named_readers_of(text, uuid, timestamptz)"

RIGHTS = f"""
REVOKE ALL ON FUNCTION is_the_owner_alone(), protected_pupils(), {CLAIM_TAKES}, {PROTECT_TAKES}, {END_TAKES} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {CLAIM_TAKES}, {PROTECT_TAKES} TO {SCHOOL};
GRANT EXECUTE ON FUNCTION {END_TAKES} TO {SYSTEM};
GRANT EXECUTE ON FUNCTION protected_pupils() TO {", ".join(EVERYBODY)};
"""


class Migration(migrations.Migration):
    """Adds the functions."""

    dependencies = [("schools", "0010_links_and_protection")]
    operations = [
        migrations.RunSQL(CLAIM, f"DROP FUNCTION {CLAIM_TAKES}, is_the_owner_alone()"),
        migrations.RunSQL(PROTECT, f"DROP FUNCTION {PROTECT_TAKES}, {END_TAKES}, protected_pupils()"),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
