"""Lists what retention rules count, as ids and dates: the one function that a system administrator may ask.

The dates follow docs/retention.toml; records/subjects.py says what each kind counts from. A row of NEEDS names what
must be erased before it or together with it.
"""

from django.db import migrations

from wall.roles import SYSTEM

HELPERS = """
CREATE FUNCTION retention_is_kept(pupil uuid, part text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM records_keeporder k WHERE k.pupil_id = pupil AND k.compartment = part
                   AND k.lifted_at IS NULL AND k.ground <> 'investigation')
        OR EXISTS (SELECT FROM records_rightsrequest r JOIN accounts_unit u ON u.id = r.unit_id
                   WHERE r.pupil_id = pupil AND r.outcome = '' AND retention_side(u.kind) = part)
$$;

CREATE FUNCTION retention_side(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN kind IN ('school', 'school_area') THEN 'school'
                WHEN kind IN ('intake', 'team', 'social_area') THEN 'social' ELSE 'city' END
$$;

-- The last day at the school; infinity while it lasts; nothing when the pupil never went there.
CREATE FUNCTION retention_left(pupil uuid, at_school uuid) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT max(coalesce(e.ends_on, 'infinity'::date)) FROM schools_enrolment e
    JOIN schools_classgroup g ON g.id = e.class_group_id
    WHERE e.pupil_id = pupil AND (at_school IS NULL OR g.school_id = at_school)
$$;

CREATE FUNCTION retention_day(moment timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (moment AT TIME ZONE 'Europe/Stockholm')::date
$$;

-- Whether a case still has a part of one side: its notes, or its way in.
CREATE FUNCTION retention_has_part(of_case uuid, part text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM cases_party p JOIN accounts_unit u ON u.id = p.unit_id
                   WHERE p.case_id = of_case AND retention_side(u.kind) = part)
        OR part = 'school' AND EXISTS (SELECT FROM cases_schoolnote n WHERE n.case_id = of_case)
        OR part = 'social' AND EXISTS (SELECT FROM cases_socialnote n WHERE n.case_id = of_case)
$$;

-- Whether any row names a person, but the person's own memberships and the classes of those.
CREATE FUNCTION retention_is_named(person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found_one boolean;
    link record;
BEGIN
    FOR link IN
        SELECT c.conrelid::regclass AS tab, a.attname AS col, c.confrelid = 'accounts_user'::regclass AS is_user
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid IN ('accounts_user'::regclass, 'accounts_membership'::regclass)
    LOOP
        CONTINUE WHEN link.tab = 'schools_classgroup_mentors'::regclass
            OR link.tab = 'accounts_membership'::regclass AND link.col = 'user_id';
        EXECUTE format('SELECT EXISTS (SELECT FROM %s t WHERE t.%I %s %s)', link.tab, link.col,
            CASE WHEN link.is_user THEN '= $1' ELSE 'IN (SELECT id FROM accounts_membership WHERE user_id = $1)' END,
            CASE WHEN link.tab = 'accounts_membership'::regclass THEN 'AND t.user_id <> $1' ELSE '' END)
            INTO found_one USING person;
        IF found_one THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- What is about a pupil, as the subjects that would erase it.
CREATE FUNCTION retention_names_of(pupil uuid) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT name), '{}') FROM (
        SELECT 'absence_year:' || pupil || '|' || extract(year FROM day + interval '6 months')::int AS name
        FROM (SELECT day FROM attendance_attendanceday WHERE pupil_id = pupil
              UNION ALL SELECT day FROM attendance_lessonabsence WHERE pupil_id = pupil) AS days
        UNION ALL SELECT 'signal:' || id FROM attendance_signal WHERE pupil_id = pupil
        UNION ALL SELECT 'concern:' || id FROM attendance_concern WHERE pupil_id = pupil
        UNION ALL SELECT 'draft:' || id FROM cases_requestdraft WHERE pupil_id = pupil
        UNION ALL SELECT 'case_at_school:' || id FROM cases_case
            WHERE pupil_id = pupil AND retention_has_part(id, 'school')
    ) AS names
$$;
"""

