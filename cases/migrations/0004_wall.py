"""Who may see and change what in a case. Each condition says in SQL what the model's `visible_to` says in Python."""

from django.db import migrations

from wall.policies import PROTECTED, Guard, GuardMore
from wall.roles import CITY, SCHOOL, SOCIAL

# Kept by triggers, so that a case's own row says who takes part in it and no policy has to ask another table.
WHO_TAKES_PART = """
ALTER TABLE cases_case ADD COLUMN party_units uuid[] NOT NULL DEFAULT '{}',
                       ADD COLUMN lifted_to uuid[] NOT NULL DEFAULT '{}',
                       ADD COLUMN lock_mark boolean;
ALTER TABLE cases_referral ADD COLUMN lock_mark boolean;
CREATE INDEX case_party_units ON cases_case USING gin (party_units);

CREATE FUNCTION keep_party_units() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE cases_case c SET party_units = coalesce(
        (SELECT array_agg(p.unit_id ORDER BY p.id) FROM cases_party p WHERE p.case_id = c.id AND p.ended_at IS NULL), '{}')
     WHERE c.id IN (NEW.case_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.case_id END);
    RETURN NULL;
END $$;
CREATE TRIGGER keep_party_units AFTER INSERT OR UPDATE ON cases_party
    FOR EACH ROW EXECUTE FUNCTION keep_party_units();

CREATE FUNCTION keep_lifted_to() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE cases_case c SET lifted_to = array_append(array_remove(c.lifted_to, NEW.unit_id), NEW.unit_id)
      FROM cases_obligation o WHERE o.id = NEW.obligation_id AND o.kind = 'answer_objection' AND c.id = o.case_id;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_lifted_to AFTER INSERT OR UPDATE OF unit_id ON cases_holderinterval
    FOR EACH ROW EXECUTE FUNCTION keep_lifted_to();

UPDATE cases_case c SET
    party_units = coalesce((SELECT array_agg(p.unit_id ORDER BY p.id) FROM cases_party p
                             WHERE p.case_id = c.id AND p.ended_at IS NULL), '{}'),
    lifted_to = coalesce((SELECT array_agg(DISTINCT i.unit_id) FROM cases_holderinterval i
                            JOIN cases_obligation o ON o.id = i.obligation_id
                           WHERE o.case_id = c.id AND o.kind = 'answer_objection'), '{}');
"""

# The guarantees look at the whole truth, not at what the one who writes may see.
GUARANTEES = """
ALTER FUNCTION check_open_case_has_an_obligation() SECURITY DEFINER;
ALTER FUNCTION check_open_case_has_an_obligation() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION check_obligation_has_one_holder() SECURITY DEFINER;
ALTER FUNCTION check_obligation_has_one_holder() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION check_answer_matches_status() SECURITY DEFINER;
ALTER FUNCTION check_answer_matches_status() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION refuse_hold_on_statutory_obligation() SECURITY DEFINER;
ALTER FUNCTION refuse_hold_on_statutory_obligation() SET search_path = pg_catalog, public, pg_temp;
"""

# What can only be answered from above the rows: each says one fact and no more.
QUESTIONS = f"""
CREATE FUNCTION has_open_case_elsewhere(p_pupil uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p_pupil IN (SELECT my_pupils())
       AND EXISTS (SELECT FROM cases_case WHERE pupil_id = p_pupil AND closed_at IS NULL AND school_unit_id <> my_unit())
$$;

CREATE FUNCTION last_acts(p_cases uuid[], p_kind text) RETURNS TABLE (case_id uuid, unit_id uuid, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.case_id, e.unit_id, max(e.at) FROM cases_event e JOIN cases_case c ON c.id = e.case_id
     WHERE e.case_id = ANY (p_cases)
       AND (c.party_units && my_units() OR my_side() = 'city' OR session_user = current_user AND my_kind() IS NULL)
       AND CASE WHEN p_kind = '' THEN e.is_substantive ELSE e.kind = p_kind END
     GROUP BY e.case_id, e.unit_id
$$;
REVOKE ALL ON FUNCTION has_open_case_elsewhere(uuid), last_acts(uuid[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_open_case_elsewhere(uuid) TO {SCHOOL};
GRANT EXECUTE ON FUNCTION last_acts(uuid[], text) TO {SCHOOL}, {SOCIAL}, {CITY};
GRANT USAGE ON SEQUENCE cases_number TO {SCHOOL};
"""

