"""Tells who answers for the data who has read about a pupil, by role and unit and without names, while a copy is asked."""

from django.db import migrations

from wall.roles import SCHOOL, SOCIAL

READINGS = f"""
CREATE FUNCTION readings_about(p_pupil uuid) RETURNS TABLE (day date, unit text, role text, kind text, times bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT retention_day(r.at), coalesce(u.name, ''), r.role::text, r.kind::text, count(*)
      FROM audit_accessrecord r LEFT JOIN accounts_unit u ON u.id = r.unit_id
     WHERE r.pupils @> ARRAY[p_pupil] AND r.authority = my_authority() AND my_role() IN ('principal', 'unit_head')
       AND EXISTS (SELECT FROM records_rightsrequest q WHERE q.pupil_id = p_pupil AND q.unit_id = my_unit()
                      AND q.kind = 'access' AND q.outcome = '')
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
$$;
REVOKE ALL ON FUNCTION readings_about(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION readings_about(uuid) TO {SCHOOL}, {SOCIAL};
"""


class Migration(migrations.Migration):
    """Adds the extract of the log that belongs to a copy."""

    dependencies = [("records", "0004_wall"), ("audit", "0011_rows_are_chained")]
    operations = [migrations.RunSQL(READINGS, "DROP FUNCTION readings_about(uuid)")]
