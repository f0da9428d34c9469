"""Make the roles and the database on a PostgreSQL server, or say in one sentence what is missing.

Used by `dev.py` and by docker-compose.yml. Reads four addresses from the environment: OWNER_DATABASE_URL, DATABASE_URL
(the web role's) and WORKER_DATABASE_URL name the logins, their passwords and the database; ADMIN_DATABASE_URL, when
given, is a role that may make them. Without it nothing is made, only looked at. Run again, it changes nothing.

The roles that the logins become (wall/roles.py) are made too: they cannot log in and belong to the whole server.
"""

import os
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, beside the packages
from wall import roles

OLDEST = 150000
SECONDS_TO_WAIT = 30
OTHER_WAY = "make the roles and the database yourself (docs/operations.md) and set DATABASE_URL and OWNER_DATABASE_URL"


LIMITS = {"statement_timeout": "15s", "lock_timeout": "4s", "idle_in_transaction_session_timeout": "30s"}
"""How long a page may keep the database busy; longer work is the worker's."""

QUIET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""What keeps children out of the server's own log: a refused row, a statement and its values stand there otherwise.

The client still gets the whole error. The same stands in launcher/postgres.py and docker-compose.yml, for whoever
connects with another login.
"""


class Missing(Exception):
    """What is missing on the server, as a sentence."""


def connect(address: str, dbname: str | None = None) -> psycopg.Connection:
    """Return a connection that commits each statement; wait a little for a server that is just starting."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            return psycopg.connect(make_conninfo(address, dbname=dbname), autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as error:
            if not is_starting(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def is_starting(error: psycopg.OperationalError) -> bool:
    """Tell whether the server asks for patience."""
    return "starting up" in str(error) or "in recovery mode" in str(error)


def check_version(connection: psycopg.Connection) -> None:
    """Refuse a server that is too old."""
    if connection.info.server_version < OLDEST:
        found = connection.info.server_version // 10000
        raise Missing(f"the server is PostgreSQL {found}; {OLDEST // 10000} or newer is needed")


def make_login(admin: psycopg.Connection, address: str, rights: str) -> sql.Identifier:
    """Make a role that can log in; one that exists keeps its password."""
    wanted = conninfo_to_dict(address)
    name = sql.Identifier(str(wanted["user"]))
    if not exists(admin, str(wanted["user"])):
        password = sql.SQL("PASSWORD {}").format(str(wanted["password"])) if wanted.get("password") else sql.SQL("")
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(name, password))
    admin.execute(sql.SQL("ALTER ROLE {} NOSUPERUSER NOCREATEROLE {}").format(name, sql.SQL(rights)))
    return name


def make_sides(admin: psycopg.Connection) -> None:
    """Make the roles of the wall."""
    for role in roles.EVERYBODY:
        if not exists(admin, role):
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOCREATEROLE").format(sql.Identifier(role)))


def let_become(admin: psycopg.Connection, login: sql.Identifier, sides: tuple[str, ...]) -> None:
    """Let a login become these roles; it has their rights only while it is one of them."""
    without = sql.SQL(" WITH INHERIT FALSE" if admin.info.server_version >= 160000 else "")
    for side in sides:
        admin.execute(sql.SQL("GRANT {} TO {}{}").format(sql.Identifier(side), login, without))


def make_backup_role(admin: psycopg.Connection) -> bool:
    """Make the one role that reads everything, for dumps alone; it logs in only once a password has been set."""
    if admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() != (True,):
        return False  # only a superuser can give BYPASSRLS; docs/operations.md says what a hosted server does instead
    name = sql.Identifier(roles.BACKUP)
    if not exists(admin, roles.BACKUP):
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT BYPASSRLS CONNECTION LIMIT 2").format(name))
    admin.execute(sql.SQL("ALTER ROLE {} BYPASSRLS INHERIT").format(name))
    admin.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(name))
    admin.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name))
    return True


