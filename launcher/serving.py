"""`dev.py run`: the whole system with the demo city on this machine, until Ctrl-C."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from launcher import entrypoints
from launcher.database import Prepared, database
from launcher.environment import PYTHON, make_environment
from launcher.places import ROOT, WINDOWS
from launcher.steps import Interrupted, Problem, apart, end, run_step, say

SECONDS_TO_ANSWER = 60
SECONDS_FOR_PORT = 3
LOOK_EVERY = 0.5


def run() -> int:
    """Serve until asked to stop; return 0 then."""
    port = chosen_port(os.environ.get("PORT", "8000"))
    try:
        make_environment()
        with database("run", durable=True) as prepared:
            environ = prepared.environ
            environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
            compile_words(environ)
            load(environ)
            serve(port, prepared)
    except Interrupted:
        say("Stopped.")
    return 0


def chosen_port(words: str) -> int:
    """Return the port to serve on; refuse one that is taken."""
    if not words.isdecimal() or not 0 < int(words) < 65536:
        raise Problem(f"PORT must be a number from 1 to 65535, not {words!r}.")
    deadline = time.monotonic() + SECONDS_FOR_PORT  # a server whose dev.py was just killed needs a moment to end
    while not is_free(int(words)):
        if time.monotonic() > deadline:
            raise Problem(
                f"port {words} on 127.0.0.1 is in use by another program; "
                f"stop that one, or choose another port: PORT={int(words) % 65535 + 1} python3 dev.py run"
            )
        time.sleep(0.3)
    return int(words)


def is_free(port: int) -> bool:
    """Tell whether we could listen on that port."""
    with socket.socket() as probe, contextlib.suppress(OSError):
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


def compile_words(environ: dict[str, str]) -> None:
    """Compile the translations that were changed since they were compiled."""
    if any(is_older(words.with_suffix(".mo"), words) for words in ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        say("Compiling the Swedish words …")
        argv = [str(PYTHON), *entrypoints.COMPILE_WORDS]
        run_step(argv, environ, "the translations could not be compiled (see above).")


def is_older(made: Path, source: Path) -> bool:
    """Tell whether a file is missing or older than what it is made from."""
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def load(environ: dict[str, str]) -> None:
    """Bring the database up to date, with registers and the demo city; what is there already is left alone."""
    migrate(environ)
    say("Loading registers and the demo city (the first time takes a while) …")
    registers = [str(PYTHON), *entrypoints.LOAD_REGISTERS]
    run_step(registers, environ, "the registers could not be loaded (see above).")
    run_step([str(PYTHON), "manage.py", "load_demo"], environ, "the demo city could not be loaded (see above).")


def migrate(environ: dict[str, str]) -> None:
    """Bring the database up to date, and nothing more."""
    say("Migrating the database as its owner …")
    run_step(
        [str(PYTHON), *entrypoints.MIGRATE, "--verbosity=0"], environ, "the database could not be migrated (see above)."
    )


def serve(port: int, prepared: Prepared) -> None:
    """Run the web server and the worker until one of them, or the database, ends by itself."""
    environ = prepared.environ
    say("Starting the web server and the worker …")
    with guarded({"web server": web_command(port), "worker": [str(PYTHON), *entrypoints.WORKER]}, environ) as guard:
        people = subprocess.Popen(
            [str(PYTHON), "manage.py", "demo_people"], env=environ, cwd=ROOT, stdout=subprocess.PIPE, **apart()
        )  # type: ignore[call-overload]
        try:
            wait_for_answer(port, guard)
            table = people.communicate()[0].decode()
        finally:
            end(people)
        say(f"Ready: http://127.0.0.1:{port}/  –  walk in as one of the demo people: http://127.0.0.1:{port}/demo/")
        print(f"\n{table}\nEnd with Ctrl-C.", flush=True)
        while guard.poll() is None:
            if not prepared.lives():
                raise Problem("the database ended by itself; run the same command again.")
            time.sleep(LOOK_EVERY)
    raise Problem("the web server or the worker ended by itself (see above).")


def web_command(port: int) -> list[str]:
    """Return the web server's command; gunicorn does not run on Windows, Django's own server does."""
    if WINDOWS:
        return [str(PYTHON), "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    return [str(PYTHON), *entrypoints.web(f"127.0.0.1:{port}")]


@contextmanager
def guarded(
    commands: dict[str, list[str]], environ: dict[str, str], output: IO[bytes] | None = None
) -> Iterator[subprocess.Popen]:
    """Have the programs running inside the block; they end with it, and with this process however it ends.

    What they print goes to `output`, else to the terminal.
    """
    listed = json.dumps([[name, *argv] for name, argv in commands.items()])
    argv = [sys.executable, "-m", "launcher.guard", listed]
    guard = subprocess.Popen(  # type: ignore[call-overload]
        argv,
        env=environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        **apart(),
    )
    try:
        yield guard
    finally:
        guard.stdin.close()
        try:
            guard.wait(15)
        except subprocess.TimeoutExpired:
            end(guard, signal.SIGTERM)


def wait_for_answer(port: int, guard: subprocess.Popen) -> None:
    """Wait until the start page is answered without a server error."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline and guard.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/")
            status = connection.getresponse().status
            if status >= 500:
                raise Problem(f"the web server runs, but its start page fails with {status} (see above).")
            return
        time.sleep(0.2)
    raise Problem("the web server did not answer (see above).")
