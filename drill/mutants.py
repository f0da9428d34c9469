"""Changes the permission code a little, more than a thousand times, and looks whether the tests notice (G9).

The tables of rights meet the tests that need no database (drill.mutating.tables), the checks and the gate every test
that reaches them (drill.mutating.plugin). What is known is kept in .local: an interrupted drill goes on where it was.
"""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Sequence

from bench.report import Report
from drill.mutating import tables as table_mutants
from drill.mutating.judged import Judged, digest_of_the_code
from drill.mutating.plugin import FOUND
from launcher.checks import tests_database
from launcher.environment import PYTHON
from launcher.places import ROOT, STATE
from launcher.serving import compile_words

OWN_DEMO_CITY = True
CHECKS = tuple(
    f"{app}/access.py" for app in ("accounts", "attendance", "cases", "schools", "integrations", "records", "oversight")
)
FILES = (*CHECKS, "accounts/gate.py", "accounts/roles.py")
QUICK = ("tests/permissions", "tests/accounts/test_confirming.py", "--deselect=tests/permissions/test_two_hats.py")
"""What every mutant of the checks meets."""

BROAD = (
    "tests/permissions",
    *(f"tests/{app}" for app in ("accounts", "attendance", "cases", "integrations", "oversight", "records", "schools")),
    "tests/architecture/test_every_view_is_guarded.py",
)
"""What those meet that live on unexplained: every test that reaches them."""

TABLES, LOG = STATE / "mutants-tables.json", STATE / "mutants.log"
EXPLAINED = ROOT / "docs" / "security" / "mutants.toml"


def main() -> None:
    """Let each mutant meet the tests that can notice it."""
    report = Report()
    explained = {one["mutant"] for one in tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("survivor", [])}
    with tests_database() as prepared:
        environ = {**prepared.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "TEST_DB_SUFFIX": "_mutants"}
        compile_words({**environ, "DJANGO_SETTINGS_MODULE": "config.settings.local"})
        tables = judge_tables(environ)
        checks = judge_checks("quick", environ, QUICK)
        verdicts = checks["verdicts"]
        if unclear := [one["mutant"] for one in verdicts if not one["noticed_by"] and name_of(one) not in explained]:
            again = judge_checks("broad", environ, BROAD, only=unclear)
            later = {one["mutant"]: one for one in again["verdicts"]}
            verdicts = [later.get(one["mutant"], one) for one in verdicts]
    survivors = tables["alive"] + [one for one in verdicts if not one["noticed_by"]]
    found = {name_of(one) for one in survivors}
    for one in survivors:
        print(f"survives: {one['mutant']} ({one.get('why', 'the tests of the tables pass')})", flush=True)
    count = tables["count"] + len(verdicts)
    report.figure("mutants", count, "mutants", ">= 1000")
    report.figure("mutants killed", 100 * (count - len(survivors)) / count, "%", ">= 98")
    report.figure("of the checks and the gate", share(verdicts), "%", ">= 98")
    report.figure("survivors without an explanation", len(found - explained), "mutants", "== 0")
    report.figure("explanations of what does not survive", len(explained - found), "mutants", "== 0")
    report.figure("code as it is, found fault with", tables["false"] + checks["false"], "runs", "== 0")
    report.figure("control: survivors of weakened tests", tables["weak"] + checks["weak"], "mutants", ">= 100")
    for stage in ("quick", "broad"):
        Judged.load(stage, digest_of_the_code()).finish()
    TABLES.unlink()
    report.exit()


def name_of(one: dict) -> str:
    """Return what a mutant is called in the file of explanations: lines move, so without them."""
    return f"{one['file']} {one['what']}"


def share(verdicts: list[dict]) -> float:
    """Return how many of a hundred are noticed."""
    return 100 * sum(bool(one["noticed_by"]) for one in verdicts) / len(verdicts)


def judge_tables(environ: dict[str, str]) -> dict:
    """Judge the mutants of the tables, unless this drill has come so far before it was interrupted."""
    code = digest_of_the_code()
    kept = json.loads(TABLES.read_text(encoding="utf-8")) if TABLES.exists() else {}
    if kept.get("code") != code:
        kept = {"code": code, "found": table_mutants.judge_apart(environ)}
        TABLES.write_text(json.dumps(kept), encoding="utf-8")
    return kept["found"]


def judge_checks(stage: str, environ: dict[str, str], tests: Sequence[str], only: Sequence[str] | None = None) -> dict:
    """Judge the mutants of the checks and the gate in one warm process of pytest; return what it found."""
    FOUND.unlink(missing_ok=True)
    task = {"files": FILES, "code": digest_of_the_code(), "stage": stage, "only": only}
    argv = [str(PYTHON), "-m", "pytest", "-p", "drill.mutating.plugin", "--reuse-db", "--create-db"]
    argv += ["-p", "no:cacheprovider", "--randomly-seed=1", "--randomly-dont-reorganize", *tests]
    with LOG.open("w", encoding="utf-8") as log:
        subprocess.run(argv, env={**environ, "NB_MUTANTS": json.dumps(task)}, cwd=ROOT, stdout=log, check=False)
    if not FOUND.exists():
        raise SystemExit(f"The drill stopped, see {LOG}. What it knows is kept: the same command goes on from here.")
    return json.loads(FOUND.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
