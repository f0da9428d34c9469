"""When rows of the log are erased on schedule, the log itself tells: how many, of which table, up to which link.

The links stay, without what they were prints of. `verify_log` accepts the rows that are gone as far as the log tells of
them, and counts them. Only an approved erasure can delete at all (see `refuse_change`).
"""

from django.db import migrations

TELL = """
CREATE FUNCTION tell_of_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_auditevent (authority, at, role, action, target_type, target_id, details)
    SELECT l.authority, statement_timestamp(), '', 'log_erased', TG_TABLE_NAME, '',
           jsonb_build_object('up_to', max(l.seq), 'rows', count(*))
      FROM gone JOIN public.audit_link l ON l.entry_table = TG_TABLE_NAME AND l.entry_id = gone.id
     GROUP BY l.authority ORDER BY l.authority;
    RETURN NULL;
END $$;
CREATE TRIGGER told AFTER DELETE ON audit_auditevent REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_erasure();
CREATE TRIGGER told AFTER DELETE ON audit_accessrecord REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_erasure();

-- What tells of an erasure is about nobody and is kept, else older rows would be missed again later.
CREATE FUNCTION keep_what_tells() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN CASE WHEN OLD.action = 'log_erased' THEN NULL ELSE OLD END;
END $$;
CREATE TRIGGER keep_what_tells BEFORE DELETE ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION keep_what_tells();
REVOKE ALL ON FUNCTION tell_of_erasure(), keep_what_tells() FROM PUBLIC;
"""
NO_TELLING = """
DROP TRIGGER told ON audit_auditevent; DROP TRIGGER told ON audit_accessrecord;
DROP TRIGGER keep_what_tells ON audit_auditevent;
DROP FUNCTION tell_of_erasure(); DROP FUNCTION keep_what_tells();
"""


class Migration(migrations.Migration):
    """Lets the log outlive the erasure of its oldest rows."""

    dependencies = [("audit", "0012_wall")]
    operations = [migrations.RunSQL(TELL, NO_TELLING)]
