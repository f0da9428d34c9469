"""A second no for the same reason, of the same unit about the same pupil: one of the two who give it is a head."""

from django.db import migrations

BY_HEAD = """
CREATE FUNCTION check_second_no_has_a_head() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE given text := (SELECT code FROM socialservices_reasoncode WHERE id = NEW.code_id);
BEGIN
    IF given IN ('SCHOOL_RESPONSIBILITY', 'PUPIL_NOT_MOTIVATED') AND EXISTS (
        SELECT FROM cases_decision now
          JOIN cases_referral r ON r.id = now.referral_id
          JOIN cases_case c ON c.id = r.case_id
          JOIN cases_case c2 ON c2.pupil_id = c.pupil_id
          JOIN cases_referral r2 ON r2.case_id = c2.id AND r2.to_unit_id = r.to_unit_id
          JOIN cases_decision before ON before.referral_id = r2.id AND before.id <> now.id
          JOIN cases_decisionreason why ON why.decision_id = before.id
          JOIN socialservices_reasoncode code ON code.id = why.code_id AND code.code = given
         WHERE now.id = NEW.decision_id
    ) AND NOT EXISTS (
        SELECT FROM accounts_membership m JOIN cases_decision d ON d.id = NEW.decision_id
         WHERE m.id IN (NEW.prepared_by_id, d.decided_by_id) AND m.role = 'unit_head'
    ) THEN
        RAISE EXCEPTION 'A second no for this reason about a pupil is given by a head'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION check_second_no_has_a_head() FROM PUBLIC;
CREATE TRIGGER second_no_has_a_head BEFORE INSERT ON cases_decisionreason
    FOR EACH ROW EXECUTE FUNCTION check_second_no_has_a_head();
"""


class Migration(migrations.Migration):
    """The database wants the head, too."""

    dependencies = [("cases", "0048_placing")]
    operations = [migrations.RunSQL(BY_HEAD)]
