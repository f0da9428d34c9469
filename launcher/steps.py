"""Saying what is being done, and stopping in good order."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from launcher.places import ROOT, WINDOWS

STARTED = time.monotonic()
SECONDS_TO_END = 10
WINDOWS_NEW_GROUP = 0x200  # subprocess.CREATE_NEW_PROCESS_GROUP, which exists there only


class Problem(Exception):
    """Something that stops the command, told in one sentence that says what to do."""


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C, closed the terminal or asked the process to end."""


def say(words: str) -> None:
    """Print one step with the seconds since the command began."""
    print(f"[{time.monotonic() - STARTED:6.1f} s] {words}", flush=True)


def hear_signals() -> None:
    """Turn the first request to end into `Interrupted`; later ones are ignored, so that cleaning up is finished."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for heard in requests:
            signal.signal(heard, signal.SIG_IGN)
        raise Interrupted

    requests = [signal.SIGINT, signal.SIGTERM, *([] if WINDOWS else [signal.SIGHUP])]
    for request in requests:
        signal.signal(request, interrupt)


def apart() -> dict[str, object]:
    """Return the arguments that keep a child away from the terminal's Ctrl-C: it is ended by us, in order."""
    return {"creationflags": WINDOWS_NEW_GROUP} if WINDOWS else {"start_new_session": True}


def run_child(
    argv: Sequence[str],
    environ: Mapping[str, str] | None = None,
    *,
    ending: signal.Signals = signal.SIGTERM,
    terminal: bool = False,
) -> int:
    """Run a program to its end and return its exit code; it ends with us, by the signal `ending`.

    A program that talks with a person (`terminal`) keeps the terminal and hears Ctrl-C itself; we then do not.
    """
    if terminal:
        signal.signal(signal.SIGINT, lambda number, frame: None)
    child = subprocess.Popen(argv, env=environ, cwd=ROOT, **({} if terminal else apart()))  # type: ignore[call-overload]
    try:
        return child.wait()
    finally:
        end(child, ending)


def run_step(argv: Sequence[str], environ: Mapping[str, str] | None, failure: str) -> None:
    """Run a program that must succeed; `failure` is the sentence told when it does not."""
    if run_child(argv, environ) != 0:
        raise Problem(failure)


def end(child: subprocess.Popen, ending: signal.Signals = signal.SIGTERM) -> None:
    """End a child that still runs: kindly first, by force after ten seconds."""
    if child.poll() is not None:
        return
    child.terminate() if WINDOWS else child.send_signal(ending)
    try:
        child.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """Turn what a person can mend into one sentence and exit code 1, without a traceback."""
    try:
        yield
    except Problem as problem:
        sys.stdout.flush()
        sys.exit(f"dev.py: {problem}")
    except PermissionError as error:
        sys.exit(f"dev.py: this user may not use {error.filename or error}; another user made it.")
