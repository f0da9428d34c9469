"""Who reads a deviation: whoever registered it and the managers of both sides. What was registered and answered stands."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import CITY, SCHOOL, SOCIAL

MINE = "(SELECT my_membership())"
UNITS = "(SELECT my_units())::uuid[]"
# Asked through the wall of cases: no case that the reader's side does not see, and no pupil with protected identity.
IN_CASE = "(SELECT true FROM cases_case c WHERE c.id = case_id)"
IS_MANAGER = "(SELECT my_role()) IN ('principal', 'unit_head')"
MANAGED = f"{IS_MANAGER} AND (from_unit_id = ANY ({UNITS}) OR about_unit_id = ANY ({UNITS})) AND {IN_CASE}"
READS = f"(registered_by_id = {MINE} OR {MANAGED}) AND {IN_CASE}"
REGISTERS = f"registered_by_id = {MINE} AND from_unit_id = (SELECT my_unit()) AND responded_at IS NULL AND {IN_CASE}"
ASKED = f"{IS_MANAGER} AND about_unit_id = ANY ({UNITS}) AND {IN_CASE}"
ANSWERS = ["response", "responded_at", "responded_by_id"]

STANDS = """
CREATE FUNCTION an_answered_deviation_stands() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.responded_at IS NOT NULL THEN
        RAISE EXCEPTION 'what was answered to a deviation stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION an_answered_deviation_stands() FROM PUBLIC;
CREATE TRIGGER what_is_answered_stands BEFORE UPDATE ON cases_deviation
    FOR EACH ROW EXECUTE FUNCTION an_answered_deviation_stands();
"""


class Migration(migrations.Migration):
    """Puts deviations behind the wall."""

    dependencies = [("cases", "0057_deviations")]
    operations = [
        migrations.RunSQL(STANDS),
        Guard(
            "cases_deviation",
            see={SCHOOL: READS, SOCIAL: READS, CITY: MANAGED},
            add={SCHOOL: REGISTERS, SOCIAL: REGISTERS},
            change=dict.fromkeys((SCHOOL, SOCIAL, CITY), ASKED),
            check=dict.fromkeys((SCHOOL, SOCIAL, CITY), f"{ASKED} AND responded_by_id = {MINE}"),
            change_columns=dict.fromkeys((SCHOOL, SOCIAL, CITY), ANSWERS),
        ),
        KeepHistory("cases_deviation"),
    ]
