"""What the database itself guarantees about cases (product.md section 5), whoever writes and however."""

from django.conf import settings
from django.db import migrations

# Checked at commit: within a transaction an action may stop one obligation and start the next.
OPEN_CASE_HAS_AN_OBLIGATION = """
CREATE FUNCTION check_open_case_has_an_obligation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid := CASE WHEN TG_TABLE_NAME = 'cases_case' THEN (to_jsonb(NEW) ->> 'id')::uuid
                         ELSE (to_jsonb(NEW) ->> 'case_id')::uuid END;
BEGIN
    IF EXISTS (SELECT FROM cases_case WHERE id = checked AND closed_at IS NULL)
       AND NOT EXISTS (SELECT FROM cases_obligation WHERE case_id = checked AND stopped_at IS NULL) THEN
        RAISE EXCEPTION 'Open case % has no open obligation', checked USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM cases_case WHERE id = checked AND closed_at IS NOT NULL)
       AND EXISTS (SELECT FROM cases_obligation WHERE case_id = checked AND stopped_at IS NULL) THEN
        RAISE EXCEPTION 'Closed case % has an open obligation', checked USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER open_case_has_an_obligation AFTER INSERT OR UPDATE ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_open_case_has_an_obligation();
CREATE CONSTRAINT TRIGGER open_case_has_an_obligation AFTER INSERT OR UPDATE ON cases_obligation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_open_case_has_an_obligation();
"""

OBLIGATION_HAS_ONE_HOLDER = """
CREATE FUNCTION check_obligation_has_one_holder() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid := CASE WHEN TG_TABLE_NAME = 'cases_obligation' THEN (to_jsonb(NEW) ->> 'id')::uuid
                         ELSE (to_jsonb(NEW) ->> 'obligation_id')::uuid END;
    is_open boolean := (SELECT stopped_at IS NULL FROM cases_obligation WHERE id = checked);
    holders integer := (SELECT count(*) FROM cases_holderinterval WHERE obligation_id = checked AND to_at IS NULL);
BEGIN
    IF is_open AND holders <> 1 THEN
        RAISE EXCEPTION 'Open obligation % has % holders, not one', checked, holders USING ERRCODE = 'check_violation';
    ELSIF NOT is_open AND holders <> 0 THEN
        RAISE EXCEPTION 'Stopped obligation % still has a holder', checked USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER obligation_has_one_holder AFTER INSERT OR UPDATE ON cases_obligation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_obligation_has_one_holder();
CREATE CONSTRAINT TRIGGER obligation_has_one_holder AFTER INSERT OR UPDATE ON cases_holderinterval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_obligation_has_one_holder();
"""

ANSWER_MATCHES_STATUS = """
CREATE FUNCTION check_answer_matches_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid := CASE WHEN TG_TABLE_NAME = 'cases_referral' THEN (to_jsonb(NEW) ->> 'id')::uuid
                         ELSE (to_jsonb(NEW) ->> 'referral_id')::uuid END;
    state text := (SELECT status FROM cases_referral WHERE id = checked);
    given text := (SELECT answer FROM cases_decision WHERE referral_id = checked);
BEGIN
    IF (state = 'declined') IS DISTINCT FROM (coalesce(given, '') = 'declined')
       OR (state = 'redirected') IS DISTINCT FROM (coalesce(given, '') = 'redirected')
       OR (state IN ('accepted', 'active', 'completed', 'interrupted') AND given IS DISTINCT FROM 'accepted')
       OR (state IN ('sent', 'received', 'assessing', 'asked') AND given IS NOT NULL) THEN
        RAISE EXCEPTION 'Request % is % but its answer is %', checked, state, coalesce(given, 'missing')
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER answer_matches_status AFTER INSERT OR UPDATE ON cases_referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_answer_matches_status();
CREATE CONSTRAINT TRIGGER answer_matches_status AFTER INSERT OR UPDATE ON cases_decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_answer_matches_status();
"""

STATUTORY_CLOCKS_NEVER_PAUSE = """
CREATE FUNCTION refuse_hold_on_statutory_obligation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT is_statutory FROM cases_obligation WHERE id = NEW.obligation_id) THEN
        RAISE EXCEPTION 'A statutory obligation is never on hold' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER statutory_clocks_never_pause BEFORE INSERT OR UPDATE ON cases_hold
    FOR EACH ROW EXECUTE FUNCTION refuse_hold_on_statutory_obligation();
"""

NOTHING_IS_DELETED = """
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON cases_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

KEPT = ("case", "party", "referral", "decision", "question", "consent", "disclosure", "feedback", "internalnote",
        "obligation", "holderinterval", "hold", "event")  # fmt: skip


def guard_rows(apps, schema_editor):
    """Let the web role delete nothing of a case, and change neither events nor decisions."""
    role = schema_editor.quote_name(settings.WEB_ROLE)
    schema_editor.execute(NOTHING_IS_DELETED)
    for table in KEPT:
        schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON cases_{table} FROM {role}")
    for table in ("event", "decision"):
        schema_editor.execute(f"REVOKE UPDATE ON cases_{table} FROM {role}")


class Migration(migrations.Migration):
    """Adds the guarantees that constraints on single rows cannot give."""

    dependencies = [("cases", "0001_initial"), ("audit", "0003_rows_are_only_added")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE cases_number MINVALUE 1"),
        migrations.RunSQL(OPEN_CASE_HAS_AN_OBLIGATION),
        migrations.RunSQL(OBLIGATION_HAS_ONE_HOLDER),
        migrations.RunSQL(ANSWER_MATCHES_STATUS),
        migrations.RunSQL(STATUTORY_CLOCKS_NEVER_PAUSE),
        migrations.RunPython(guard_rows),
    ]
