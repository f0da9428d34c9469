"""Auditors look after the log of their own authority; principals see who has read about their pupils."""

from django.db import migrations

from wall.policies import Guard, GuardMore
from wall.roles import AUDIT, CLOCK, EVERYBODY, SCHOOL

# The rules need to know who pupil and reader are to each other. The clock asks for that alone, and for a few pupils at
# a time; it has no right to the registers themselves.
RELATIONS = """
CREATE FUNCTION relations_of(p_pupils uuid[]) RETURNS TABLE (pupil uuid, told jsonb)
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
                      FROM public.attendance_concern n WHERE n.pupil_id = p.id))
      FROM public.schools_pupil p WHERE p.id = ANY (p_pupils)
$$;

-- An auditor sees no register: only whether the own log knows somebody with this number. Protected pupils are not found.
CREATE FUNCTION pupil_in_my_log(p_kind text, p_value text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.pupil_id FROM public.schools_pupilidentifier i
     WHERE i.kind = p_kind AND i.value = p_value AND i.valid_to IS NULL AND public.my_role() = 'log_auditor'
       AND NOT i.pupil_id = ANY (public.hidden_from_me())
       AND EXISTS (SELECT FROM public.audit_accessrecord r
                    WHERE r.pupils @> ARRAY[i.pupil_id] AND r.authority = public.my_authority())
     LIMIT 1
$$;
"""
RIGHTS = f"""
REVOKE ALL ON FUNCTION relations_of(uuid[]), pupil_in_my_log(text, text) FROM PUBLIC, {", ".join(EVERYBODY)};
GRANT EXECUTE ON FUNCTION relations_of(uuid[]) TO {CLOCK};
GRANT EXECUTE ON FUNCTION pupil_in_my_log(text, text) TO {AUDIT};
"""
NO_FUNCTIONS = "DROP FUNCTION relations_of(uuid[]); DROP FUNCTION pupil_in_my_log(text, text);"

MINE = "authority = (SELECT my_authority())"
PRINCIPAL = f"(SELECT my_role()) = 'principal' AND {MINE}"
SIGNED = "decided_by_id = (SELECT my_membership()) AND decider = (SELECT me()) AND drafter <> (SELECT me())"
REVIEWED_BY_ME = "reviewed_by_id = (SELECT my_membership()) AND reviewer = (SELECT me())"
WHO_HAD_READ = "reader IS NOT DISTINCT FROM (SELECT r.user_id FROM audit_accessrecord r WHERE r.id = record_id)"
DECISION = ["decision", "decided_at", "decided_by_id", "decider"]


class Migration(migrations.Migration):
    """Puts the pages about the log behind the wall."""

    dependencies = [
        ("oversight", "0002_judgements_are_only_added"),
        ("audit", "0012_wall"),
        ("cases", "0004_wall"),
    ]
    operations = [
        migrations.RunSQL(RELATIONS, NO_FUNCTIONS),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        GuardMore("audit_accessrecord", see={SCHOOL: f"{PRINCIPAL} AND pupils && (SELECT ARRAY(SELECT my_pupils()))"}),
        Guard("oversight_sample", see={AUDIT: MINE}, add={AUDIT: f"{MINE} AND drawn_by_id = (SELECT my_membership())"}),
        Guard("oversight_sampledreading", see={AUDIT: MINE}, add={AUDIT: MINE}),
        Guard("oversight_rulerun", see={CLOCK: "true"}, add={CLOCK: "true"}),
        Guard("oversight_rulehit", see={AUDIT: MINE, CLOCK: "true"}, add={CLOCK: "true"}),
        Guard(
            "oversight_review",
            see={AUDIT: MINE},
            add={AUDIT: f"{MINE} AND {REVIEWED_BY_ME} AND {WHO_HAD_READ}"},
        ),
        Guard(
            "oversight_logextract",
            see={AUDIT: MINE, SCHOOL: f"{PRINCIPAL} AND pupil IN (SELECT my_pupils())"},
            add={AUDIT: f"{MINE} AND drafted_by_id = (SELECT my_membership()) AND drafter = (SELECT me())"},
            change={AUDIT: MINE, SCHOOL: f"{PRINCIPAL} AND pupil IN (SELECT my_pupils())"},
            check={AUDIT: f"{MINE} AND {SIGNED}", SCHOOL: f"{PRINCIPAL} AND {SIGNED}"},
            change_columns={AUDIT: DECISION, SCHOOL: DECISION},
        ),
    ]
