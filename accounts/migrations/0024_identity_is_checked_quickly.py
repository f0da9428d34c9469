"""The same check of who asks, at a sixth of the price: every policy asks, so every page pays for it many times over.

A function in SQL that runs as its owner is planned anew in each statement, and the check was three of them inside each
other. It is now one, whose plan the connection keeps; the identity and the secret are read each time as before. What
is signed, with which secret and over what, has not changed.
"""

from django.db import migrations

from wall import roles

EVERYBODY = ", ".join((roles.WEB, roles.WORKER, *roles.EVERYBODY))

CHECK = f"""
CREATE FUNCTION wall_signed(p_secret bytea, p_identity text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(p_secret || sha256(p_secret || convert_to(
        concat_ws('|', p_identity, pg_backend_pid(), extract(epoch FROM now())), 'UTF8'))), 'hex')
$$;
REVOKE ALL ON FUNCTION wall_signed(bytea, text) FROM PUBLIC, {EVERYBODY};

CREATE OR REPLACE FUNCTION wall_part(p_place integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said CONSTANT text := current_setting('app.identity', true);
    signed text;
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN NULL;
    END IF;
    SELECT public.wall_signed(s.value, said) INTO signed FROM public.wall_secret s WHERE s.name = 'sign';
    IF signed IS NULL OR signed IS DISTINCT FROM current_setting('app.signature', true) THEN
        RAISE EXCEPTION 'The identity is not signed by the database' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN nullif(split_part(said, '|', p_place), '');
END $$;

CREATE OR REPLACE FUNCTION wall_signature(p_identity text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT public.wall_signed(s.value, p_identity) FROM public.wall_secret s WHERE s.name = 'sign');
END $$;

CREATE OR REPLACE FUNCTION wall_sign(p_secret text, p_message text) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT sha256(s.value || sha256(s.value || convert_to(p_message, 'UTF8')))
              FROM public.wall_secret s WHERE s.name = p_secret);
END $$;
"""

AS_BEFORE = """
CREATE OR REPLACE FUNCTION wall_sign(p_secret text, p_message text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT sha256(value || sha256(value || convert_to(p_message, 'UTF8'))) FROM public.wall_secret WHERE name = p_secret
$$;

CREATE OR REPLACE FUNCTION wall_signature(p_identity text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(public.wall_sign('sign', concat_ws('|', p_identity, pg_backend_pid(), extract(epoch FROM now()))), 'hex')
$$;

CREATE OR REPLACE FUNCTION wall_part(p_place integer) RETURNS text
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
DROP FUNCTION wall_signed(bytea, text);
"""


class Migration(migrations.Migration):
    """Writes the three functions anew; who may call which stays."""

    dependencies = [("accounts", "0023_history")]
    operations = [migrations.RunSQL(CHECK, AS_BEFORE)]
