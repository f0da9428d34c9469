"""Locks between commands started in the same folder; the system drops them when a process dies, however it dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from launcher.places import WINDOWS
from launcher.steps import say

if not WINDOWS:
    import fcntl


class Lock:
    """A file held by one (`alone`) or by several (`together`). On Windows it holds nothing: one command at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file: IO[str] = path.open("a")

    def take_alone(self) -> None:
        """Wait until nobody else holds it."""
        if not WINDOWS:
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def try_alone(self) -> bool:
        """Take it alone if nobody else holds it; say whether that went well."""
        if WINDOWS:
            return True
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Hold it together with others."""
        if not WINDOWS:
            fcntl.flock(self.file, fcntl.LOCK_SH)

    def drop(self) -> None:
        """Hold it no more."""
        self.file.close()


@contextmanager
def one_at_a_time(path: Path, waiting: str) -> Iterator[None]:
    """Let one command at a time through; the others say what they wait for."""
    lock = Lock(path)
    if not lock.try_alone():
        say(waiting)
        lock.take_alone()
    try:
        yield
    finally:
        lock.drop()
