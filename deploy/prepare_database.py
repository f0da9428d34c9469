"""Make the two roles and the database on a PostgreSQL server, or say in one sentence what is missing.

Used by `dev.py` and by docker-compose.yml. Reads three addresses from the environment: OWNER_DATABASE_URL and
DATABASE_URL (the web role's) name the roles, their passwords and the database; ADMIN_DATABASE_URL, when given, is
a role that may make them. Without it nothing is made, only looked at. Run again, it changes nothing.
"""

import os
import sys
import time

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

OLDEST = 150000
SECONDS_TO_WAIT = 30
OTHER_WAY = "make the roles and the database yourself (docs/operations.md) and set DATABASE_URL and OWNER_DATABASE_URL"


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


def make_role(admin: psycopg.Connection, address: str, *, may_create_databases: bool) -> None:
    """Make a role that can log in; one that exists keeps its password."""
    wanted = conninfo_to_dict(address)
    name = str(wanted["user"])
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        return
    password = sql.SQL("PASSWORD {}").format(str(wanted["password"])) if wanted.get("password") else sql.SQL("")
    rights = sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB")
    make = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} {}")
    admin.execute(make.format(sql.Identifier(name), rights, password))


def make_all(admin_address: str, owner: str, web: str) -> None:
    """Make what is missing: both roles, and the database as its owner."""
    with connect(admin_address) as admin:
        check_version(admin)
        make_role(admin, owner, may_create_databases=True)
        make_role(admin, web, may_create_databases=False)
        # The tests build their database as the owner and then work as the web role.
        roles = (sql.Identifier(str(conninfo_to_dict(address)["user"])) for address in (web, owner))
        admin.execute(sql.SQL("GRANT {} TO {}").format(*roles))
        name = str(conninfo_to_dict(owner)["dbname"])
        exists = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not exists:
        with connect(owner, dbname=str(conninfo_to_dict(admin_address).get("dbname") or "postgres")) as as_owner:
            as_owner.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )


def check_all(owner: str, web: str) -> None:
    """Check that the owner owns the database and that the web role has no power over it."""
    with connect(owner) as connection:
        check_version(connection)
        query = "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()"
        if connection.execute(query).fetchone() != (True,):
            name = connection.info.dbname
            raise Missing(
                f"the database {name} is in the way: {connection.info.user} does not own it; rename or drop it"
            )
    with connect(web) as connection:
        query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        if connection.execute(query).fetchone() != (False,):
            raise Missing(f"the role {connection.info.user} has too many rights for the web server")


def main() -> str | None:
    """Prepare the database; return a sentence when that cannot be done."""
    admin = os.environ.get("ADMIN_DATABASE_URL")
    owner, web = os.environ["OWNER_DATABASE_URL"], os.environ["DATABASE_URL"]
    try:
        if admin:
            make_all(admin, owner, web)
        check_all(owner, web)
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
