"""`dev.py bench` and `dev.py drill`: figures as JSON lines, one measure each."""

import ast
import json
import os
import subprocess
from pathlib import Path

from launcher.database import database
from launcher.environment import PYTHON, make_environment
from launcher.places import ROOT
from launcher.serving import compile_words, load, migrate
from launcher.steps import Problem, apart, end

KEYS = {"name", "value", "unit", "limit", "ok"}
NOT_OK = 1
# Modules that the others use; they measure nothing themselves.
SHARED = {"__init__", "report", "absence_city", "absence_file", "absence_pages", "absence_windows"}


def measure(kind: str, arguments: list[str]) -> int:
    """List what there is, or run one and return 0 only when all its figures are ok."""
    found = listing(ROOT / kind)
    if not arguments:
        for name, words in found.items():
            print(f"{name}  {words}")
        return 0
    name = arguments[0]
    if name not in found:
        raise Problem(f"there is no {kind} named {name}; there are: {', '.join(found) or 'none'}.")
    make_environment()
    argv = [str(PYTHON), "-m", f"{kind}.{name}", *arguments[1:]]
    if not wants_demo_city(ROOT / kind / f"{name}.py"):
        return run_measures(argv, dict(os.environ))
    has_own_city = says(ROOT / kind / f"{name}.py", "OWN_CITY")
    with database(f"measure-{name}" if has_own_city else "measure", durable=True) as prepared:
        prepared.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
        prepared.environ["NB_LOGIN"] = (
            "owner"  # looks at rows and makes them; each request is its own side all the same
        )
        compile_words(prepared.environ)
        migrate(prepared.environ) if has_own_city else load(prepared.environ)
        return run_measures(argv, prepared.environ)


def listing(folder: Path) -> dict[str, str]:
    """Return the name of every module in the folder with the first line of its docstring."""
    modules = (path for path in sorted(folder.glob("*.py")) if path.stem not in SHARED)
    return {path.stem: (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0] for path in modules}


def wants_demo_city(path: Path) -> bool:
    """Tell whether a module wants the loaded demo city: all do, but those that say `OWN_DEMO_CITY = True`."""
    return not says(path, "OWN_DEMO_CITY")


def says(path: Path, name: str) -> bool:
    """Tell whether a module sets `name`; one that says `OWN_CITY = True` wants an empty database."""
    assigned = (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign))
    return name in (target.id for node in assigned for target in node.targets if isinstance(target, ast.Name))


def run_measures(argv: list[str], environ: dict[str, str]) -> int:
    """Run one module, pass its lines through, and return 0 only when it gave figures and all are ok."""
    child = subprocess.Popen(argv, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, **apart())  # type: ignore[call-overload]
    verdicts: list[bool] = []
    try:
        for line in child.stdout:
            print(line, end="", flush=True)
            verdicts += verdict(line)
        code = child.wait()
    finally:
        end(child)
        child.stdout.close()
    return 0 if code == 0 and verdicts and all(verdicts) else code or NOT_OK


def verdict(line: str) -> list[bool]:
    """Return whether the figure on a line is ok; nothing for a line that is no figure."""
    try:
        figure = json.loads(line)
    except ValueError:
        return []
    if not isinstance(figure, dict) or not figure.keys() >= KEYS:
        return []
    return [figure["ok"] is True]
