"""Keeps programs running side by side, and ends them all when one ends or when whoever started them is gone.

Started as `python -m launcher.guard '[["web", "python", "-m", "gunicorn", …], ["worker", …]]'` with a pipe as standard
input. The pipe closes when the starter dies, even by kill -9: so no server is ever left behind.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from types import FrameType

SECONDS_TO_END = 10
LOOK_EVERY = 0.2
UNEXPECTED = 70


def main(commands: list[list[str]]) -> int:
    """Run the commands (a name, then the program) until told to end; return 0, or 70 when one ended by itself."""
    over = threading.Event()

    def finish(number: int, frame: FrameType | None) -> None:
        over.set()

    for request in (signal.SIGTERM, signal.SIGINT):
        signal.signal(request, finish)
    children: dict[str, subprocess.Popen] = {}
    try:
        for name, *argv in commands:
            children[name] = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
        threading.Thread(target=wait_for_starter, args=[over], daemon=True).start()
        while not over.wait(LOOK_EVERY):
            for name, child in children.items():
                if child.poll() is not None:
                    print(f"The {name} ended by itself with exit code {child.returncode}.", file=sys.stderr, flush=True)
                    return UNEXPECTED
        return 0
    finally:
        end_all(list(children.values()))


def wait_for_starter(over: threading.Event) -> None:
    """Notice that the starter closed its end of the pipe or died."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    over.set()


def end_all(children: list[subprocess.Popen]) -> None:
    """Ask all to end at once, then wait for each; by force after ten seconds."""
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
