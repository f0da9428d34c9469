"""The real server for the browser journeys: its own database, gunicorn and worker, started as `dev.py run` does.

The demo city is told once into a template database; each journey gets a copy of it, which takes a moment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from launcher import entrypoints
from launcher.places import ROOT, STATE
from launcher.postgres import free_port
from launcher.serving import compile_words, guarded, wait_for_answer

TEMPLATE = "narvaro_e2e_template"
UNFINISHED = "narvaro_e2e_unfinished"
COPY = "narvaro_e2e_copy"
BUILD_LOCK = 20261123
DROP_ATTEMPTS = 60
# Files that decide what a page shows but not what is in the database.
SHOWS_ONLY = {"views.py", "forms.py", "urls.py", "admin.py", "navigation.py", "context.py"}

copies = count(1)


@dataclass(frozen=True)
class Server:
    """A running server: where it is, its database as web role and as owner, and the file with all it has printed."""

    url: str
    database_url: str
    owner_url: str
    log: Path

    def rows(self, query: str, *parameters: object) -> list[tuple]:
        """Return what is in the database now, read as the owner."""
        with closing(psycopg.connect(self.owner_url, autocommit=True)) as connection:
            return connection.execute(query, parameters).fetchall()

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on this server's database and return what it printed."""
        return manage(self.owner_url, self.database_url, *arguments)


@contextmanager
def running_copy(*, worker: bool) -> Iterator[Server]:
    """Have a server inside the block, on a database of its own with the demo city as it was told."""
    name = f"{COPY}_{os.getpid()}_{next(copies)}"
    owner_url, database_url = address("OWNER_DATABASE_URL", name), address("DATABASE_URL", name)
    log = STATE / "e2e" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    port = free_port(0)
    commands = {"web server": [sys.executable, *entrypoints.web(f"127.0.0.1:{port}", workers=1)]}
    if worker:
        commands["worker"] = [sys.executable, *entrypoints.WORKER]
    copy_template(name)
    try:
        with log.open("wb") as output, guarded(commands, environ_for(owner_url, database_url), output) as guard:
            wait_for_answer(port, guard)
            yield Server(f"http://127.0.0.1:{port}", database_url, owner_url, log)
        assert "Traceback" not in log.read_text(), (
            f"the server or its worker failed, see {log}:\n{log.read_text()[-2000:]}"
        )
        log.unlink()
    finally:
        drop(name)


def make_template() -> None:
    """Tell the demo city into the template database, unless it was told today by the same code."""
    told = fingerprint()
    with closing(maintenance()) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
        drop_left_behind(connection)
        if comment_on(connection, TEMPLATE) == told:
            return
        for name in (TEMPLATE, UNFINISHED):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(UNFINISHED)))
        tell(UNFINISHED)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(UNFINISHED), sql.Identifier(TEMPLATE)))
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(TEMPLATE), told))


def tell(name: str) -> None:
    """Migrate a database and load registers and demo city into it, as `dev.py run` does."""
    owner_url, database_url = address("OWNER_DATABASE_URL", name), address("DATABASE_URL", name)
    compile_words(environ_for(owner_url, database_url))
    manage(owner_url, database_url, *entrypoints.MIGRATE[1:])
    manage(owner_url, database_url, *entrypoints.LOAD_REGISTERS[1:])
    manage(owner_url, database_url, "load_demo")


def fingerprint() -> str:
    """Return what the template depends on: today, and every file of the applications that is not only for showing."""
    digest = hashlib.sha256(dt.date.today().isoformat().encode())  # noqa: DTZ011  the server's own day, as load_demo's
    for app in sorted(path.parent for path in ROOT.glob("*/apps.py")):
        for path in sorted(app.rglob("*")):
            if path.is_file() and path.suffix != ".pyc" and path.name not in SHOWS_ONLY:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def copy_template(name: str) -> None:
    """Make a database with everything that the template holds."""
    with closing(maintenance()) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))


def drop(name: str) -> None:
    """Remove a database, also when something is still connected to it."""
    with closing(maintenance()) as connection:
        for attempt in range(DROP_ATTEMPTS):
            try:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                return
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                # The server's own vacuum is in there; it cannot be sent away, and leaves by itself.
                if attempt == DROP_ATTEMPTS - 1:
                    raise
                time.sleep(0.5)


def drop_left_behind(connection: psycopg.Connection) -> None:
    """Remove the copies of test runs that were killed."""
    names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{COPY}_%"]).fetchall()
    for (name,) in names:
        found = re.fullmatch(rf"{COPY}_(\d+)_\d+", name)
        if found and not is_alive(int(found[1])):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def is_alive(pid: int) -> bool:
    """Tell whether there is a process with that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def comment_on(connection: psycopg.Connection, name: str) -> str | None:
    """Return the comment on a database, or nothing when there is no such database."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    found = connection.execute(query, [name]).fetchone()
    return found[0] if found else None


def maintenance() -> psycopg.Connection:
    """Return the owner's connection to the database that is always there, from which others are made and dropped."""
    return psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True)


def address(variable: str, name: str) -> str:
    """Return an address of the environment with another database."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))


def manage(owner_url: str, database_url: str, *arguments: str) -> str:
    """Run a command of manage.py as a server would; its words are shown when it fails."""
    argv = [sys.executable, "manage.py", *arguments]
    environ = environ_for(owner_url, database_url)
    done = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def environ_for(owner_url: str, database_url: str) -> dict[str, str]:
    """Return the environment of `dev.py run`, on the given database; the tests' own settings are left out."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NB_LOGIN", "DEBUG")}
    worker_url = urlunsplit(urlsplit(os.environ["WORKER_DATABASE_URL"])._replace(path=urlsplit(database_url).path))
    ours = {"DATABASE_URL": database_url, "OWNER_DATABASE_URL": owner_url, "WORKER_DATABASE_URL": worker_url}
    ours |= {"DEMO": "1", "PYTHONUNBUFFERED": "1"}
    return kept | ours | {"DJANGO_SETTINGS_MODULE": "config.settings.local"}
