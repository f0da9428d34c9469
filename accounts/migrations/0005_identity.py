"""The signed identity: who the database believes is asking (docs/adr/0010).

`wall_enter` is the only way in. It wants a proof made with a key that lies in wall_secret, where no role but the owner
reads, and that only the application's process can make. What it settles on is signed with a second secret that never
leaves the database, over the start of the transaction and the backend's number, so that it can be neither forged with
set_config nor carried to another transaction. `me()` and its kin check the signature each time they are asked.
"""

from django.db import migrations

from wall import identity, roles

SECRETS = f"""
CREATE TABLE wall_secret (name text PRIMARY KEY, value bytea NOT NULL);
REVOKE ALL ON wall_secret FROM PUBLIC, {", ".join((roles.WEB, roles.WORKER, *roles.EVERYBODY))};
ALTER TABLE wall_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE wall_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_passes ON wall_secret TO CURRENT_USER USING (true) WITH CHECK (true);
INSERT INTO wall_secret VALUES
    ('sign', sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8')));
"""

SIGNATURE = """
CREATE FUNCTION wall_sign(p_secret text, p_message text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT sha256(value || sha256(value || convert_to(p_message, 'UTF8'))) FROM public.wall_secret WHERE name = p_secret
$$;

CREATE FUNCTION wall_signature(p_identity text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(public.wall_sign('sign', concat_ws('|', p_identity, pg_backend_pid(), extract(epoch FROM now()))), 'hex')
$$;

CREATE FUNCTION wall_part(p_place integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said text := current_setting('app.identity', true);
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN NULL;
    END IF;
    IF public.wall_signature(said) IS DISTINCT FROM current_setting('app.signature', true) THEN
        RAISE EXCEPTION 'The identity is not signed by the database' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN nullif(split_part(said, '|', p_place), '');
END $$;
"""

WHO = """
CREATE FUNCTION my_kind() RETURNS text LANGUAGE sql STABLE AS $$ SELECT public.wall_part(1) $$;
CREATE FUNCTION me() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT public.wall_part(2)::uuid $$;
CREATE FUNCTION my_membership() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT public.wall_part(3)::uuid $$;
CREATE FUNCTION my_unit() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT public.wall_part(4)::uuid $$;
CREATE FUNCTION my_role() RETURNS text LANGUAGE sql STABLE AS $$ SELECT public.wall_part(5) $$;
CREATE FUNCTION my_side() RETURNS text LANGUAGE sql STABLE AS $$ SELECT public.wall_part(6) $$;
CREATE FUNCTION my_authority() RETURNS text LANGUAGE sql STABLE AS $$ SELECT public.wall_part(7) $$;
CREATE FUNCTION my_units() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_to_array(public.wall_part(8), ',')::uuid[], '{}')
$$;
"""

