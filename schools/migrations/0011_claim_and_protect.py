"""The two things that reach beyond what the person doing them may see, each a function with one narrow purpose."""

from django.conf import settings
from django.db import migrations

# A claim looks among pupils the claimant cannot see, and gives nothing back: one statement, whatever there is.
CLAIM = """
CREATE FUNCTION claim_pupil_link(
    claim uuid, wanted_kind text, wanted text, claimant uuid, why text, in_words text, claimed_at timestamptz
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
INSERT INTO schools_pupillink (id, pupil_id, membership_id, ground, reason, words, started_at, ends_at)
SELECT claim, pupil.id, member.id, 'claimed', why, in_words, claimed_at, claimed_at + interval '24 hours'
  FROM accounts_membership member
  JOIN schools_pupilidentifier known ON known.kind = wanted_kind AND known.value = wanted AND known.valid_to IS NULL
  JOIN schools_pupil pupil ON pupil.id = known.pupil_id AND pupil.protection = 'none'
 WHERE member.id = claimant
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

# Whoever writes that a pupil is protected does not see the pupil afterwards, so cannot write it with rights of its own.
PROTECT = """
CREATE FUNCTION set_pupil_protection(wanted uuid, kind text, aliases text[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
UPDATE schools_pupil
   SET protection = kind,
       alias = CASE WHEN alias <> '' THEN alias ELSE
               (SELECT code FROM unnest(aliases) AS code
                 WHERE NOT EXISTS (SELECT FROM schools_pupil taken WHERE taken.alias = code) LIMIT 1) END
 WHERE id = wanted AND kind <> 'none'
$$;
"""

CLAIM_TAKES = "claim_pupil_link(uuid, text, text, uuid, text, text, timestamptz)"
PROTECT_TAKES = "set_pupil_protection(uuid, text, text[])"


def give_rights(apps, schema_editor):
    """Let the web role call both, and nobody else."""
    for function in (CLAIM_TAKES, PROTECT_TAKES):
        schema_editor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        schema_editor.execute(f'GRANT EXECUTE ON FUNCTION {function} TO "{settings.WEB_ROLE}"')


class Migration(migrations.Migration):
    """Adds the functions."""

    dependencies = [("schools", "0010_links_and_protection"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(CLAIM, f"DROP FUNCTION {CLAIM_TAKES}"),
        migrations.RunSQL(PROTECT, f"DROP FUNCTION {PROTECT_TAKES}"),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
