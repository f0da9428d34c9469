"""A link that was named or claimed, and a place on the list of a protected pupil, are relations too."""

from django.db import migrations

RELATIONS = """
CREATE OR REPLACE FUNCTION relations_of(p_pupils uuid[]) RETURNS TABLE (pupil uuid, told jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id, jsonb_build_object(
        'name', p.family_name, 'is_protected', p.protection <> 'none',
        'guardians', (SELECT coalesce(jsonb_agg(DISTINCT g.family_name), '[]')
                        FROM public.schools_guardian g WHERE g.pupil_id = p.id),
        'schools', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                            'unit', c.school_id, 'start', e.starts_on, 'end', e.ends_on,
                            'mentors', (SELECT coalesce(jsonb_agg(m.membership_id), '[]')
                                          FROM public.schools_classgroup_mentors m WHERE m.classgroup_id = c.id))), '[]')
                      FROM public.schools_enrolment e JOIN public.schools_classgroup c ON c.id = e.class_group_id
                     WHERE e.pupil_id = p.id),
        'parties', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                            'unit', t.unit_id, 'start', t.started_at, 'end', t.ended_at)), '[]')
                      FROM public.cases_party t JOIN public.cases_case k ON k.id = t.case_id WHERE k.pupil_id = p.id),
        'told_by', (SELECT coalesce(jsonb_agg(DISTINCT n.logged_by_id), '[]')
                      FROM public.attendance_concern n WHERE n.pupil_id = p.id),
        'named', (SELECT coalesce(jsonb_agg(DISTINCT l.membership_id), '[]') FROM (
                      SELECT membership_id FROM public.schools_pupillink WHERE pupil_id = p.id AND ground = 'named'
                      UNION SELECT membership_id FROM public.schools_namedreader
                       WHERE pupil_id = p.id AND confirmed_at IS NOT NULL) l),
        'claims', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                            'member', l.membership_id, 'start', l.started_at, 'end', coalesce(l.ended_at, l.ends_at))), '[]')
                     FROM public.schools_pupillink l WHERE l.pupil_id = p.id AND l.ground = 'claimed'))
      FROM public.schools_pupil p WHERE p.id = ANY (p_pupils)
$$;
"""


class Migration(migrations.Migration):
    """Tells the clock about links."""

    dependencies = [("oversight", "0003_wall"), ("schools", "0012_wall_of_links")]
    operations = [migrations.RunSQL(RELATIONS, migrations.RunSQL.noop)]
