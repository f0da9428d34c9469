"""Mutants of the tables of rights: a child imports each one anew, and is asked the tests that need no database."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice

from drill.mutating.forking import ask_a_child
from drill.mutating.mutation import Instead, Mutant, mutants_of
from launcher.environment import PYTHON
from launcher.places import ROOT

FILES = tuple(f"accounts/permissions/{name}.py" for name in ("pages", "objects", "rules", "verdicts", "words", "told"))
SECONDS = 60
EVERY = 4
"""One mutant of so many is also asked only the first test, for the control."""

Test = Callable[[], None]


def judge_apart(environ: dict[str, str]) -> dict:
    """Judge the mutants in a process of their own, in which nothing that they change is imported."""
    argv = [str(PYTHON), "-m", "drill.mutating.tables"]
    done = subprocess.run(argv, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def judge() -> None:
    """Judge every mutant, and some with weakened tests; print what was found as the last line."""
    importlib.import_module("django.conf").settings.configure(USE_I18N=False)
    importlib.import_module("accounts.roles")
    mutants = [one for file in FILES for one in mutants_of(file, (ROOT / file).read_text(encoding="utf-8"))]
    false = sum(is_noticed(None, None) for _ in range(3))
    alive = [mutant for mutant in mutants if not is_noticed(mutant, None)]
    weak = sum(not is_noticed(mutant, 1) for mutant in mutants[::EVERY])
    told = [{"file": one.file, "what": one.what, "mutant": str(one)} for one in alive]
    print(json.dumps({"count": len(mutants), "false": false, "weak": weak, "alive": told}))


def is_noticed(mutant: Mutant | None, few: int | None) -> bool:
    """Say whether one of the first tests, or of all, fails with the mutant, or with the code as it is for None."""
    instead = Instead(mutant.file, mutant.text) if mutant else None
    if instead and instead.name in sys.modules:
        raise RuntimeError(f"{instead.name} is imported already: its mutant would never run")

    def first_fault() -> str:
        try:
            if instead:
                instead.install()
            for test in islice(table_tests(), few):
                test()
        except BaseException as fault:
            return repr(fault)[:200] or "a fault"
        return ""

    answer = ask_a_child(first_fault, SECONDS)
    return bool(answer.text)


def table_tests() -> Iterator[Test]:
    """Give the tests that need no database."""
    tests = importlib.import_module("tests.permissions.test_table")
    yield from (getattr(tests, name) for name in sorted(vars(tests)) if name.startswith("test_"))


if __name__ == "__main__":
    judge()
