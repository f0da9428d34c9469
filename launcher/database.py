"""The addresses that the programs get, and the server behind them."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from launcher.binaries import choose_binaries
from launcher.environment import PYTHON
from launcher.places import ROOT, STATE
from launcher.postgres import Cluster, running
from launcher.steps import Problem, say

OWNER, WEB, WORKER, DATABASE = "narvaro_owner", "narvaro_web", "narvaro_worker", "narvaro"


@dataclass(frozen=True)
class Prepared:
    """A prepared database: the environment that leads to it, and the server if it is one of ours."""

    environ: dict[str, str]
    cluster: Cluster | None = None

    def lives(self) -> bool:
        """Tell whether our server still runs; somebody else's is not ours to watch."""
        return self.cluster is None or self.cluster.pid() is not None


@contextmanager
def database(name: str, *, durable: bool) -> Iterator[Prepared]:
    """Have a prepared database, empty or kept from before, inside the block.

    DATABASE_URL is used when given, else a server of our own is started in the data folder `name`.
    """
    if given := os.environ.get("DATABASE_URL"):
        say("Using the PostgreSQL server in DATABASE_URL.")
        if "OWNER_DATABASE_URL" in os.environ:
            others = (os.environ["OWNER_DATABASE_URL"], os.environ.get("WORKER_DATABASE_URL", ""))
            yield Prepared(prepared(given, *others, admin=None))
        else:
            yield Prepared(prepared(*role_addresses(given, kept_password()), admin=given))
        return
    binaries = choose_binaries(os.environ)
    say(f"Starting PostgreSQL {binaries.version} from {binaries.source} ({shown(str(binaries.folder))}) …")
    with running(Cluster(binaries, name, durable=durable)) as cluster:
        environ = prepared(*role_addresses(cluster.address, None), admin=cluster.address)
        yield Prepared(environ | {"NB_POSTGRES_LOG": str(cluster.log)}, cluster)


def role_addresses(admin: str, password: str | None) -> tuple[str, str, str]:
    """Return the web role's, the owner's and the worker's address on the administrator's server.

    The database is the one that the address names, unless that is the server's own.
    """
    parts = urlsplit(admin)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Problem("DATABASE_URL must look like postgresql://user:password@host:5432/database.")
    named = parts.path.strip("/")
    path = "/" + (DATABASE if named in ("", "postgres", "template1") else named)
    place = parts.netloc.rpartition("@")[2]
    secret = f":{quote(password, safe='')}" if password else ""
    web, owner, worker = (
        urlunsplit(parts._replace(netloc=f"{role}{secret}@{place}", path=path)) for role in (WEB, OWNER, WORKER)
    )
    return web, owner, worker


def kept_password() -> str:
    """Return this folder's own password for roles on somebody else's server; made once, readable only by its user."""
    place = STATE / "roles.password"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(secrets.token_urlsafe(24))
    return place.read_text()


def prepared(web: str, owner: str, worker: str, *, admin: str | None) -> dict[str, str]:
    """Make roles and database where they are missing, and return the environment for the programs."""
    if not worker:
        raise Problem("with OWNER_DATABASE_URL set, WORKER_DATABASE_URL is needed too.")
    addresses = {"DATABASE_URL": web, "OWNER_DATABASE_URL": owner, "WORKER_DATABASE_URL": worker}
    environ = {**os.environ, **addresses, "PYTHONUNBUFFERED": "1"}
    environ.pop("NB_LOGIN", None)
    secret = {"ADMIN_DATABASE_URL": admin} if admin else {}
    argv = [str(PYTHON), str(ROOT / "deploy" / "prepare_database.py")]
    done = subprocess.run(argv, env=environ | secret, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Problem(done.stderr.strip() or "the database could not be prepared.")
    return environ


def shown(path: str) -> str:
    """Return a path as a reader wants it: inside the project without the project's own folder."""
    return path.removeprefix(f"{ROOT}{os.sep}")
