"""The database itself keeps roles apart that exclude each other, whoever writes and whatever the writer may see."""

from django.db import migrations

# SECURITY DEFINER: who invites may not see the person's roles elsewhere, and need not see them to be refused.
# The lock makes two invitations of one person meet in turn. The roles are those of accounts.permissions.rules.
KEEP_APART = """
CREATE FUNCTION keep_memberships_apart() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    alone CONSTANT text[] := ARRAY['system_admin', 'log_auditor'];
    period CONSTANT daterange := daterange(NEW.valid_from, NEW.valid_to, '[]');
BEGIN
    PERFORM FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM accounts_membership
         WHERE user_id = NEW.user_id AND id <> NEW.id AND unit_id = NEW.unit_id AND role = NEW.role
           AND daterange(valid_from, valid_to, '[]') && period
    ) THEN
        RAISE EXCEPTION 'The person has this role in this unit at the same time'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_once_at_a_time';
    END IF;
    IF EXISTS (
        SELECT FROM accounts_membership
         WHERE user_id = NEW.user_id AND id <> NEW.id AND role <> NEW.role
           AND (role = ANY (alone) OR NEW.role = ANY (alone))
           AND daterange(valid_from, valid_to, '[]') && period
    ) THEN
        RAISE EXCEPTION 'The person has a role at the same time that excludes this one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_roles_exclude';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_memberships_apart() FROM PUBLIC;
CREATE TRIGGER keep_memberships_apart
    AFTER INSERT OR UPDATE OF user_id, unit_id, role, valid_from, valid_to ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION keep_memberships_apart();
"""
UNDO = """
DROP TRIGGER keep_memberships_apart ON accounts_membership;
DROP FUNCTION keep_memberships_apart();
"""


class Migration(migrations.Migration):
    """What accounts.permissions.rules says about roles, said by the database."""

    dependencies = [("accounts", "0010_roles_end_and_need_two")]
    operations = [migrations.RunSQL(KEEP_APART, UNDO)]
