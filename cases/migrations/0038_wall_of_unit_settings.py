"""Who reads and sets what a unit has settled, and what the database itself sees to: never backwards, never past the law.

How long a unit has for something is no secret: whoever gives it an obligation asks for the number. Why it was set is
the unit's own.
"""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import CITY, CLOCK, SCHOOL, SOCIAL

# cases/obligations.py, with the most that a unit can give each: a test holds the two lists together.
STANDS = """
CREATE FUNCTION check_settled_applies_later() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.valid_from <= (NEW.changed_at AT TIME ZONE 'Europe/Stockholm')::date THEN
        RAISE EXCEPTION 'What a unit settles applies from the next day at the earliest'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION check_unit_time_is_within() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE most int := (
    SELECT longest FROM (VALUES
        ('acknowledge_request', 4), ('answer_request', 20), ('answer_question', 10), ('take_over', 4),
        ('first_contact', 10), ('give_feedback', 28), ('acknowledge_feedback', 4), ('respond_to_no', 10),
        ('decide_open_or_not', 14), ('inform_reporter', 7), ('finish_investigation', 4), ('call_joint_meeting', 20),
        ('accept_handover', 10), ('review_stalled', 10)
    ) times (code, longest) WHERE code = NEW.kind);
BEGIN
    IF most IS NULL OR NEW.days > most THEN
        RAISE EXCEPTION 'No unit can have % days for %: % at most', NEW.days, NEW.kind, coalesce(most, 0)
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION check_unit_reason_can_be_hidden() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.is_hidden AND NEW.code IN
       ('GUARDIAN_NO_CONSENT', 'ONE_GUARDIAN_REFUSES', 'FAMILY_WITHDREW', 'ONGOING_INVESTIGATION', 'OTHER') THEN
        RAISE EXCEPTION 'The reason % stays in every list', NEW.code USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION
    check_settled_applies_later(), check_unit_time_is_within(), check_unit_reason_can_be_hidden() FROM PUBLIC;

CREATE TRIGGER applies_later BEFORE INSERT ON cases_unittime
    FOR EACH ROW EXECUTE FUNCTION check_settled_applies_later();
CREATE TRIGGER applies_later BEFORE INSERT ON cases_unitreason
    FOR EACH ROW EXECUTE FUNCTION check_settled_applies_later();
CREATE TRIGGER is_within BEFORE INSERT ON cases_unittime
    FOR EACH ROW EXECUTE FUNCTION check_unit_time_is_within();
CREATE TRIGGER can_be_hidden BEFORE INSERT ON cases_unitreason
    FOR EACH ROW EXECUTE FUNCTION check_unit_reason_can_be_hidden();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_unittime
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_unitreason
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

ASK = f"""
CREATE FUNCTION unit_days(p_unit uuid, p_kind text, p_on date) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT days FROM cases_unittime WHERE unit_id = p_unit AND kind = p_kind AND valid_from <= p_on
     ORDER BY valid_from DESC, changed_at DESC, id DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION unit_days(uuid, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unit_days(uuid, text, date) TO {SCHOOL}, {SOCIAL}, {CITY}, {CLOCK};
"""

BELOW_ME = "unit_id = ANY ((SELECT my_units())::uuid[])"
IS_MINE = "unit_id = (SELECT my_unit())"
BY_ME = "changed_by_id = (SELECT my_membership())"
HEAD = f"{BELOW_ME} AND (SELECT my_role()) = 'unit_head' AND {BY_ME}"
PRINCIPAL = f"{IS_MINE} AND (SELECT my_role()) = 'principal' AND {BY_ME}"


class Migration(migrations.Migration):
    """Puts what units settle behind the wall."""

    dependencies = [("cases", "0037_unit_settings")]
    operations = [
        migrations.RunSQL(STANDS),
        migrations.RunSQL(ASK),
        Guard("cases_unittime", see={SCHOOL: IS_MINE, SOCIAL: BELOW_ME}, add={SCHOOL: PRINCIPAL, SOCIAL: HEAD}),
        Guard("cases_unitreason", see={SOCIAL: BELOW_ME}, add={SOCIAL: HEAD}),
        KeepHistory("cases_unittime"),
        KeepHistory("cases_unitreason"),
    ]