SUBJECTS = """
CREATE FUNCTION retention_subjects(of_kind text, until date)
RETURNS TABLE (key text, counted_from date, born_on date, needs text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
CASE of_kind
WHEN 'absence_year' THEN RETURN QUERY
    SELECT y.pupil_id || '|' || y.ends, make_date(y.ends, 6, 30), NULL::date, '{}'::text[] FROM (
        SELECT DISTINCT a.pupil_id, extract(year FROM a.day + interval '6 months')::int AS ends FROM (
            SELECT pupil_id, day FROM attendance_attendanceday WHERE day <= until
            UNION ALL SELECT pupil_id, day FROM attendance_lessonabsence WHERE day <= until) AS a) AS y
    WHERE make_date(y.ends, 6, 30) <= until AND NOT retention_is_kept(y.pupil_id, 'school');
WHEN 'signal' THEN RETURN QUERY
    SELECT s.id::text, greatest(retention_left(s.pupil_id, g.school_id), s.crossed_on), NULL::date, '{}'::text[]
    FROM attendance_signal s JOIN schools_classgroup g ON g.id = s.class_group_id
    WHERE greatest(retention_left(s.pupil_id, g.school_id), s.crossed_on) <= until
      AND NOT retention_is_kept(s.pupil_id, 'school');
WHEN 'concern' THEN RETURN QUERY
    SELECT c.id::text, greatest(retention_left(c.pupil_id, c.school_unit_id), retention_day(c.logged_at)),
        NULL::date, '{}'::text[]
    FROM attendance_concern c
    WHERE greatest(retention_left(c.pupil_id, c.school_unit_id), retention_day(c.logged_at)) <= until
      AND NOT retention_is_kept(c.pupil_id, 'school');
WHEN 'draft' THEN RETURN QUERY
    SELECT d.id::text, retention_day(d.saved_at), NULL::date, '{}'::text[] FROM cases_requestdraft d
    WHERE retention_day(d.saved_at) <= until;
WHEN 'case_at_school' THEN RETURN QUERY
    SELECT c.id::text, retention_day(c.closed_at), NULL::date, '{}'::text[] FROM cases_case c
    WHERE retention_day(c.closed_at) <= until AND retention_has_part(c.id, 'school')
      AND NOT retention_is_kept(c.pupil_id, 'school');
WHEN 'case_at_social' THEN RETURN QUERY
    SELECT n.id::text, n.last_note, n.investigated_born_on, '{}'::text[] FROM (
        SELECT c.id, c.pupil_id, retention_day(greatest(c.closed_at,
                (SELECT max(e.at) FROM cases_event e WHERE e.case_id = c.id),
                (SELECT max(i.written_at) FROM cases_socialnote i WHERE i.case_id = c.id))) AS last_note,
            (SELECT p.born_on FROM schools_pupil p WHERE p.id = c.pupil_id AND EXISTS (
                SELECT FROM records_keeporder k WHERE k.pupil_id = p.id AND k.compartment = 'social'
                AND k.ground = 'investigation' AND k.lifted_at IS NULL)) AS investigated_born_on
        FROM cases_case c WHERE c.closed_at IS NOT NULL) AS n
    WHERE n.last_note <= until AND retention_has_part(n.id, 'social') AND NOT retention_is_kept(n.pupil_id, 'social');
WHEN 'case' THEN RETURN QUERY
    SELECT c.id::text, retention_day(c.closed_at), NULL::date, array_remove(ARRAY[
        CASE WHEN retention_has_part(c.id, 'school') THEN 'case_at_school:' || c.id END,
        CASE WHEN retention_has_part(c.id, 'social') THEN 'case_at_social:' || c.id END], NULL)
    FROM cases_case c WHERE retention_day(c.closed_at) <= until;
WHEN 'pupil_at_school' THEN RETURN QUERY
    SELECT p.id::text, s.left_on, NULL::date, retention_names_of(p.id) FROM schools_pupil p CROSS JOIN LATERAL (
        SELECT max(day) AS left_on FROM (
            SELECT retention_left(p.id, NULL) AS day
            UNION ALL SELECT valid_from FROM schools_pupilidentifier WHERE pupil_id = p.id
            UNION ALL SELECT valid_from FROM schools_residence WHERE pupil_id = p.id
            UNION ALL SELECT evaluated_to FROM attendance_evaluation WHERE pupil_id = p.id
            UNION ALL SELECT retention_day(started_at) FROM schools_pupillink WHERE pupil_id = p.id
            UNION ALL SELECT retention_day(granted_at) FROM schools_namedreader WHERE pupil_id = p.id
            UNION ALL SELECT p.born_on WHERE EXISTS (SELECT FROM schools_guardian WHERE pupil_id = p.id)
        ) AS days) AS s
    WHERE s.left_on <= until AND NOT retention_is_kept(p.id, 'school');
WHEN 'pupil' THEN RETURN QUERY
    SELECT p.id::text, p.born_on, NULL::date, retention_names_of(p.id)
        || ARRAY(SELECT 'case:' || c.id FROM cases_case c WHERE c.pupil_id = p.id)
        || ARRAY(SELECT 'rights_request:' || r.id FROM records_rightsrequest r WHERE r.pupil_id = p.id)
        || ARRAY(SELECT 'pupil_at_school:' || p.id WHERE
               EXISTS (SELECT FROM schools_enrolment WHERE pupil_id = p.id)
            OR EXISTS (SELECT FROM schools_pupilidentifier WHERE pupil_id = p.id)
            OR EXISTS (SELECT FROM schools_residence WHERE pupil_id = p.id)
            OR EXISTS (SELECT FROM schools_guardian WHERE pupil_id = p.id)
            OR EXISTS (SELECT FROM schools_pupillink WHERE pupil_id = p.id)
            OR EXISTS (SELECT FROM schools_namedreader WHERE pupil_id = p.id)
            OR EXISTS (SELECT FROM attendance_evaluation WHERE pupil_id = p.id))
    FROM schools_pupil p
    WHERE p.born_on <= until AND NOT retention_is_kept(p.id, 'school') AND NOT retention_is_kept(p.id, 'social');
WHEN 'imported_file' THEN RETURN QUERY
    SELECT i.id::text, retention_day(i.closed_at), NULL::date, '{}'::text[] FROM integrations_absenceimport i
    WHERE retention_day(i.closed_at) <= until
      AND (EXISTS (SELECT FROM integrations_importedfile f WHERE f.absence_import_id = i.id)
        OR EXISTS (SELECT FROM integrations_importproblem f WHERE f.absence_import_id = i.id));
WHEN 'abandoned_import' THEN RETURN QUERY
    SELECT i.id::text, retention_day(i.progressed_at), NULL::date, '{}'::text[] FROM integrations_absenceimport i
    WHERE i.closed_at IS NULL AND retention_day(i.progressed_at) <= until;
WHEN 'import' THEN RETURN QUERY
    SELECT i.id::text, retention_day(i.closed_at), NULL::date, '{}'::text[] FROM integrations_absenceimport i
    WHERE retention_day(i.closed_at) <= until;
WHEN 'events_month', 'readings_month' THEN RETURN QUERY EXECUTE format(
    'SELECT DISTINCT to_char(retention_day(at), ''YYYY-MM''),
        (date_trunc(''month'', retention_day(at)::timestamp) + interval ''1 month - 1 day'')::date, NULL::date,
        ''{}''::text[]
     FROM %I WHERE %s AND at < $1 + 1 AND
        (date_trunc(''month'', retention_day(at)::timestamp) + interval ''1 month - 1 day'')::date <= $1',
    CASE of_kind WHEN 'events_month' THEN 'audit_auditevent' ELSE 'audit_accessrecord' END,
    CASE of_kind WHEN 'events_month' THEN 'action <> ''log_erased''' ELSE 'true' END) USING until;
WHEN 'rights_request' THEN RETURN QUERY
    SELECT r.id::text, retention_day(r.settled_at), NULL::date, '{}'::text[] FROM records_rightsrequest r
    WHERE retention_day(r.settled_at) <= until;
WHEN 'leaver', 'person' THEN RETURN QUERY
    SELECT l.id::text, l.left_on, NULL::date, '{}'::text[] FROM (
        SELECT u.id, u.is_active, coalesce((SELECT max(coalesce(m.valid_to, 'infinity'::date))
            FROM accounts_membership m WHERE m.user_id = u.id), retention_day(u.created_at)) AS left_on
        FROM accounts_user u) AS l
    WHERE l.left_on <= until
      AND CASE of_kind WHEN 'leaver' THEN l.is_active ELSE NOT l.is_active AND NOT retention_is_named(l.id) END;
END CASE;
END $$;
"""

