"""A PostgreSQL server of the project's own: started for a command, stopped with it."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.binaries import Binaries
from launcher.locks import Lock
from launcher.places import STATE, WINDOWS
from launcher.steps import Problem, say
from launcher.unprivileged import Footing, footing

TRIES_TO_START = 4
TRIES_TO_JOIN = 300
SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
max_connections = 100
jit = off
"""
# The server's own log holds no rows, statements or values (the same as QUIET in deploy/prepare_database.py).
QUIET = """\
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""
# For data that is thrown away anyway: nothing is written to disk before a commit is answered.
HASTY = """\
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
"""


class Cluster:
    """One data folder and its server. `durable` keeps what was committed even when the machine stops."""

    def __init__(self, binaries: Binaries, name: str, *, durable: bool) -> None:
        # One folder per major version: the files of one cannot be read by another.
        self.footing: Footing = footing(binaries, STATE / "postgres" / f"{name}-{binaries.version}")
        self.durable = durable
        self.data = self.footing.home / "data"
        self.log = self.footing.home / "log"
        self.lock = Lock(STATE / "postgres" / f"{name}-{binaries.version}.lock")

    @property
    def address(self) -> str:
        """Return the administrator's address."""
        return f"postgresql://postgres@127.0.0.1:{self.port()}/postgres"

    def start(self) -> None:
        """Start the server, or join the one that already runs on this folder (a killed command leaves its server)."""
        for _ in range(TRIES_TO_JOIN):
            if self.pid() is not None:
                self.lock.share()
                if self.pid() is not None:
                    return
            elif self.lock.try_alone():
                self.start_alone()
                self.lock.share()
                return
            time.sleep(0.2)
        raise Problem(
            f"another command still holds {self.footing.home}, but its database is gone; end that command first."
        )

    def start_alone(self) -> None:
        """Start the server while nobody else can."""
        if not self.data.exists():
            self.initialise()
        self.start_server()

    def stop(self) -> None:
        """Stop the server, unless another command uses it too."""
        if self.lock.try_alone() and self.pid() is not None:
            self.pg_ctl("stop", "-m", "fast", "-w", "-t", "30")
        self.lock.drop()

    def initialise(self) -> None:
        """Make the data folder; half a folder is never left in its place."""
        say(f"Making a database folder for PostgreSQL {self.footing.binaries.version} …")
        unfinished = self.data.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        common = ["-D", str(unfinished), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        locales = [["--locale=C.UTF-8"], ["--locale=C"]]
        if self.footing.binaries.version >= 17:
            locales.insert(1, ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
        for locale in locales:
            made = self.call(self.footing.command("initdb", *common, *locale))
            if made.returncode == 0:
                with (unfinished / "postgresql.conf").open("a") as settings:
                    settings.write("include_if_exists = '../settings.conf'\n")
                unfinished.rename(self.data)
                return
        raise Problem(f"PostgreSQL could not make its data folder {unfinished}: {made.stdout.strip()[-400:]}")

    def start_server(self) -> None:
        """Start the server on the remembered port, else on another free one."""
        self.forget_dead_server()
        for attempt in range(TRIES_TO_START):
            port = free_port(self.port() if attempt == 0 else 0)
            (self.footing.home / "port").write_text(str(port))
            settings = SETTINGS.format(port=port) + QUIET + ("" if self.durable else HASTY)
            (self.footing.home / "settings.conf").write_text(settings)
            if self.pg_ctl("start", "-w", "-t", "60", "-l", str(self.log)).returncode == 0:
                return
            time.sleep(attempt)  # the processes of a server that was killed need a moment to notice
        tail = self.log.read_text(errors="replace")[-600:] if self.log.exists() else ""
        raise Problem(f"PostgreSQL did not start; the end of {self.log} says:\n{tail}")

    def port(self) -> int:
        """Return the remembered port, or 0 when there is none yet."""
        with contextlib.suppress(OSError, ValueError):
            return int((self.footing.home / "port").read_text())
        return 0

    def pid(self) -> int | None:
        """Return the server's process number when it runs on this folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if is_server_of(self.data, pid) else None

    def forget_dead_server(self) -> None:
        """Remove the note of a server that was killed, also when its number now belongs to another process."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def pg_ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pg_ctl on this data folder."""
        return self.call(self.footing.command("pg_ctl", "-D", str(self.data), *arguments))

    def call(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs; its words go to a file, since the server would hold a pipe open."""
        words = self.footing.home / "words"
        who = {"cwd": self.footing.home, **self.footing.who}
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        with words.open("w") as out:
            code = subprocess.run(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environ, **who).returncode
        return subprocess.CompletedProcess(argv, code, words.read_text(errors="replace"))


def is_server_of(data: Path, pid: int) -> bool:
    """Tell whether that process lives and is the server of that data folder; numbers are used again after a restart."""
    if WINDOWS:
        argv, mark = ["tasklist", "/FI", f"PID eq {pid}", "/NH"], "postgres"
    else:
        with contextlib.suppress(OSError):
            return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes()
        argv, mark = ["ps", "-ww", "-p", str(pid), "-o", "command="], str(data)
    try:
        return mark in subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    except OSError:
        return False


def free_port(wanted: int) -> int:
    """Return `wanted` when nobody listens there, else a port that is free now; 0 wants any."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            if not WINDOWS:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise Problem("there is no free port on 127.0.0.1.")


@contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    """Have the server running inside the block."""
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