MY_UNITS = "(SELECT my_units())::uuid[]"
TAKES_PART = f"party_units && {MY_UNITS}"
AT_SCHOOL = (
    f"(SELECT my_role()) IN ('student_health', 'principal') AND ({TAKES_PART} OR school_unit_id = (SELECT my_unit())) "
    "OR (SELECT my_role()) = 'unit_head' AND lifted_to && ARRAY[(SELECT my_unit())]"
)
AT_SOCIAL = f"(SELECT my_role()) IN ('team_worker', 'intake_worker', 'unit_head') AND {TAKES_PART}"
OVERSEEN = (
    f"((SELECT my_side()) = 'city' OR {TAKES_PART}) AND (SELECT my_role()) IN ('unit_head', 'coordinator', 'analyst')"
)

IN_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
OF_OBLIGATION = "EXISTS (SELECT FROM cases_obligation o WHERE o.id = obligation_id)"
OF_REFERRAL = "EXISTS (SELECT FROM cases_referral r WHERE r.id = referral_id)"
TO_MY_UNIT = f"to_unit_id = ANY ({MY_UNITS})"
OF_MY_REFERRAL = f"EXISTS (SELECT FROM cases_referral r WHERE r.id = referral_id AND r.{TO_MY_UNIT})"
SENT_ON_TO_ME = f"EXISTS (SELECT FROM cases_referral r WHERE r.parent_id = referral_id AND r.{TO_MY_UNIT})"
WRITES_AT_SCHOOL = "(SELECT my_role()) IN ('student_health', 'principal')"

NO_PROTECTED = PROTECTED.format(pupil="pupil_id")


def both(condition: str) -> dict[str, str]:
    """Say the same of both authorities."""
    return {SCHOOL: condition, SOCIAL: condition}


def all_three(condition: str) -> dict[str, str]:
    """Say the same of both authorities and of those who oversee dates and units."""
    return both(condition) | {CITY: condition}


