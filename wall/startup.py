"""A server's program does not start where the wall would not hold it."""

from __future__ import annotations

import time

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, transaction
from django.db.utils import DatabaseError

from . import identity
from .roles import SIDES

SECONDS_TO_WAIT = 30

TOO_STRONG = """
SELECT rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace),
       EXISTS (SELECT FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
                WHERE c.oid = 'cases_case'::regclass AND pg_has_role(r.oid, o.oid, 'MEMBER')),
       EXISTS (SELECT FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                  AND c.relname LIKE ANY ('{accounts\\_%%,schools\\_%%,attendance\\_%%,cases\\_%%,audit\\_%%}')
                  AND has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE'))
  FROM pg_roles r WHERE r.rolname = session_user
"""
FAULTS = (
    "is a superuser",
    "passes row-level security",
    "owns tables",
    "can become the owner of the tables",
    "has rights of its own to tables",
)
LOOKED_AT = ("schools_pupil", "cases_case", "attendance_concern", "cases_socialnote", "accounts_session")


def refuse_without_wall() -> None:
    """Raise ImproperlyConfigured when this login could walk past the wall, or when the wall lets nobody in.

    Waits a little for a database that is just starting.
    """
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            faults = faults_of_login()
            break
        except OperationalError as error:
            connection.close()
            if time.monotonic() > deadline:
                raise ImproperlyConfigured(f"The database cannot be reached: {error}") from None
            time.sleep(0.5)
    connection.close()
    if faults:
        raise ImproperlyConfigured(f"This server does not start: its login in the database {' and '.join(faults)}.")


def faults_of_login() -> list[str]:
    """Return what is wrong with the login that this program uses, in words."""
    with connection.cursor() as cursor:
        cursor.execute(TOO_STRONG)
        faults = [words for words, is_so in zip(FAULTS, cursor.fetchone(), strict=True) if is_so]
    return faults or [*_rows_without_identity(), *_closed_entrance()]


def _rows_without_identity() -> list[str]:
    """Look, as each side but as nobody, at tables that nobody may read: not one row is seen, or no right is had."""
    seen = []
    for role in SIDES:
        for table in LOOKED_AT:
            if _sees_a_row(role, table):
                seen.append(f"sees rows of {table} as {role} without anybody having signed in")
    return seen


def _sees_a_row(role: str, table: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, true)", [role])
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608  constants of ours
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False  # no right to the table at all


def _closed_entrance() -> list[str]:
    try:
        with identity.gate():
            return []
    except DatabaseError:
        return ["is not let in by the wall: SECRET_KEY is not the one the database knows (manage.py set_wall_key)"]
