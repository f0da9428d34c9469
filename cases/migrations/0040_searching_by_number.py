"""An office finds the requests it has got by a whole number: it has no right to the school's register of numbers.

Only personal and co-ordination numbers (förordning 2001:637 om behandling av personuppgifter inom socialtjänsten).
"""

from django.db import migrations

from wall.roles import SOCIAL

BY_NUMBER = f"""
CREATE FUNCTION received_pupils_with_number(p_kind text, p_value text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT c.pupil_id FROM schools_pupilidentifier known
      JOIN cases_case c ON c.pupil_id = known.pupil_id
      JOIN cases_party p ON p.case_id = c.id AND p.ended_at IS NULL AND p.unit_id = ANY (my_units())
     WHERE known.kind = p_kind AND known.value = p_value AND p_kind IN ('personal_number', 'coordination_number')
       AND my_role() IN ('team_worker', 'intake_worker', 'unit_head')
$$;
REVOKE ALL ON FUNCTION received_pupils_with_number(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION received_pupils_with_number(text, text) TO {SOCIAL};
"""


class Migration(migrations.Migration):
    """Adds the one question about numbers that social services may ask."""

    dependencies = [("cases", "0039_at_work_over_versions"), ("schools", "0016_lift_protection")]
    operations = [migrations.RunSQL(BY_NUMBER)]