class Migration(migrations.Migration):
    """Puts cases behind the wall."""

    dependencies = [
        ("cases", "0003_one_table_of_notes_a_side"),
        ("attendance", "0002_wall"),
        ("socialservices", "0002_wall"),
        ("audit", "0004_wall"),
    ]
    operations = [
        migrations.RunSQL(WHO_TAKES_PART),
        migrations.RunSQL(GUARANTEES),
        migrations.RunSQL(QUESTIONS),
        # Whoever reads a case knows whom it is about, also after the pupil has left the school.
        GuardMore("schools_pupil", see=both("EXISTS (SELECT FROM cases_case c WHERE c.pupil_id = schools_pupil.id)")),
        Guard(
            "cases_case",
            see={SCHOOL: AT_SCHOOL, SOCIAL: AT_SOCIAL, CITY: OVERSEEN},
            see_columns={
                CITY: ["id", "number", "pupil_id", "school_unit_id", "class_name", "opened_at", "opened_by_id",
                       "child_time_from", "closed_at", "closed_by_id", "outcome"],
            },
            add={SCHOOL: f"{WRITES_AT_SCHOOL} AND school_unit_id = (SELECT my_unit())"},
            change={SCHOOL: AT_SCHOOL, SOCIAL: AT_SOCIAL, CITY: OVERSEEN},
            # A case is locked by whoever acts in it, and closed by the school alone.
            change_columns={
                SCHOOL: ["closed_at", "closed_by_id", "outcome", "final_word"], SOCIAL: ["lock_mark"], CITY: ["lock_mark"],
            },
            never=NO_PROTECTED,
        ),
        Guard("cases_party", see=all_three(IN_CASE), add=both(IN_CASE), change=both(IN_CASE),
              change_columns={key: ["ended_at"] for key in (SCHOOL, SOCIAL)}),
        Guard(
            "cases_requestdraft",
            see={SCHOOL: f"writer_id = (SELECT my_membership()) AND {WRITES_AT_SCHOOL}"},
            add={SCHOOL: f"writer_id = (SELECT my_membership()) AND {WRITES_AT_SCHOOL} AND pupil_id IN (SELECT my_pupils())"},
            change={SCHOOL: "writer_id = (SELECT my_membership())"},
            remove={SCHOOL: "writer_id = (SELECT my_membership())"},
            never=NO_PROTECTED,
        ),
        Guard(
            "cases_referral",
            see=all_three(IN_CASE),
            add={SCHOOL: f"{WRITES_AT_SCHOOL} AND from_unit_id = (SELECT my_unit()) AND {IN_CASE}", SOCIAL: IN_CASE},
            change={SCHOOL: IN_CASE, SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}", CITY: IN_CASE},
            change_columns={
                CITY: ["lock_mark"],
                SCHOOL: ["status"],
                SOCIAL: ["status", "received_at", "received_by_id", "acknowledged_at", "acknowledged_by_id", "handler_id",
                         "first_contact_by"],
            },
        ),
        Guard(
            "cases_decision",
            see={SCHOOL: OF_REFERRAL, SOCIAL: f"{OF_MY_REFERRAL} OR {SENT_ON_TO_ME}", CITY: OF_REFERRAL},
            see_columns={CITY: ["id", "referral_id", "answer", "lacks_advice", "reason_id", "next_holder_id", "next_on", "decided_at",
                                "decided_by_id"]},
            add={SOCIAL: f"decided_by_id = (SELECT my_membership()) AND {OF_MY_REFERRAL}"},
        ),
        Guard(
            "cases_question",
            see={SCHOOL: OF_REFERRAL, SOCIAL: OF_MY_REFERRAL},
            add={SOCIAL: f"asked_by_id = (SELECT my_membership()) AND {OF_MY_REFERRAL}"},
            change={SCHOOL: OF_REFERRAL},
            change_columns={SCHOOL: ["answer", "answered_at", "answered_by_id"]},
        ),
        Guard(
            "cases_consent",
            see={SCHOOL: IN_CASE, SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}"},
            add={SCHOOL: f"noted_by_id = (SELECT my_membership()) AND {IN_CASE}"},
            change={SCHOOL: IN_CASE},
            change_columns={SCHOOL: ["withdrawn_at"]},
        ),
        Guard(
            "cases_disclosure",
            see={SCHOOL: f"{WRITES_AT_SCHOOL} AND from_unit_id = (SELECT my_unit())", SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}"},
            add=both(f"disclosed_by_id = (SELECT my_membership()) AND {IN_CASE}"),
            change={SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}"},
            change_columns={SOCIAL: ["read_at", "read_by_id"]},
        ),
        Guard(
            "cases_feedback",
            see={SCHOOL: IN_CASE, SOCIAL: OF_MY_REFERRAL},
            add={SOCIAL: f"sent_by_id = (SELECT my_membership()) AND {OF_MY_REFERRAL}"},
            change={SCHOOL: IN_CASE},
            change_columns={SCHOOL: ["reply", "acknowledged_at", "acknowledged_by_id"]},
        ),
        Guard("cases_schoolnote", see={SCHOOL: f"unit_id = (SELECT my_unit()) AND {IN_CASE}"},
              add={SCHOOL: f"unit_id = (SELECT my_unit()) AND written_by_id = (SELECT my_membership()) AND {IN_CASE}"}),
        Guard("cases_socialnote", see={SOCIAL: f"unit_id = (SELECT my_unit()) AND {IN_CASE}"},
              add={SOCIAL: f"unit_id = (SELECT my_unit()) AND written_by_id = (SELECT my_membership()) AND {IN_CASE}"}),
        Guard(
            "cases_obligation",
            see=all_three(IN_CASE),
            see_columns={CITY: ["id", "case_id", "referral_id", "kind", "started_on", "due_on", "first_due_on",
                                "is_statutory", "stopped_at", "outcome"]},
            add=all_three(IN_CASE),
            change=all_three(IN_CASE),
            change_columns={SCHOOL: ["due_on", "stopped_at", "outcome"], SOCIAL: ["due_on", "stopped_at", "outcome"],
                            CITY: ["due_on", "stopped_at", "outcome"]},
        ),
        Guard(
            "cases_holderinterval",
            see=all_three(OF_OBLIGATION),
            see_columns={CITY: ["id", "obligation_id", "unit_id", "person_id", "from_at", "to_at"]},
            add=all_three(OF_OBLIGATION),
            change=all_three(OF_OBLIGATION),
            change_columns={key: ["to_at"] for key in (SCHOOL, SOCIAL, CITY)},
        ),
        Guard(
            "cases_hold",
            see=all_three(OF_OBLIGATION),
            see_columns={CITY: ["id", "obligation_id", "started_on", "until", "ended_at"]},
            add=all_three(OF_OBLIGATION),
            change=all_three(OF_OBLIGATION),
            change_columns={key: ["ended_at"] for key in (SCHOOL, SOCIAL, CITY)},
        ),
        Guard(
            "cases_event",
            see={
                SCHOOL: IN_CASE,
                SOCIAL: f"{IN_CASE} AND (referral_id IS NULL OR unit_id = (SELECT my_unit()) OR {OF_MY_REFERRAL})",
                CITY: IN_CASE,
            },
            see_columns={CITY: ["id", "case_id", "referral_id", "kind", "at", "by_id", "unit_id", "is_substantive"]},
            add=all_three(f"by_id = (SELECT my_membership()) AND {IN_CASE}"),
        ),
    ]  # fmt: skip