def silence(admin: psycopg.Connection, logins: list[sql.Identifier]) -> None:
    """Let what our logins do leave no content in the server's log; say so where only the server's owner can."""
    try:
        for login in logins:
            for setting, value in QUIET.items():
                quiet = sql.SQL("ALTER ROLE {} SET {} = {}")
                admin.execute(quiet.format(login, sql.Identifier(setting), sql.Literal(value)))
    except psycopg.errors.InsufficientPrivilege:
        print(f"Only a superuser can keep content out of the server's log; set there: {QUIET}", file=sys.stderr)


def exists(admin: psycopg.Connection, name: str) -> bool:
    """Tell whether the server has that role."""
    return admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None


def make_all(admin_address: str, owner: str, web: str, worker: str) -> None:
    """Make what is missing: the logins, the roles of the wall, and the database as its owner."""
    with connect(admin_address) as admin:
        check_version(admin)
        owner_role = make_login(admin, owner, "INHERIT CREATEDB")
        web_role = make_login(admin, web, "NOINHERIT NOCREATEDB")
        worker_role = make_login(admin, worker, "NOINHERIT NOCREATEDB")
        # Through the logins, which hand nothing down, the owner of a test database becomes each side in turn.
        make_sides(admin)
        let_become(admin, web_role, roles.SIDES)
        let_become(admin, worker_role, (*roles.JOBS, *roles.COUNTED))
        let_become(admin, owner_role, (roles.WEB, roles.WORKER))
        has_backup = make_backup_role(admin)
        for setting, value in LIMITS.items():
            limit = sql.SQL("ALTER ROLE {} SET {} = {}")
            admin.execute(limit.format(web_role, sql.Identifier(setting), sql.Literal(value)))
        backup = [sql.Identifier(roles.BACKUP)] if has_backup else []
        silence(admin, [owner_role, web_role, worker_role, *backup])
        name = str(conninfo_to_dict(owner)["dbname"])
        is_there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not is_there:
        with connect(owner, dbname=str(conninfo_to_dict(admin_address).get("dbname") or "postgres")) as as_owner:
            as_owner.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )


def check_all(owner: str, *logins: str) -> None:
    """Check that the owner owns the database and that the other logins have no power over it."""
    with connect(owner) as connection:
        check_version(connection)
        query = "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()"
        if connection.execute(query).fetchone() != (True,):
            name = connection.info.dbname
            raise Missing(
                f"the database {name} is in the way: {connection.info.user} does not own it; rename or drop it"
            )
        missing = [role for role in roles.EVERYBODY if not exists(connection, role)]
        if missing:
            raise Missing(f"the server lacks the roles {', '.join(missing)}")
    for login in logins:
        with connect(login) as connection:
            query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            if connection.execute(query).fetchone() != (False,):
                raise Missing(f"the role {connection.info.user} has too many rights for a server's program")


def main() -> str | None:
    """Prepare the database; return a sentence when that cannot be done."""
    admin = os.environ.get("ADMIN_DATABASE_URL")
    owner, web, worker = (os.environ[f"{name}DATABASE_URL"] for name in ("OWNER_", "", "WORKER_"))
    try:
        if admin:
            make_all(admin, owner, web, worker)
        check_all(owner, web, worker)
    except Missing as missing:
        return f"{missing}."
    except psycopg.errors.InsufficientPrivilege as error:
        return f"the role in DATABASE_URL may not make our roles on that server ({first_line(error)}); {OTHER_WAY}."
    except psycopg.Error as error:
        if admin and "password authentication failed" in str(error) and "narvaro" in str(error):
            return f"a role of ours is there already with another password ({first_line(error)}); {OTHER_WAY}."
        return f"the PostgreSQL server cannot be used: {first_line(error)}."
    return None


def first_line(error: psycopg.Error) -> str:
    """Return the server's own first words, without a password (the driver never repeats one)."""
    return str(error).strip().splitlines()[0].rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
