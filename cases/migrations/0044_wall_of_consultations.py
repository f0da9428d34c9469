"""Who reads a consultation: those at the school who may ask, the unit that is asked, and its heads. An answer stands."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import SCHOOL, SOCIAL

AT_SCHOOL = "(SELECT my_role()) IN ('student_health', 'principal') AND school_unit_id = (SELECT my_unit())"
ASKED = (
    "(SELECT my_role()) IN ('team_worker', 'intake_worker', 'unit_head') "
    "AND to_unit_id = ANY ((SELECT my_units())::uuid[])"
)

STANDS = """
CREATE FUNCTION an_answered_consultation_stands() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'what was answered to a consultation stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION an_answered_consultation_stands() FROM PUBLIC;
CREATE TRIGGER what_is_answered_stands BEFORE UPDATE ON cases_consultation
    FOR EACH ROW EXECUTE FUNCTION an_answered_consultation_stands();
"""


class Migration(migrations.Migration):
    """Puts consultations behind the wall."""

    dependencies = [("cases", "0043_consultations")]
    operations = [
        migrations.RunSQL(STANDS),
        Guard(
            "cases_consultation",
            see={SCHOOL: AT_SCHOOL, SOCIAL: ASKED},
            add={SCHOOL: f"{AT_SCHOOL} AND asked_by_id = (SELECT my_membership()) AND answered_at IS NULL"},
            change={SOCIAL: ASKED},
            check={SOCIAL: f"{ASKED} AND answered_by_id = (SELECT my_membership())"},
            change_columns={SOCIAL: ["answer", "advice", "answered_at", "answered_by_id"]},
        ),
        KeepHistory("cases_consultation"),
    ]
