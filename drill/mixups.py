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
TEST = "tests/wall/test_feldistribution_2018.py"
FOUND = re.compile(r"answered (\d+), refused (\d+), foreign (\d+), connections ended (\d+)")


def main() -> None:
    """Run the incident's own test with twenty times the requests, its control included."""
    report = Report()
    environ = {**os.environ, "NB_MIXUP_REQUESTS": str(REQUESTS)}
    argv = [sys.executable, "dev.py", "test", TEST, "-q", "-s"]
    done = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    found = FOUND.search(done.stdout)
    if found is None:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-1000:])
    answered, refused, foreign, ended = map(int, found.groups())
    report.figure("pages asked for", answered + refused, "pages", f">= {REQUESTS - 16}")
    report.figure("pages of somebody else's pupil", foreign, "pages", "== 0")
    report.figure("connections killed meanwhile", ended, "connections", ">= 100")
    report.figure("test and control passed", done.returncode, "exit code", "== 0")
    report.exit()


if __name__ == "__main__":
    main()
