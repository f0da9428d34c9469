"""A no that takes two: only its unit sees it while it waits, and the database wants both persons."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import SOCIAL

OF_MY_REFERRAL = (
    "EXISTS (SELECT FROM cases_referral r WHERE r.id = referral_id "
    "AND r.to_unit_id = ANY ((SELECT my_units())::uuid[]))"
)

BY_TWO = """
CREATE FUNCTION check_no_is_given_by_two() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE given text := (SELECT code FROM socialservices_reasoncode WHERE id = NEW.code_id);
BEGIN
    IF given IN ('SCHOOL_RESPONSIBILITY', 'PUPIL_NOT_MOTIVATED') AND NOT EXISTS (
        SELECT FROM cases_preparedno p
          JOIN cases_decision d ON d.id = NEW.decision_id AND d.referral_id = p.referral_id
          JOIN accounts_membership first ON first.id = p.prepared_by_id
          JOIN accounts_membership second ON second.id = d.decided_by_id
         WHERE p.ended_at IS NULL AND p.code_id = NEW.code_id AND p.prepared_by_id = NEW.prepared_by_id
           AND first.user_id <> second.user_id
    ) THEN
        RAISE EXCEPTION 'A no for this reason is written by one and sent by another' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION check_no_is_given_by_two() FROM PUBLIC;
CREATE TRIGGER given_by_two BEFORE INSERT ON cases_decisionreason
    FOR EACH ROW EXECUTE FUNCTION check_no_is_given_by_two();
"""


class Migration(migrations.Migration):
    """Guards what has been prepared."""

    dependencies = [("cases", "0034_second_person")]
    operations = [
        migrations.RunSQL(BY_TWO),
        Guard(
            "cases_preparedno",
            see={SOCIAL: OF_MY_REFERRAL},
            add={SOCIAL: f"prepared_by_id = (SELECT my_membership()) AND {OF_MY_REFERRAL}"},
            change={SOCIAL: f"ended_at IS NULL AND {OF_MY_REFERRAL}"},
            check={SOCIAL: f"ended_by_id = (SELECT my_membership()) AND {OF_MY_REFERRAL}"},
            change_columns={SOCIAL: ["ended_at", "ended_by_id", "ending", "why_back"]},
        ),
        KeepHistory("cases_preparedno"),
    ]
