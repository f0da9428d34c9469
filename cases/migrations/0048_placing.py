"""A request goes on by a decision from above: a coordinator's, or that of managers who changed a no.

Neither reads what was shared, so the frozen copies go on past their eyes. What was decided so stands: the unit neither
sends such a request on, nor says no to what managers have settled.
"""

from django.db import migrations

from wall.roles import CITY, SCHOOL, SOCIAL

CARRY_ON = f"""
CREATE FUNCTION carry_request_on(p_old uuid, p_service uuid, p_by uuid, p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before cases_referral;
    made uuid := gen_random_uuid();
    taker uuid;
BEGIN
    SELECT * INTO before FROM cases_referral WHERE id = p_old;
    IF NOT (session_user = current_user AND my_kind() IS NULL) AND NOT (
        p_by = my_membership() AND my_role() IN ('coordinator', 'unit_head', 'principal') AND EXISTS (
            SELECT FROM cases_obligation o JOIN cases_holderinterval h ON h.obligation_id = o.id
             WHERE o.referral_id = p_old AND (h.unit_id = my_unit() OR h.unit_id = ANY (my_units()))
               AND o.kind = CASE before.status WHEN 'redirected' THEN 'place_request' ELSE 'answer_objection' END)
    ) THEN
        RAISE EXCEPTION 'Request % is not placed by this reader', p_old USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT (before.status = 'redirected' AND EXISTS (
                SELECT FROM cases_obligation WHERE referral_id = p_old AND kind = 'place_request' AND stopped_at IS NULL)
            OR before.status = 'declined' AND p_service IS NULL AND EXISTS (
                SELECT FROM cases_objection WHERE referral_id = p_old AND outcome = 'overturned'))
       OR EXISTS (SELECT FROM cases_referral WHERE parent_id = p_old AND submission IS NULL) THEN
        RAISE EXCEPTION 'Request % is not to be placed', p_old USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM cases_disclosure WHERE referral_id = p_old AND stopped_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    taker := coalesce((SELECT office_id FROM socialservices_service WHERE id = p_service), before.to_unit_id);
    INSERT INTO cases_referral (id, case_id, from_unit_id, to_unit_id, service_id, parent_id, status, sent_at,
                                sent_by_id, routing)
    VALUES (made, before.case_id, before.from_unit_id, taker, coalesce(p_service, before.service_id), p_old, 'sent',
            p_at, before.sent_by_id, before.routing);
    INSERT INTO cases_party (case_id, unit_id, started_at)
    SELECT before.case_id, taker, p_at
     WHERE NOT EXISTS (SELECT FROM cases_party
                        WHERE case_id = before.case_id AND unit_id = taker AND ended_at IS NULL);
    INSERT INTO cases_disclosure (id, case_id, referral_id, from_unit_id, to_unit_id, ground, what, content,
                                  disclosed_at, disclosed_by_id)
    SELECT gen_random_uuid(), d.case_id, made, d.from_unit_id, taker, d.ground, d.what, d.content,
           p_at + (row_number() OVER (ORDER BY d.disclosed_at, d.id)) * interval '1 microsecond', p_by
      FROM cases_disclosure d WHERE d.referral_id = p_old;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION carry_request_on(uuid, uuid, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION carry_request_on(uuid, uuid, uuid, timestamptz) TO {SCHOOL}, {SOCIAL}, {CITY};
"""

STANDS = """
CREATE FUNCTION what_was_placed_stands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE came_by text := (
    SELECT CASE WHEN p.status = 'declined' THEN 'managers'
                WHEN EXISTS (SELECT FROM cases_obligation o WHERE o.referral_id = p.id AND o.kind = 'place_request')
                THEN 'coordinator' END
      FROM cases_referral r JOIN cases_referral p ON p.id = r.parent_id
     WHERE r.id = NEW.referral_id AND r.submission IS NULL);
BEGIN
    IF NEW.answer = 'redirected' AND came_by IS NOT NULL OR NEW.answer = 'declined' AND came_by = 'managers' THEN
        RAISE EXCEPTION 'Request % was placed by %', NEW.referral_id, came_by USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION what_was_placed_stands() FROM PUBLIC;
CREATE TRIGGER what_was_placed_stands BEFORE INSERT ON cases_decision
    FOR EACH ROW EXECUTE FUNCTION what_was_placed_stands();
"""


class Migration(migrations.Migration):
    """Lets a request go on by a decision from above, and lets that decision stand."""

    dependencies = [("cases", "0047_times_of_meetings")]
    operations = [migrations.RunSQL(CARRY_ON), migrations.RunSQL(STANDS)]
