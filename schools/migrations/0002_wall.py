"""Who may see pupils and what the school keeps about them. Social services have no right to any of it here."""

from django.db import migrations

from wall.policies import PROTECTED, Guard, Open
from wall.roles import CITY, EVERYBODY, IMPORT, SCHOOL

# In SQL what Pupil.objects.visible_to says: the filter is for speed, this is for safety.
WHO_IS_WHOSE = f"""
CREATE INDEX pupils_of_a_class_now ON schools_enrolment (class_group_id, pupil_id) WHERE ends_on IS NULL;
CREATE INDEX pupils_with_protection ON schools_pupil (id) WHERE protection <> 'none';

CREATE FUNCTION my_pupils() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    role text := my_role();
    unit uuid := my_unit();
BEGIN
    IF role IN ('student_health', 'principal', 'school_admin') THEN
        RETURN QUERY SELECT e.pupil_id FROM schools_classgroup g JOIN schools_enrolment e ON e.class_group_id = g.id
                      WHERE g.school_id = unit AND e.ends_on IS NULL;
    ELSIF role = 'mentor' THEN
        RETURN QUERY SELECT e.pupil_id FROM schools_classgroup_mentors m
                       JOIN schools_enrolment e ON e.class_group_id = m.classgroup_id
                      WHERE m.membership_id = my_membership() AND e.ends_on IS NULL;
    END IF;
END $$;

CREATE FUNCTION hidden_from_me() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(id), '{{}}') FROM public.schools_pupil WHERE protection <> 'none'
$$;

REVOKE ALL ON FUNCTION my_pupils(), hidden_from_me() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_pupils(), hidden_from_me() TO {", ".join(EVERYBODY)};
"""

MY_CLASS = "school_id = ANY ((SELECT my_units())::uuid[])"
KEEPS = "(SELECT my_role()) IN ('principal', 'school_admin')"
MY_PUPIL = "pupil_id IN (SELECT my_pupils())"


def about_a_pupil(table: str) -> Guard:
    """Guard what the school knows about who a pupil is."""
    return Guard(
        table,
        see={SCHOOL: MY_PUPIL, IMPORT: "true"},
        add={SCHOOL: KEEPS},
        never=PROTECTED.format(pupil="pupil_id"),
        spared=[IMPORT],
    )


class Migration(migrations.Migration):
    """Puts the register of pupils behind the wall."""

    dependencies = [("schools", "0001_initial"), ("accounts", "0006_wall")]
    operations = [
        migrations.RunSQL(WHO_IS_WHOSE),
        *(
            Open(table)
            for table in (
                "schools_provider",
                "schools_school",
                "schools_schoolyear",
                "schools_term",
                "schools_breakday",
            )
        ),
        Guard(
            "schools_classgroup",
            see={SCHOOL: MY_CLASS, CITY: "true", IMPORT: "true"},
            add={SCHOOL: f"{KEEPS} AND {MY_CLASS}"},
        ),
        Guard(
            "schools_classgroup_mentors",
            see={SCHOOL: "classgroup_id IN (SELECT id FROM schools_classgroup)", IMPORT: "true"},
            add={SCHOOL: f"{KEEPS} AND classgroup_id IN (SELECT id FROM schools_classgroup)"},
            remove={SCHOOL: f"{KEEPS} AND classgroup_id IN (SELECT id FROM schools_classgroup)"},
        ),
        Guard(
            "schools_pupil",
            see={SCHOOL: "id IN (SELECT my_pupils())", IMPORT: "true"},
            add={SCHOOL: KEEPS},
            never=PROTECTED.format(pupil="id"),
            spared=[IMPORT],
        ),
        *(
            about_a_pupil(table)
            for table in ("schools_pupilidentifier", "schools_residence", "schools_guardian", "schools_enrolment")
        ),
    ]
