"""An enrolment now in a class of one's own is seen for its class; one's pupils are gathered only for the rest.

Whoever is in such a class is one of `my_pupils()` by its own definition, so that no row is seen that was not. A list
asks for enrolments in each of its statements, and gathered a whole school's pupils each time.
"""

from django.db import migrations

from wall.policies import Reword
from wall.roles import EVERYBODY, SCHOOL

# The classes that `my_pupils()` looks in: of the whole school, or those one is mentor of.
MY_CLASSES = f"""
CREATE FUNCTION my_classes() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    role CONSTANT text := public.my_role();
    unit CONSTANT uuid := public.my_unit();
    member uuid;
BEGIN
    IF role IN ('student_health', 'principal', 'school_admin') THEN
        RETURN ARRAY(SELECT g.id FROM public.schools_classgroup g WHERE g.school_id = unit);
    ELSIF role = 'mentor' THEN
        member := public.my_membership();
        RETURN ARRAY(SELECT m.classgroup_id FROM public.schools_classgroup_mentors m WHERE m.membership_id = member);
    END IF;
    RETURN '{{}}';
END $$;
REVOKE ALL ON FUNCTION my_classes() FROM PUBLIC, {", ".join(EVERYBODY)};
GRANT EXECUTE ON FUNCTION my_classes() TO {SCHOOL};
"""

SEEN = "ends_on IS NULL AND class_group_id = ANY ((SELECT my_classes())::uuid[]) OR pupil_id IN (SELECT my_pupils())"


class Migration(migrations.Migration):
    """Says who sees an enrolment in other words; protected pupils stay hidden by the policy on top."""

    dependencies = [("schools", "0014_hidden_is_asked_quickly")]
    operations = [
        migrations.RunSQL(MY_CLASSES),
        Reword("schools_enrolment", see={SCHOOL: SEEN}),
    ]
