"""Children of a warm process: one for each question, so that nothing a mutant does is left behind."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What a child has said, and whether it came to its end by itself."""

    text: str
    is_whole: bool


def ask_a_child(work: Callable[[], str], seconds: int) -> Answer:
    """Let a copy of this process do the work, for so long at most, and return the words it found."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(seconds)
            _say(writing, work())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    return Answer(text, os.waitpid(child, 0)[1] == 0)


def _say(writing: int, text: str) -> None:
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        pipe.write(text)