ENTER = f"""
CREATE FUNCTION wall_side(p_kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_kind IN ('school', 'school_area') THEN 'school'
                WHEN p_kind IN ('intake', 'team', 'social_area') THEN 'social' ELSE 'city' END
$$;

CREATE FUNCTION wall_db_role(p_role text, p_side text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_role IN ('coordinator', 'analyst') THEN '{roles.CITY}'
                WHEN p_role = 'log_auditor' THEN '{roles.AUDIT}'
                WHEN p_role = 'system_admin' THEN '{roles.SYSTEM}'
                WHEN p_side = 'school' THEN '{roles.SCHOOL}'
                WHEN p_side = 'social' THEN '{roles.SOCIAL}'
                ELSE '{roles.GATE}' END
$$;

CREATE FUNCTION wall_put_on(p_kind text, p_user uuid, p_membership uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found record;
    units text;
    said text := p_kind || '|' || coalesce(p_user::text, '') || '||||||';
    db_role text := '{roles.GATE}';
BEGIN
    IF p_membership IS NOT NULL THEN
        SELECT m.id, m.user_id, m.role, m.unit_id, wall_side(u.kind) AS side, u.authority INTO STRICT found
          FROM accounts_membership m JOIN accounts_unit u ON u.id = m.unit_id WHERE m.id = p_membership;
        SELECT string_agg(u.id::text, ',') INTO units FROM accounts_unit u LEFT JOIN accounts_unit p ON p.id = u.parent_id
         WHERE u.id = found.unit_id
            OR found.role IN ('unit_head', 'coordinator') AND found.unit_id IN (u.parent_id, p.parent_id);
        db_role := wall_db_role(found.role, found.side);
        said := concat_ws('|', p_kind, found.user_id, found.id, found.unit_id, found.role, found.side, found.authority, units);
    END IF;
    PERFORM set_config('app.identity', said, true), set_config('app.signature', wall_signature(said), true);
    RETURN db_role;
END $$;

CREATE FUNCTION wall_enter(p_kind text, p_key text, p_membership uuid, p_at bigint, p_proof bytea)
RETURNS TABLE (session_data text, user_id uuid, membership_id uuid, db_role text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    at timestamptz := to_timestamp(p_at / 1000000.0);
    today date := (at AT TIME ZONE 'Europe/Stockholm')::date;
    kept accounts_session%ROWTYPE;
BEGIN
    IF p_proof IS DISTINCT FROM
       wall_sign('proof', concat_ws('|', p_kind, p_key, coalesce(p_membership::text, ''), p_at, pg_backend_pid())) THEN
        RAISE EXCEPTION 'The entrance is not proved' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF p_kind = 'member' THEN
        membership_id := p_membership;
        db_role := wall_put_on('member', NULL, p_membership);
        RETURN NEXT;
        RETURN;
    ELSIF p_kind = 'session' THEN
        SELECT * INTO kept FROM accounts_session s
         WHERE s.key_hash = p_key AND s.last_seen_at >= at - interval '20 minutes' AND s.created_at >= at - interval '10 hours';
    END IF;
    IF kept.key_hash IS NULL THEN
        db_role := wall_put_on('gate', NULL, NULL);
        RETURN NEXT;
        RETURN;
    END IF;
    session_data := kept.data;
    IF kept.last_seen_at < at - interval '30 seconds' THEN
        UPDATE accounts_session s SET last_seen_at = at WHERE s.key_hash = p_key;
    END IF;
    SELECT u.id INTO user_id FROM accounts_user u WHERE u.id = kept.user_id AND u.is_active;
    IF user_id IS NULL THEN
        db_role := wall_put_on('gate', NULL, NULL);
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT m.id INTO membership_id FROM accounts_membership m JOIN accounts_unit u ON u.id = m.unit_id
     WHERE m.user_id = kept.user_id AND u.closed_on IS NULL
       AND m.valid_from <= today AND (m.valid_to IS NULL OR m.valid_to >= today)
     ORDER BY (m.id = kept.membership_id) IS TRUE DESC, m.chosen_at DESC NULLS LAST, m.id LIMIT 1;
    db_role := wall_put_on('person', user_id, membership_id);
    RETURN NEXT;
END $$;
"""

# Asked by policies, so every role may; who it is comes from the signature alone.
ASKED = ("wall_part(integer)", "wall_side(text)", "my_kind()", "me()", "my_membership()", "my_unit()", "my_role()",
         "my_side()", "my_authority()", "my_units()")  # fmt: skip
ENTRANCE = "wall_enter(text, text, uuid, bigint, bytea)"
INNER = ("wall_sign(text, text)", "wall_signature(text)", "wall_db_role(text, text)", "wall_put_on(text, uuid, uuid)")


def rights(apps, schema_editor):
    """Let the logins enter and everybody ask who is asking; nobody else calls anything."""
    everybody = ", ".join((roles.WEB, roles.WORKER, *roles.EVERYBODY))
    logins = f"{roles.WEB}, {roles.WORKER}"
    # Nothing is given by default any more: what a role may do is said table by table.
    for statement in (
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {roles.WEB}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {roles.WEB}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON FUNCTIONS FROM {roles.WEB}",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {everybody}",
        *(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC, {everybody}" for name in (*ASKED, ENTRANCE, *INNER)),
        *(f"GRANT EXECUTE ON FUNCTION {name} TO {everybody}" for name in ASKED),
        # Within one transaction a request becomes its person from whatever role it has; the proof decides.
        f"GRANT EXECUTE ON FUNCTION {ENTRANCE} TO {logins}, {', '.join(roles.SIDES)}",
    ):
        schema_editor.execute(statement, params=None)


def keep_proof_key(apps, schema_editor):
    """Give the database its copy of the key; `manage.py set_wall_key` renews it when SECRET_KEY changes."""
    statement = "INSERT INTO wall_secret VALUES ('proof', %s) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statement, [identity.proof_key()])


class Migration(migrations.Migration):
    """Makes the entrance through the wall."""

    # The first migration of all gave the web role every right; from here on it has none.
    dependencies = [("accounts", "0004_authority_and_sessions"), ("audit", "0001_rights_of_the_web_role")]
    operations = [
        migrations.RunSQL(SECRETS),
        migrations.RunSQL(SIGNATURE),
        migrations.RunSQL(WHO),
        migrations.RunSQL(ENTER),
        migrations.RunPython(keep_proof_key),
        migrations.RunPython(rights),
    ]
