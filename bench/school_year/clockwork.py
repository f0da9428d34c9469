"""The database's clock, moved: what procrastinate's own functions call now() is the moment that is played.

A schema before pg_catalog on the path gives another now(). Only connections that ask for that path see it; a time that
the product itself uses is handed over by the process. Two tables keep what the product later forgets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

PATH = "-c search_path=simulated,pg_catalog,public"
SET_UP = """
DROP SCHEMA IF EXISTS simulated CASCADE;
CREATE SCHEMA simulated;
CREATE TABLE simulated.clock (ahead interval NOT NULL);
INSERT INTO simulated.clock VALUES ('0');
CREATE FUNCTION simulated.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT pg_catalog.now() + ahead FROM simulated.clock';
CREATE TABLE simulated.given (user_id uuid, obligation uuid, due_on date, step text, reminded_on date);
CREATE TABLE simulated.mail (id uuid, user_id uuid, kind text);
CREATE FUNCTION simulated.keep_given() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO simulated.given VALUES (NEW.user_id, NEW.obligation, NEW.due_on, NEW.step, NEW.reminded_on);
    RETURN NULL;
END $$;
CREATE FUNCTION simulated.keep_mail() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO simulated.mail VALUES (NEW.id, NEW.user_id, NEW.kind);
    RETURN NULL;
END $$;
CREATE TRIGGER simulated_given AFTER INSERT ON notifications_reminder
    FOR EACH ROW EXECUTE FUNCTION simulated.keep_given();
CREATE TRIGGER simulated_mail AFTER INSERT ON notifications_mail
    FOR EACH ROW EXECUTE FUNCTION simulated.keep_mail();
ALTER TABLE procrastinate_workers ALTER last_heartbeat SET DEFAULT simulated.now();
ALTER TABLE procrastinate_events ALTER at SET DEFAULT simulated.now();
GRANT USAGE ON SCHEMA simulated TO PUBLIC;
GRANT SELECT ON simulated.clock TO PUBLIC;
GRANT EXECUTE ON FUNCTION simulated.now() TO PUBLIC;
"""
TAKE_DOWN = """
ALTER TABLE procrastinate_workers ALTER last_heartbeat SET DEFAULT now();
ALTER TABLE procrastinate_events ALTER at SET DEFAULT now();
DROP SCHEMA simulated CASCADE
"""


@contextmanager
def moved_clock() -> Iterator[None]:
    """Have a clock in the database that can be moved."""
    with connection.cursor() as cursor:
        cursor.execute(SET_UP)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(TAKE_DOWN)


def set_clock(moment: datetime) -> None:
    """Let it be `moment` in the database; time goes on from there."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE simulated.clock SET ahead = %s - clock_timestamp()", [moment])


def clear() -> None:
    """Take away what an earlier year has left: for a database of one's own only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE accounts_unit, accounts_user, schools_pupil, schools_provider, socialservices_reasoncode, "
            "procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE"
        )