# The one who may ask reads no content; the rest is for the owner alone.
RIGHTS = f"""
REVOKE ALL ON FUNCTION retention_subjects(text, date), retention_names_of(uuid), retention_is_named(uuid),
    retention_has_part(uuid, text), retention_left(uuid, uuid), retention_is_kept(uuid, text),
    retention_day(timestamptz), retention_side(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retention_subjects(text, date) TO {SYSTEM};
"""

BACK = """
DROP FUNCTION retention_subjects(text, date);
DROP FUNCTION retention_names_of(uuid);
DROP FUNCTION retention_is_named(uuid);
DROP FUNCTION retention_has_part(uuid, text);
DROP FUNCTION retention_left(uuid, uuid);
DROP FUNCTION retention_is_kept(uuid, text);
DROP FUNCTION retention_day(timestamptz);
DROP FUNCTION retention_side(text);
"""


class Migration(migrations.Migration):
    """Adds the question "what is due?"."""

    dependencies = [
        ("records", "0001_initial"),
        ("cases", "0004_wall"),
        ("attendance", "0002_wall"),
        ("integrations", "0002_wall"),
        ("audit", "0004_wall"),
        ("schools", "0012_wall_of_links"),
    ]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off"),
        migrations.RunSQL(HELPERS),
        migrations.RunSQL(SUBJECTS, BACK),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
