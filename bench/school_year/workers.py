"""Worker processes of the played year: told the time, killed in the middle of their work, and replaced."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from bench.school_year.clockwork import PATH
from launcher.places import ROOT

PATIENCE = 120
"""Real seconds after which a worker that says nothing is taken for hung."""


class WorkerIsLost(Exception):
    """A worker ended by itself or hangs."""


class Workers:
    """The workers that live, all on one database."""

    def __init__(self, mail_port: int, count: int = 2) -> None:
        self.environ = environ_of_workers(mail_port)
        self.living = [self._start() for _number in range(count)]
        self.killed = 0
        for worker in self.living:
            self._hear(worker)

    def tick(self, moment: datetime) -> None:
        """Let all of them do what is due at `moment`."""
        self._tell_all(moment)
        for worker in self.living:
            self._hear(worker)

    def tick_and_kill(
        self, moment: datetime, number: int, until: Callable[[], object], *, is_first: bool = False
    ) -> None:
        """Let all begin what is due at `moment`, and kill one by force once `until` has returned; replace it.

        With `is_first` the others begin only then: what is in the middle of its work is the one that is killed.
        """
        victim = self.living.pop(number)
        self._tell(victim, moment)
        if not is_first:
            self._tell_all(moment)
        until()
        _kill(victim)
        self.killed += 1
        if is_first:
            self._tell_all(moment)
        for worker in self.living:
            self._hear(worker)
        self.living.append(self._start())
        self._hear(self.living[-1])

    def _tell_all(self, moment: datetime) -> None:
        for worker in self.living:
            self._tell(worker, moment)

    def end(self) -> None:
        """End all of them."""
        for worker in self.living:
            _kill(worker)

    def _start(self) -> subprocess.Popen[str]:
        argv = [sys.executable, "-m", "bench.school_year.worker"]
        return subprocess.Popen(
            argv, env=self.environ, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def _tell(self, worker: subprocess.Popen[str], moment: datetime) -> None:
        assert worker.stdin is not None
        worker.stdin.write(f"{moment.isoformat()}\n")
        worker.stdin.flush()

    def _hear(self, worker: subprocess.Popen[str]) -> None:
        assert worker.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            if not selector.select(PATIENCE) or worker.stdout.readline().strip() not in {"ready", "done"}:
                raise WorkerIsLost(f"worker {worker.pid}: {worker.poll()}")


def _kill(worker: subprocess.Popen[str]) -> None:
    """End a worker by force, and what leads to it."""
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def environ_of_workers(mail_port: int) -> dict[str, str]:
    """Return what a worker is started with: its own login to this database, the moved clock and the mail server."""
    name = connection.settings_dict["NAME"]
    addresses = {
        f"{kind}DATABASE_URL": urlunsplit(urlsplit(os.environ[f"{kind}DATABASE_URL"])._replace(path=f"/{name}"))
        for kind in ("", "OWNER_", "WORKER_")
    }
    return {
        **os.environ,
        **addresses,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "NB_LOGIN": "worker",
        "SECRET_KEY": settings.SECRET_KEY,
        "PGOPTIONS": PATH,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_port),
        "EMAIL_USE_TLS": "false",
    }


@contextmanager
def working(mail_port: int) -> Iterator[Workers]:
    """Have two workers inside the block."""
    workers = Workers(mail_port)
    try:
        yield workers
    finally:
        workers.end()
