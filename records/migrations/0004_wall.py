"""Who may see runs, tombstones and requests; and that a side which has let go of a case no longer sees it."""

from django.db import migrations

from wall.policies import PROTECTED, Guard
from wall.roles import AUDIT, SCHOOL, SOCIAL, SYSTEM

# A side without a party row has let go. The case says so itself, so that no policy has to ask another table.
LETTING_GO = f"""
ALTER TABLE cases_case ADD COLUMN let_go text[] NOT NULL DEFAULT '{{}}';

CREATE FUNCTION keep_let_go() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE cases_case c SET
        party_units = coalesce((SELECT array_agg(p.unit_id ORDER BY p.id) FROM cases_party p
                                 WHERE p.case_id = c.id AND p.ended_at IS NULL), '{{}}'),
        let_go = ARRAY(SELECT side FROM unnest(ARRAY['school', 'social']) AS side WHERE NOT EXISTS (
                     SELECT FROM cases_party p JOIN accounts_unit u ON u.id = p.unit_id
                      WHERE p.case_id = c.id AND retention_side(u.kind) = side))
     WHERE c.id = OLD.case_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_let_go() FROM PUBLIC;
CREATE TRIGGER keep_let_go AFTER DELETE ON cases_party FOR EACH ROW EXECUTE FUNCTION keep_let_go();

CREATE POLICY let_go_school ON cases_case AS RESTRICTIVE FOR SELECT TO {SCHOOL} USING (NOT 'school' = ANY (let_go));
CREATE POLICY let_go_social ON cases_case AS RESTRICTIVE FOR SELECT TO {SOCIAL} USING (NOT 'social' = ANY (let_go));
CREATE POLICY let_go ON cases_disclosure AS RESTRICTIVE FOR SELECT TO {SCHOOL}, {SOCIAL}
    USING (EXISTS (SELECT FROM cases_case c WHERE c.id = case_id));
"""
HOLDING_ON = """
DROP POLICY let_go ON cases_disclosure;
DROP POLICY let_go_social ON cases_case;
DROP POLICY let_go_school ON cases_case;
DROP TRIGGER keep_let_go ON cases_party;
DROP FUNCTION keep_let_go();
ALTER TABLE cases_case DROP COLUMN let_go;
"""

# An account that was closed because its last role had ended is open again when its person gets a new role.
NEW_ROLE = """
CREATE FUNCTION open_account_for_new_role() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE accounts_user SET is_active = true WHERE id = NEW.user_id AND NOT is_active;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION open_account_for_new_role() FROM PUBLIC;
CREATE TRIGGER open_account_for_new_role AFTER INSERT ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION open_account_for_new_role();
"""
NO_NEW_ROLE = """
DROP TRIGGER open_account_for_new_role ON accounts_membership;
DROP FUNCTION open_account_for_new_role();
"""

ADMIN = "(SELECT my_role()) = 'system_admin'"
OF_MY_UNIT = "unit_id = (SELECT my_unit())"
ANSWERING = {
    SCHOOL: f"{OF_MY_UNIT} AND (SELECT my_role()) = 'principal'",
    SOCIAL: f"{OF_MY_UNIT} AND (SELECT my_role()) = 'unit_head'",
}
OF_MY_REQUEST = dict.fromkeys((SCHOOL, SOCIAL), "request_id IN (SELECT id FROM records_rightsrequest)")
NO_PROTECTED = PROTECTED.format(pupil="pupil_id")


class Migration(migrations.Migration):
    """Puts the records behind the wall."""

    dependencies = [("records", "0003_erasing_what_is_only_added")]
    operations = [
        migrations.RunSQL(LETTING_GO, HOLDING_ON),
        migrations.RunSQL(NEW_ROLE, NO_NEW_ROLE),
        Guard(
            "records_retentionrun",
            see={SYSTEM: ADMIN},
            add={
                SYSTEM: f"{ADMIN} AND kind = 'approved' AND status = 'proposed' AND proposed_by_id = (SELECT me()) "
                "AND erasing_in IS NULL"
            },
            change={SYSTEM: f"{ADMIN} AND status = 'proposed'"},
            # Whoever approves is the one who asks, and not the one who proposed; what marks an erasure is out of reach.
            check={
                SYSTEM: "status IN ('proposed', 'cancelled') OR status = 'approved' AND approved_by_id = (SELECT me()) "
                "AND proposed_by_id <> (SELECT me())"
            },
            change_columns={SYSTEM: ["status", "approved_at", "approved_by_id", "subjects"]},
        ),
        Guard("records_retentiontombstone", see={SYSTEM: ADMIN, AUDIT: "true"}),
        Guard(
            "records_keeporder",
            see=ANSWERING,
            add=ANSWERING,
            change=ANSWERING,
            change_columns={side: ["lifted_at", "lifted_by_id"] for side in (SCHOOL, SOCIAL)},
            never=NO_PROTECTED,
        ),
        Guard(
            "records_rightsrequest",
            see=ANSWERING,
            add=ANSWERING,
            change=ANSWERING,
            change_columns={
                side: ["screened_at", "screened_by_id", "outcome", "answer", "settled_at", "settled_by_id"]
                for side in (SCHOOL, SOCIAL)
            },
            never=NO_PROTECTED,
        ),
        Guard("records_screening", see=OF_MY_REQUEST, add=OF_MY_REQUEST, change=OF_MY_REQUEST),
    ]
