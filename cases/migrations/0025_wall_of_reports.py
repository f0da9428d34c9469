"""Who may know of a concern report, and what the database itself sees to: its handling, and that what is decided stands.

A report at a school is secret also from colleagues (OSL 40:7 g). How social services handle it is in tables that no
school has any right to.
"""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import PROTECTED, Guard
from wall.roles import SCHOOL, SOCIAL

MINE = "reported_by_id = (SELECT my_membership())"
PRINCIPAL = "(SELECT my_role()) = 'principal' AND school_unit_id = (SELECT my_unit())"
NAMED = "(SELECT my_membership()) = ANY (reader_ids)"
AT_INTAKE = (
    "(SELECT my_role()) IN ('intake_worker', 'unit_head') "
    "AND (to_unit_id = ANY ((SELECT my_units())::uuid[]) OR sent_on_by_id = ANY ((SELECT my_units())::uuid[]))"
)
OF_REPORT = "EXISTS (SELECT FROM cases_concernreport r WHERE r.id = report_id)"

HANDLED = [
    "arrived_at", "sent_on_at", "confirmed_at", "confirmed_by_id", "handler_id", "protection", "protection_at",
    "protection_by_id", "decision", "reason_id", "words", "decided_at", "decided_by_id", "told_at", "not_told_at",
    "not_told_why", "not_told_by_id", "outcome", "ended_at", "ended_by_id", "met_on",
]  # fmt: skip

# Whoever notes a report may not know how many there have been; the office that handles it must.
MAKE_HANDLING = """
CREATE FUNCTION make_handling_of_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO cases_reporthandling (report_id, arrived_at, number_in_year)
    SELECT NEW.id, NEW.reported_at, count(*) FROM cases_concernreport r
     WHERE r.pupil_id = NEW.pupil_id AND r.reported_at > NEW.reported_at - interval '1 year'
       AND r.reported_at < NEW.reported_at + interval '1 year';
    RETURN NULL;
END $$;
CREATE TRIGGER make_handling AFTER INSERT ON cases_concernreport
    FOR EACH ROW EXECUTE FUNCTION make_handling_of_report();
"""

STANDS = """
CREATE FUNCTION what_is_decided_on_a_report_stands() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL AND NEW.arrived_at IS DISTINCT FROM OLD.arrived_at
       OR OLD.protection_at IS NOT NULL AND (NEW.protection, NEW.protection_at, NEW.protection_by_id)
            IS DISTINCT FROM (OLD.protection, OLD.protection_at, OLD.protection_by_id)
       OR OLD.decided_at IS NOT NULL AND (NEW.decision, NEW.reason_id, NEW.words, NEW.decided_at, NEW.decided_by_id)
            IS DISTINCT FROM (OLD.decision, OLD.reason_id, OLD.words, OLD.decided_at, OLD.decided_by_id)
       OR OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at
       OR OLD.not_told_at IS NOT NULL AND NEW.not_told_at IS NULL AND NEW.told_at IS NULL
       OR OLD.ended_at IS NOT NULL AND (NEW.outcome, NEW.ended_at) IS DISTINCT FROM (OLD.outcome, OLD.ended_at)
    THEN
        RAISE EXCEPTION 'what is decided on a report stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER what_is_decided_stands BEFORE UPDATE ON cases_reporthandling
    FOR EACH ROW EXECUTE FUNCTION what_is_decided_on_a_report_stands();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_reportanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_reportextension
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# Days and no more, also where another district board investigated (SoL 15:8): an office must see a second in a row.
EARLIER = f"""
CREATE FUNCTION earlier_investigation(p_report uuid) RETURNS TABLE (opened_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT h.decided_at, h.ended_at FROM cases_concernreport mine
      JOIN cases_concernreport r ON r.pupil_id = mine.pupil_id AND r.id <> mine.id
      JOIN cases_reporthandling h ON h.report_id = r.id
     WHERE mine.id = p_report AND mine.to_unit_id = ANY (my_units()) AND my_role() IN ('intake_worker', 'unit_head')
       AND h.decision = 'opened' AND h.ended_at IS NOT NULL
     ORDER BY h.ended_at DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION earlier_investigation(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION earlier_investigation(uuid) TO {SOCIAL};
REVOKE ALL ON FUNCTION make_handling_of_report(), what_is_decided_on_a_report_stands() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    """Puts reports behind the wall."""

    dependencies = [("cases", "0024_concern_reports"), ("schools", "0016_lift_protection")]
    operations = [
        migrations.RunSQL(MAKE_HANDLING),
        migrations.RunSQL(STANDS),
        migrations.RunSQL(EARLIER),
        Guard(
            "cases_concernreport",
            see={SCHOOL: f"{MINE} OR {NAMED} OR {PRINCIPAL}", SOCIAL: AT_INTAKE},
            add={SCHOOL: f"{MINE} AND school_unit_id = (SELECT my_unit()) AND pupil_id IN (SELECT my_pupils()) "
                         "AND (SELECT my_role()) IN ('mentor', 'student_health', 'principal', 'school_admin')"},
            change={SCHOOL: f"{MINE} OR {PRINCIPAL}", SOCIAL: AT_INTAKE},
            change_columns={SCHOOL: ["asked_at", "reader_ids"], SOCIAL: ["to_unit_id", "sent_on_by_id"]},
            never=PROTECTED.format(pupil="pupil_id"),
        ),
        Guard("cases_reporthandling", see={SOCIAL: OF_REPORT}, change={SOCIAL: OF_REPORT},
              change_columns={SOCIAL: HANDLED}),
        Guard("cases_reportextension", see={SOCIAL: OF_REPORT},
              add={SOCIAL: f"decided_by_id = (SELECT my_membership()) AND {OF_REPORT}"}),
        Guard("cases_reportanswer", see={SCHOOL: OF_REPORT, SOCIAL: OF_REPORT},
              add={SOCIAL: f"given_by_id = (SELECT my_membership()) AND unit_id = ANY ((SELECT my_units())::uuid[]) "
                           f"AND {OF_REPORT}"}),
        KeepHistory("cases_concernreport"),
        KeepHistory("cases_reporthandling", key="report_id"),
    ]  # fmt: skip
