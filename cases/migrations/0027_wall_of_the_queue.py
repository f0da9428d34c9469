"""Who reads a place in a queue; and a request in a queue has no answer yet."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import CITY, SCHOOL, SOCIAL

OF_REFERRAL = "EXISTS (SELECT FROM cases_referral r WHERE r.id = referral_id)"
OF_MY_REFERRAL = (
    "EXISTS (SELECT FROM cases_referral r WHERE r.id = referral_id "
    "AND r.to_unit_id = ANY ((SELECT my_units())::uuid[]))"
)

# The function is long and only these words in it change; a wording that is not found stops the migration.
QUEUED_IS_UNANSWERED = """
DO $$ DECLARE told text; before text := '(''sent'', ''received'', ''assessing'', ''asked'')'; BEGIN
    told := pg_get_functiondef('check_answer_matches_status()'::regprocedure);
    ASSERT strpos(told, before) > 0, 'check_answer_matches_status is not what it was';
    EXECUTE replace(told, before, '(''sent'', ''received'', ''assessing'', ''asked'', ''queued'')');
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_queueplace
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_queued_has_a_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.status = 'queued' AND NOT EXISTS (SELECT FROM cases_queueplace WHERE referral_id = NEW.id) THEN
        RAISE EXCEPTION 'Request % is in the queue without a place', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION check_queued_has_a_place() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER queued_has_a_place AFTER INSERT OR UPDATE ON cases_referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_queued_has_a_place();
"""


class Migration(migrations.Migration):
    """Puts places behind the wall."""

    dependencies = [("cases", "0026_queue_places")]
    operations = [
        migrations.RunSQL(QUEUED_IS_UNANSWERED),
        Guard(
            "cases_queueplace",
            see={SCHOOL: OF_REFERRAL, SOCIAL: OF_MY_REFERRAL, CITY: OF_REFERRAL},
            see_columns={CITY: ["id", "referral_id", "place", "expected_on", "queued_at", "queued_by_id"]},
            add={SOCIAL: f"queued_by_id = (SELECT my_membership()) AND {OF_MY_REFERRAL}"},
        ),
    ]
