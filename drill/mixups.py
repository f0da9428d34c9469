"""Asks for 40,000 pages over few connections while they are being killed: nobody meets another's pupil."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from bench.report import Report
from launcher.places import ROOT

OWN_DEMO_CITY = True
REQUESTS = 40_000
AT_A_TIME = 8_000
TEST = "tests/wall/test_feldistribution_2018.py"
FOUND = re.compile(r"answered (\d+), refused (\d+), foreign (\d+), connections ended (\d+)")


def main() -> None:
    """Run the incident's own test again and again, its control included, each time over new connections."""
    report = Report()
    totals = [0, 0, 0, 0]
    codes = 0
    for _round in range(REQUESTS // AT_A_TIME):
        code, found = once()
        codes += code
        totals = [total + more for total, more in zip(totals, found, strict=True)]
    answered, refused, foreign, ended = totals
    report.figure("pages asked for", answered + refused, "pages", f">= {REQUESTS * 99 // 100}")
    report.figure("pages answered", answered, "pages", f">= {REQUESTS * 8 // 10}")
    report.figure("pages of somebody else's pupil", foreign, "pages", "== 0")
    report.figure("connections killed meanwhile", ended, "connections", ">= 100")
    report.figure("rounds in which test or control failed", codes, "rounds", "== 0")
    report.exit()


def once() -> tuple[bool, tuple[int, int, int, int]]:
    """Run the test once; return whether it failed, and how many were answered, refused, mixed up and killed."""
    environ = {**os.environ, "NB_MIXUP_REQUESTS": str(AT_A_TIME)}
    argv = [sys.executable, "dev.py", "test", TEST, "-q", "-s"]
    done = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    found = FOUND.search(done.stdout)
    if found is None:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-1000:])
    answered, refused, foreign, ended = map(int, found.groups())
    return done.returncode != 0, (answered, refused, foreign, ended)


if __name__ == "__main__":
    main()
