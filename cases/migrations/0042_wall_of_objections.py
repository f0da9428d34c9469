"""Who reads what was lifted: both sides, and above them a coordinator, who reads the two versions and no case.

Also what the clock may do: note that nobody has answered, and take the case up the ladder.
"""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard, GuardMore
from wall.roles import CITY, CLOCK, SCHOOL, SOCIAL

IN_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
MINE = "(SELECT my_membership())"
ASKED = (
    "EXISTS (SELECT FROM cases_obligation o JOIN cases_holderinterval h ON h.obligation_id = o.id "
    "WHERE o.referral_id = cases_objection.referral_id AND o.kind = 'answer_objection' "
    "AND h.unit_id = (SELECT my_unit()))"
)
COME_UP = f"level <> 'heads' AND (SELECT my_role()) = 'coordinator' AND {ASKED}"
OF_OBJECTION = "EXISTS (SELECT FROM cases_objection b WHERE b.id = objection_id)"
SETTLED = ["level", "ended_at", "outcome"]

STANDS = """
CREATE FUNCTION what_was_settled_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ladder text[] := ARRAY['heads', 'district', 'city'];
BEGIN
    IF OLD.ended_at IS NOT NULL OR array_position(ladder, NEW.level) < array_position(ladder, OLD.level)
       OR OLD.other_version <> '' AND NEW.other_version <> OLD.other_version
       OR (NEW.case_id, NEW.referral_id, NEW.disagreement, NEW.raised_at, NEW.raised_by_id)
          IS DISTINCT FROM (OLD.case_id, OLD.referral_id, OLD.disagreement, OLD.raised_at, OLD.raised_by_id) THEN
        RAISE EXCEPTION 'Objection % stands', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE ON cases_objection FOR EACH ROW EXECUTE FUNCTION what_was_settled_stands();
REVOKE ALL ON FUNCTION what_was_settled_stands() FROM PUBLIC;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_objectionanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE UNIQUE INDEX silence_is_noted_once ON cases_event (subject, (changes->0->>'due_on')) WHERE kind = 'no_answer';
"""

# Two numbers about the whole city, none about anybody: how often it has helped to lift a no.
RATE = f"""
CREATE FUNCTION objections_so_far() RETURNS TABLE (ended bigint, changed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN count(*) >= 5 THEN count(*) END,
           CASE WHEN count(*) >= 5 THEN count(*) FILTER (WHERE outcome = 'overturned') END
      FROM cases_objection WHERE ended_at IS NOT NULL
$$;
REVOKE ALL ON FUNCTION objections_so_far() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION objections_so_far() TO {SCHOOL}, {SOCIAL}, {CITY};

CREATE FUNCTION silences(p_from date, p_to date) RETURNS TABLE (unit_id uuid, kind text, times bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.unit_id, e.changes->0->>'kind', count(*) FROM cases_event e
     WHERE e.kind = 'no_answer' AND (my_side() = 'city' OR e.unit_id = ANY (my_units()))
       AND my_role() IN ('principal', 'unit_head', 'coordinator', 'analyst')
       AND (e.at AT TIME ZONE 'Europe/Stockholm')::date BETWEEN p_from AND p_to
     GROUP BY e.unit_id, e.changes->0->>'kind'
$$;
REVOKE ALL ON FUNCTION silences(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION silences(date, date) TO {SCHOOL}, {SOCIAL}, {CITY};
"""


class Migration(migrations.Migration):
    """Puts objections behind the wall."""

    dependencies = [("cases", "0041_objections")]
    operations = [
        migrations.RunSQL(STANDS),
        migrations.RunSQL(RATE),
        Guard(
            "cases_objection",
            see={SCHOOL: IN_CASE, SOCIAL: IN_CASE, CITY: COME_UP, CLOCK: "true"},
            see_columns={CLOCK: ["id", "case_id", "referral_id", "raised_at", "raised_by_id", "other_version_at",
                                 "other_version_by_id", "level", "ended_at", "outcome"]},
            add={
                SCHOOL: f"raised_by_id = {MINE} AND {IN_CASE}", SOCIAL: f"raised_by_id = {MINE} AND {IN_CASE}",
                CITY: f"raised_by_id = {MINE} AND {IN_CASE}", CLOCK: "raised_by_id IS NULL",
            },
            change={SCHOOL: IN_CASE, SOCIAL: IN_CASE, CITY: COME_UP, CLOCK: "true"},
            change_columns={
                SCHOOL: SETTLED, CITY: SETTLED, CLOCK: ["level"],
                SOCIAL: [*SETTLED, "other_version", "other_version_at", "other_version_by_id"],
            },
        ),
        Guard(
            "cases_objectionanswer",
            see={SCHOOL: OF_OBJECTION, SOCIAL: OF_OBJECTION, CITY: OF_OBJECTION},
            add=dict.fromkeys((SCHOOL, SOCIAL, CITY), f"answered_by_id = {MINE} AND {OF_OBJECTION}"),
        ),
        KeepHistory("cases_objection"),
        GuardMore("cases_feedback", change={SCHOOL: IN_CASE}, change_columns={SCHOOL: ["read_at", "read_by_id"]}),
        # What the clock needs to note a silence: dates, holders and states, never a word.
        GuardMore(
            "cases_case", see={CLOCK: "true"}, change={CLOCK: "true"}, change_columns={CLOCK: ["lock_mark"]},
            see_columns={CLOCK: ["id", "number", "pupil_id", "school_unit_id", "class_name", "opened_at",
                                 "opened_by_id", "child_time_from", "closed_at", "closed_by_id", "outcome"]},
        ),
        GuardMore("cases_party", see={CLOCK: "true"}),
        GuardMore("cases_referral", see={CLOCK: "true"}, change={CLOCK: "true"}, change_columns={CLOCK: ["status"]}),
        GuardMore(
            "cases_obligation", see={CLOCK: "true"}, add={CLOCK: "NOT is_statutory"}, change={CLOCK: "NOT is_statutory"},
            see_columns={CLOCK: ["id", "case_id", "referral_id", "kind", "started_on", "due_on", "first_due_on",
                                 "is_statutory", "stopped_at", "outcome"]},
            change_columns={CLOCK: ["due_on", "stopped_at", "outcome"]},
        ),
        GuardMore(
            "cases_holderinterval", see={CLOCK: "true"}, add={CLOCK: "true"}, change={CLOCK: "true"},
            see_columns={CLOCK: ["id", "obligation_id", "unit_id", "person_id", "from_at", "to_at"]},
            change_columns={CLOCK: ["to_at"]},
        ),
        GuardMore(
            "cases_hold", see={CLOCK: "true"}, change={CLOCK: "true"}, change_columns={CLOCK: ["ended_at"]},
            see_columns={CLOCK: ["id", "obligation_id", "started_on", "until", "ended_at"]},
        ),
        GuardMore(
            "cases_event", see={CLOCK: "true"}, add={CLOCK: "by_id IS NULL AND kind = 'no_answer' AND text = ''"},
            see_columns={CLOCK: ["id", "case_id", "referral_id", "kind", "at", "by_id", "unit_id", "is_substantive",
                                 "subject", "changes"]},
        ),
    ]  # fmt: skip
