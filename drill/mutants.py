"""Changes the permission code a little, a thousand times, and looks whether the permission tests notice (G9)."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import subprocess
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from bench.report import Report
from drill.mutation import Instead, Mutant, mutants_of
from launcher.checks import tests_database
from launcher.environment import PYTHON
from launcher.places import ROOT, STATE
from launcher.serving import compile_words

OWN_DEMO_CITY = True
TABLES = tuple(f"accounts/permissions/{name}.py" for name in ("pages", "objects", "rules", "verdicts", "words"))
CHECKS = tuple(f"{app}/access.py" for app in ("accounts", "attendance", "cases", "schools"))
OTHERS = ("accounts/gate.py", "integrations/access.py")
"""Imported with the apps themselves: only a process of its own can run their mutants."""

WORLD = STATE / "mutants-world.pickle"
MUTANT = STATE / "mutant.json"
EXPLAINED = ROOT / "docs" / "security" / "mutants.toml"
BROADER = {
    "accounts/gate.py": ["tests/architecture/test_every_view_is_guarded.py", "-k", "not reaches_what or mentor"],
    "accounts/access.py": ["tests/accounts", "tests/permissions"],
    "attendance/access.py": ["tests/attendance", "tests/permissions/test_objects.py"],
    "cases/access.py": ["tests/permissions/test_objects.py", "tests/cases"],
    "schools/access.py": ["tests/schools"],
    "integrations/access.py": ["tests/integrations"],
}
"""What else is asked about a mutant that the tables have not noticed: the tests of its app."""

Judge = Callable[[], None]


def main() -> None:
    """Let each mutant meet the quick tests first, and those that live the broader ones."""
    report = Report()
    with tests_database() as prepared:
        environ = {**prepared.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "TEST_DB_SUFFIX": "_mutants"}
        compile_words({**environ, "DJANGO_SETTINGS_MODULE": "config.settings.local"})
        subprocess.run([str(PYTHON), "-m", "drill.mutants", "world"], env=environ, cwd=ROOT, check=True)
        tables = quick("tables", environ)
        checks = quick("checks", environ)
        alive = [Mutant(**one) for one in tables["alive"] + checks["alive"]] + all_of(OTHERS)
        found = tables["count"] + checks["count"] + len(all_of(OTHERS))
        survivors = [mutant for mutant in alive if not is_noticed(mutant, environ)]
        control = not is_noticed(None, environ)
    explained = {one["mutant"] for one in tomllib.loads(EXPLAINED.read_text()).get("survivor", [])}
    for mutant in survivors:
        print(f"survives: {mutant}", flush=True)
    killed = found - len(survivors)
    report.figure("mutants", found, "mutants", ">= 1000")
    report.figure("mutants killed", 100 * killed / found, "%", ">= 98")
    report.figure(
        "survivors without an explanation", len({_key(one) for one in survivors} - explained), "mutants", "== 0"
    )
    report.figure("code as it is, found fault with", tables["false"] + checks["false"] + (not control), "runs", "== 0")
    report.figure("control: survivors of weakened tests", tables["weak"] + checks["weak"], "mutants", ">= 100")
    report.exit()


def _key(mutant: Mutant) -> str:
    """Return what a survivor is called in the file of explanations: lines move, so without them."""
    return f"{mutant.file} {mutant.what}"


def all_of(files: tuple[str, ...]) -> list[Mutant]:
    """Return every mutant of the files."""
    return [mutant for file in files for mutant in mutants_of(file, (ROOT / file).read_text(encoding="utf-8"))]


def quick(kind: str, environ: dict[str, str]) -> dict:
    """Judge all mutants of a kind in a process of their own, which forks one child for each; return what it found."""
    argv = [str(PYTHON), "-m", "drill.mutants", kind]
    done = subprocess.run(argv, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def is_noticed(mutant: Mutant | None, environ: dict[str, str]) -> bool:
    """Run the broader tests with the mutant, or with the code as it is for None; say whether a test failed."""
    file = mutant.file if mutant else CHECKS[0]
    tests = BROADER.get(file, ["tests/permissions", "tests/accounts", "tests/architecture/test_documents.py"])
    if mutant:
        MUTANT.write_text(json.dumps({"file": mutant.file, "text": mutant.text}))
    changed = {**environ, "NB_MUTANT": str(MUTANT) if mutant else ""}
    argv = [
        str(PYTHON),
        "-m",
        "pytest",
        "-p",
        "drill.mutant_plugin",
        "-x",
        "-q",
        "--reuse-db",
        "-p",
        "no:cacheprovider",
        *tests,
    ]
    return subprocess.run(argv, env=changed, cwd=ROOT, capture_output=True, check=False).returncode != 0


def make_world() -> None:
    """Build the database of the mutants, and in it one world that all of them are asked about."""
    start_django()
    connection = importlib.import_module("django.db").connection
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    world = importlib.import_module("tests.permissions.world")
    worlds = [
        world.make_world(kind)
        for kind in importlib.import_module("accounts.roles").UnitKind
        if kind in {"team", "intake"}
    ]
    WORLD.write_bytes(pickle.dumps(worlds))


def start_django() -> None:
    """Load the apps, but none of the modules that are to be mutated."""
    importlib.import_module("django").setup()


def judge_tables() -> Iterator[Judge]:
    """Give the tests that need no database."""
    tests = importlib.import_module("tests.permissions.test_table")
    yield from (getattr(tests, name) for name in sorted(vars(tests)) if name.startswith("test_"))


def judge_checks() -> Iterator[Judge]:
    """Give the tests of objects, actions and seats, about the worlds that are there."""
    connection = importlib.import_module("django.db").connection
    connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"]
    tests = importlib.import_module("tests.permissions.test_objects")
    for world in pickle.loads(WORLD.read_bytes()):  # noqa: S301
        yield partial(tests.test_those_near_may_what_the_table_says_and_nothing_else, world)
        yield partial(tests.test_those_far_away_may_nothing, world)
        yield partial(tests.test_mentor_reads_only_the_own_concerns_and_pupils, world)
        yield partial(tests.test_dates_and_figures_are_no_content, world)


def in_a_child(mutant: Mutant | None, judges: Callable[[], Iterator[Judge]], asked: slice) -> bool:
    """Fork; the child imports the mutant and is asked the tests of the slice. Say whether one failed."""
    instead = Instead(mutant.file, mutant.text) if mutant else None
    if instead and instead.name in sys.modules:
        raise RuntimeError(f"{instead.name} is imported already: its mutant would never run")
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    try:
        if instead:
            instead.install()
        for judge in islice(judges(), asked.start, asked.stop):
            judge()
    except BaseException:
        if mutant is None:
            traceback.print_exc()
        os._exit(1)
    os._exit(0)


def judge(kind: str) -> None:
    """Judge every mutant of a kind, and some with weakened tests; print what was found as the last line."""
    if kind == "tables":
        importlib.import_module("django.conf").settings.configure(USE_I18N=False)
        importlib.import_module("accounts.roles")
        files, judges, few = TABLES, judge_tables, slice(0, 1)
    else:
        start_django()
        files, judges, few = CHECKS, judge_checks, slice(2, 4)
    mutants = all_of(files)
    false = sum(in_a_child(None, judges, slice(None)) for _ in range(3))
    alive = [mutant for mutant in mutants if not in_a_child(mutant, judges, slice(None))]
    weak = sum(not in_a_child(mutant, judges, few) for mutant in mutants[::4])
    found = {"count": len(mutants), "false": false, "weak": weak, "alive": [vars(mutant) for mutant in alive]}
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1:] == ["world"]:
        make_world()
    elif sys.argv[1:]:
        judge(sys.argv[1])
    else:
        main()
