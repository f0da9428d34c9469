"""Apps import only downwards, at the top of the file, and call each other openly."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import APPS, ROOT, app_files, functions, place, tree

SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")
# Names that say nothing about what is inside; such modules end up holding everything.
EMPTY_NAMES = {"utils", "util", "utilities", "helpers", "helper", "common", "services", "service", "misc", "tools"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the contract in pyproject.toml."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--config", ROOT / "pyproject.toml", "--no-cache"], cwd=folder, capture_output=True, text=True
    )


def test_contract_between_the_apps_holds():
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_app_stands_in_the_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [app.strip() for layer in contract["contracts"][0]["layers"] for app in layer.split("|")]

    assert sorted(layers) == APPS
    assert sorted(contract["root_packages"]) == APPS


def late_imports(module: ast.Module) -> list[ast.stmt]:
    """Return imports that run only when a function is called."""
    return [
        node
        for function in functions(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def test_no_import_inside_a_function():
    faults = [place(file, node) for file in app_files("deploy") for node in late_imports(tree(file))]

    assert not faults, "\n".join(faults)


def signals(module: ast.Module) -> list[ast.stmt]:
    """Return imports that bring signals in."""
    found: list[ast.stmt] = []
    for node in ast.walk(module):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        from_library = [name for name in names if name.startswith(("django.", "allauth."))]
        if any(name.startswith(SIGNALS) or ".signals." in f"{name}." for name in from_library):
            found.append(node)
    return found


def test_no_signals():
    faults = [place(file, node) for file in app_files() for node in signals(tree(file))]

    assert not faults, "\n".join(faults)


def test_no_module_with_a_name_that_says_nothing():
    faults = [
        str(file.relative_to(ROOT)) for file in app_files("launcher") if EMPTY_NAMES & {file.stem, file.parent.name}
    ]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (late_imports, "def f():\n    import os\n"),
        (late_imports, "class A:\n    def f(self):\n        from os import path\n"),
        (signals, "from django.dispatch import receiver\n"),
        (signals, "from django.db.models import signals\n"),
        (signals, "from django.db.models.signals import post_save\n"),
        (signals, "import django.db.models.signals\n"),
        (signals, "from allauth.account.signals import user_logged_in\n"),
    ],
)
def test_faults_are_found(check, code):
    assert check(ast.parse(code))


@pytest.mark.parametrize("check", [late_imports, signals])
def test_plain_code_has_no_faults(check):
    code = "import os\nfrom django.db import models\nfrom .views import signals\n\ndef f():\n    return os, models\n"

    assert not check(ast.parse(code))
