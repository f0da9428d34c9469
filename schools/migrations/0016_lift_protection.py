"""Protection that was entered by mistake, or has ended, is lifted: by a principal at a page, and by nothing else."""

from django.db import migrations

from wall.roles import SCHOOL

# Whoever lifts does not see the pupil before, and so cannot write it with rights of one's own. One pupil at a time, by
# a whole number or by the code that was printed, enrolled at the principal's own school. The code and the kind are kept
# by the history of the row, dated and with who it was; the list of readers ends and stands.
LIFT = """
CREATE FUNCTION lift_pupil_protection(wanted_kind text, wanted text, lifter uuid, lifted timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found uuid;
BEGIN
    IF NOT (my_role() = 'principal' AND lifter = my_membership() OR is_the_owner_alone()) THEN
        RETURN NULL;
    END IF;
    SELECT pupil.id INTO found
      FROM schools_pupil pupil
     WHERE pupil.protection <> 'none'
       AND (wanted_kind = 'alias' AND pupil.alias = wanted
            OR EXISTS (SELECT FROM schools_pupilidentifier known
                        WHERE known.pupil_id = pupil.id AND known.kind = wanted_kind AND known.value = wanted
                          AND known.valid_to IS NULL))
       AND EXISTS (SELECT FROM schools_enrolment enrolment
                     JOIN schools_classgroup class_group ON class_group.id = enrolment.class_group_id
                     JOIN accounts_membership member ON member.unit_id = class_group.school_id
                    WHERE enrolment.pupil_id = pupil.id AND enrolment.ends_on IS NULL
                      AND member.id = lifter AND member.role = 'principal')
       FOR UPDATE OF pupil;
    UPDATE schools_namedreader SET ended_at = lifted, ended_by_id = lifter WHERE pupil_id = found AND ended_at IS NULL;
    UPDATE schools_pupil SET protection = 'none', alias = '' WHERE id = found;
    RETURN found;
END $$;
"""

# As before (0011), and it tells the code: whoever hides a pupil notes it on paper, and can show the pupil again with it.
PROTECT = """
DROP FUNCTION set_pupil_protection(uuid, text, text[]);
CREATE FUNCTION set_pupil_protection(wanted uuid, kind text, aliases text[])
RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
UPDATE schools_pupil
   SET protection = kind,
       alias = CASE WHEN alias <> '' THEN alias ELSE
               (SELECT code FROM unnest(aliases) AS code
                 WHERE NOT EXISTS (SELECT FROM schools_pupil taken WHERE taken.alias = code) LIMIT 1) END
 WHERE id = wanted AND kind <> 'none' AND protection = 'none'
   AND (my_role() = 'principal' AND wanted IN (SELECT my_pupils()) OR is_the_owner_alone())
RETURNING alias
$$;
"""
PROTECT_TAKES = "set_pupil_protection(uuid, text, text[])"
TAKES = "lift_pupil_protection(text, text, uuid, timestamptz)"
RIGHTS = f"""
REVOKE ALL ON FUNCTION {TAKES}, {PROTECT_TAKES} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {TAKES}, {PROTECT_TAKES} TO {SCHOOL};
"""


class Migration(migrations.Migration):
    """Adds the function, and lets the one that hides tell the code."""

    dependencies = [("schools", "0015_own_classes_come_first")]
    operations = [
        migrations.RunSQL(LIFT, f"DROP FUNCTION {TAKES}"),
        migrations.RunSQL(PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
