"""Who reads why an answer was given; and no no without a reason, told to the school only on a ground that holds."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import CITY, SCHOOL, SOCIAL

# Each subquery is asked through the wall of answers and of requests: what is not seen there is not seen here.
OF_DECISION = "(SELECT true FROM cases_decision d WHERE d.id = decision_id)"
TOLD = "told_on <> ''"
# Whoever counts does so in the city's role, a manager of schools, too.
NO_SCHOOL = "(SELECT my_side()) <> 'school'"
OF_MY_ANSWER = "(SELECT d.decided_by_id = (SELECT my_membership()) FROM cases_decision d WHERE d.id = decision_id)"

REASONS = """
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_decisionreason
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_answer_says_why() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.answer = 'declined' AND NOT EXISTS (
        SELECT FROM cases_decisionreason WHERE decision_id = NEW.id AND code_id IS NOT NULL
    ) OR NEW.answer = 'redirected' AND NOT EXISTS (SELECT FROM cases_decisionreason WHERE decision_id = NEW.id) THEN
        RAISE EXCEPTION 'Answer % does not say why', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION check_answer_says_why() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER answer_says_why AFTER INSERT ON cases_decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_answer_says_why();

CREATE OR REPLACE FUNCTION check_reason_gets_what_it_demands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE given text := (SELECT code FROM socialservices_reasoncode WHERE id = NEW.code_id);
BEGIN
    IF given = 'SCHOOL_RESPONSIBILITY' AND NEW.missing_measure = '' THEN
        RAISE EXCEPTION 'A no for the school''s responsibility names the measure that is missing'
            USING ERRCODE = 'check_violation';
    ELSIF given = 'PUPIL_NOT_MOTIVATED' AND (NEW.tried !~ '\\S' OR NEW.alternative = '') THEN
        RAISE EXCEPTION 'A no because the pupil does not want to says what was tried, and another way'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reason_gets_what_it_demands BEFORE INSERT ON cases_decisionreason
    FOR EACH ROW EXECUTE FUNCTION check_reason_gets_what_it_demands();

CREATE FUNCTION check_school_may_be_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE asked cases_referral;
        day date;
BEGIN
    IF NEW.told_on = '' THEN
        RETURN NEW;
    END IF;
    SELECT r.* INTO asked FROM cases_referral r JOIN cases_decision d ON d.referral_id = r.id
     WHERE d.id = NEW.decision_id;
    day := (SELECT (d.decided_at AT TIME ZONE 'Europe/Stockholm')::date FROM cases_decision d
             WHERE d.id = NEW.decision_id);
    IF NOT coalesce((SELECT is_shown_to_school FROM socialservices_reasoncode WHERE id = NEW.code_id), true) THEN
        RAISE EXCEPTION 'A school may not be told this reason' USING ERRCODE = 'check_violation';
    ELSIF NEW.told_on <> 'consent_osl_10_1' OR NOT EXISTS (
        SELECT FROM cases_consent c
         WHERE c.case_id = asked.case_id AND c.to_unit_id = asked.to_unit_id AND c.answer = 'yes'
           AND c.scope ? 'reply' AND c.withdrawn_at IS NULL AND c.valid_to >= day
    ) THEN
        RAISE EXCEPTION 'No consent covers that the school is told why' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION check_school_may_be_told() FROM PUBLIC;
CREATE TRIGGER school_may_be_told BEFORE INSERT ON cases_decisionreason
    FOR EACH ROW EXECUTE FUNCTION check_school_may_be_told();
"""


class Migration(migrations.Migration):
    """Puts reasons behind the wall: to the school, one that it is not told does not exist."""

    dependencies = [("cases", "0032_why_an_answer_was_given")]
    operations = [
        migrations.RunSQL(REASONS),
        Guard(
            "cases_decisionreason",
            see={
                SCHOOL: f"{TOLD} AND {OF_DECISION}",
                SOCIAL: OF_DECISION,
                CITY: f"({TOLD} OR {NO_SCHOOL}) AND {OF_DECISION}",
            },
            see_columns={CITY: ["id", "decision_id", "code_id", "told_on"]},
            add={SOCIAL: OF_MY_ANSWER},
        ),
    ]
