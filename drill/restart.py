"""Kills the server and its database in the middle of requests, starts again, and looks for what was lost."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.report import Report
from launcher.places import ROOT, STATE
from launcher.postgres import free_port

OWN_DEMO_CITY = True
HOME = STATE / "drill-restart"
FIRST_START = 240
WARM_START = 15
RESPAWN = 5
BUSY_SECONDS = 2


class System:
    """One `dev.py run` with a database folder of its own."""

    def __init__(self) -> None:
        self.port = free_port(0)
        kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
        self.environ = {**kept, "NB_STATE": str(HOME), "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes]

    def start(self, patience: float) -> float:
        """Start and return the seconds until the start page is answered."""
        began = time.monotonic()
        HOME.mkdir(parents=True, exist_ok=True)
        with (HOME / "run.log").open("wb") as log:
            argv = [sys.executable, str(ROOT / "dev.py"), "run"]
            self.process = subprocess.Popen(argv, env=self.environ, stdout=log, stderr=log, start_new_session=True)
        return self.wait(began, patience)

    def wait(self, began: float, patience: float) -> float:
        """Return the seconds from `began` until a request is answered."""
        while not answers(self.port):
            if time.monotonic() - began > patience or self.process.poll() is not None:
                raise SystemExit(f"no answer within {patience} s; see {HOME / 'run.log'}")
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> tuple[int, float]:
        """Ask it to end; return its exit code and the seconds it took."""
        began = time.monotonic()
        self.process.terminate()
        return self.process.wait(30), time.monotonic() - began

    def kill(self, *marks: str) -> None:
        """Kill by force every process of this system whose command line has one of the marks."""
        for pid, command in self.processes().items():
            if any(mark in command for mark in marks):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)

    def processes(self) -> dict[int, str]:
        """Return the living processes of this system: those that got its folder in their environment."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"NB_STATE={HOME}".encode() in (place / "environ").read_bytes():
                    found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def address(self) -> str:
        """Return the owner's address of the database."""
        port = next(HOME.glob("postgres/run-*/port")).read_text()
        return f"postgresql://narvaro_owner@127.0.0.1:{port}/narvaro"


def answers(port: int) -> bool:
    """Tell whether a page is served."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/demo/")
        return connection.getresponse().status == 200
    return False


@contextmanager
def busy(system: System) -> Iterator[list[int]]:
    """Have people reading pages and rows being committed; give the numbers of the rows whose commit was answered."""
    over = threading.Event()
    committed: list[int] = []

    def read() -> None:
        while not over.is_set():
            answers(system.port)

    def write() -> None:
        with contextlib.suppress(psycopg.Error), psycopg.connect(system.address(), autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS drill_rows (number int PRIMARY KEY)")
            connection.execute("TRUNCATE drill_rows")
            for number in range(1_000_000):
                if over.is_set():
                    return
                connection.execute("INSERT INTO drill_rows VALUES (%s)", [number])
                committed.append(number)

    threads = [threading.Thread(target=work, daemon=True) for work in (read, read, write)]
    for thread in threads:
        thread.start()
    time.sleep(BUSY_SECONDS)
    try:
        yield committed
    finally:
        over.set()
        for thread in threads:
            thread.join(10)


def lost(system: System, committed: list[int]) -> int:
    """Return how many answered commits are not in the database."""
    with psycopg.connect(system.address(), autocommit=True) as connection:
        kept = {number for (number,) in connection.execute("SELECT number FROM drill_rows")}
        connection.execute("DROP TABLE drill_rows")
    return len(set(committed) - kept)


def strike(report: Report, system: System, name: str, *marks: str) -> None:
    """Kill some processes in the middle of work, start again, and tell how long it took and what was lost."""
    with busy(system) as committed:
        system.kill(*marks)
    report.figure(f"{name}: commits before", len(committed), "rows", ">= 100")
    if system.process.poll() is None:
        system.process.wait(30)
    report.figure(f"{name}: answers again after", system.start(4 * WARM_START), "s", f"<= {WARM_START}")
    report.figure(f"{name}: lost commits", lost(system, committed), "rows", "== 0")


def main() -> None:
    """Strike four times, each at another part."""
    report, system = Report(), System()
    try:
        system.start(FIRST_START)
        code, _seconds = system.stop()
        report.figure("stopped in order: exit code", code, "", "== 0")
        report.figure("warm start", system.start(4 * WARM_START), "s", f"<= {WARM_START}")
        with busy(system):
            began = time.monotonic()
            newest = max(pid for pid, command in system.processes().items() if "-m gunicorn" in command)
            os.kill(newest, signal.SIGKILL)
            seconds = system.wait(began, 60)
        report.figure("one web process killed: answers again after", seconds, "s", f"<= {RESPAWN}")
        strike(report, system, "web server killed", "-m gunicorn")
        strike(report, system, "dev.py killed", "dev.py run")
        strike(report, system, "database killed", "postgres")
        strike(report, system, "everything killed", "")
        code, seconds = system.stop()
        report.figure("stopped at the end: exit code", code, "", "== 0")
        report.figure("stopped at the end: time", seconds, "s", "<= 15")
        report.figure("processes left behind", len(system.processes()), "processes", "== 0")
    finally:
        system.kill("")
    report.exit()


if __name__ == "__main__":
    main()
