"""`dev.py test` and `dev.py lint`: every check that a change must pass, the fast ones first."""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from launcher.browser import chromium
from launcher.database import Prepared, database
from launcher.environment import PYTHON, make_environment, program
from launcher.locks import one_at_a_time
from launcher.places import STATE
from launcher.serving import compile_words
from launcher.steps import Interrupted, Problem, run_child, say

INTERRUPTED = 130
EVERY_CORE = ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder"]
"""How all tests are run: each file's tests on one core, and each core with a database of its own; in the order that
tests/conftest.py gives the files."""


def checks() -> dict[str, list[str]]:
    """Return the checks that need no browser and no running server, by name, fast first."""
    return {
        "format (ruff)": [program("ruff"), "format", "--check", "--quiet", "."],
        "lint (ruff)": [program("ruff"), "check", "--quiet", "."],
        "layers (import-linter)": [program("lint-imports"), "--cache-dir", str(STATE / "import-linter")],
        "types (mypy)": [program("mypy"), "."],
        "missing migrations": [str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run"],
    }


def lint() -> int:
    """Run the checks; return 0 when all are fine."""
    make_environment()
    with tests_database() as prepared:
        return failures_of(checks(), prepared.environ)


def test(arguments: Sequence[str]) -> int:
    """Run the checks and then all tests; with arguments only pytest, which is handed them."""
    make_environment()
    try:
        with one_at_a_time(STATE / "test.lock", "Waiting for the tests that another command runs here …"):
            browser = chromium(os.environ)
            with tests_database() as prepared:
                environ = prepared.environ
                environ["CHROMIUM_PATH"] = browser
                compile_words({**environ, "DJANGO_SETTINGS_MODULE": "config.settings.local"})
                if not arguments and (failed := failures_of(checks(), environ)):
                    return failed
                say("Running the tests …")
                argv = [str(PYTHON), "-m", "pytest", "-o", f"cache_dir={STATE / 'pytest'}"]
                argv += [f"--output={STATE / 'journeys'}", "--screenshot=only-on-failure"]
                argv += arguments or EVERY_CORE
                return run_child(argv, environ, ending=signal.SIGINT)
    except Interrupted:
        return INTERRUPTED


def tests_database() -> AbstractContextManager[Prepared]:
    """Have the tests' own server inside the block, fast rather than durable, with every tool's cache kept aside."""
    os.environ.setdefault("RUFF_CACHE_DIR", str(STATE / "ruff"))
    os.environ.setdefault("MYPY_CACHE_DIR", str(STATE / "mypy"))
    return database("test", durable=False)


def failures_of(wanted: Mapping[str, Sequence[str]], environ: Mapping[str, str]) -> int:
    """Run each check, all of them, and return the first exit code that is not 0."""
    codes: dict[str, int] = {}
    for name, argv in wanted.items():
        say(f"Checking {name} …")
        codes[name] = run_child(argv, environ)
    failed = {name: code for name, code in codes.items() if code != 0}
    if failed:
        say(f"Not fine: {', '.join(failed)}.")
    return next(iter(failed.values()), 0)


def lock() -> int:
    """Make requirements/base.txt and dev.txt anew from the .in files: hashed, without any index's address."""
    make_environment()
    if run_child([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"]) != 0:
        raise Problem("uv, which makes the lists, could not be installed into .venv.")
    # What a server gets is a part of what was tested: base.txt takes its versions from dev.txt.
    for name, bound in (("dev", []), ("base", ["--constraint=requirements/dev.txt"])):
        say(f"Making requirements/{name}.txt …")
        argv = [program("uv"), "pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes"]
        argv += ["--no-annotate", "--no-header", f"requirements/{name}.in", *bound, "-o", f"requirements/{name}.txt"]
        if run_child(argv) != 0:
            return 1
    return 0
