"""The commands of `dev.py`."""

from collections.abc import Callable

from launcher import checks, measures, serving
from launcher.database import database
from launcher.environment import PYTHON, make_environment, program
from launcher.places import ROOT
from launcher.steps import Interrupted, hear_signals, run_child, told_in_one_sentence

USAGE = """\
Usage: python3 dev.py COMMAND

  run           serve Närvarobryggan with the demo city on http://127.0.0.1:8000 (PORT=8001 for another port)
  test [ARGS]   format, lint, layers, types, migrations, tests and browser journeys; with ARGS only pytest ARGS
  lint          the checks alone; `lint --fix` formats and mends what can be mended
  bench [NAME]  speed, as JSON lines; without a name, what there is
  drill [NAME]  faults and attacks, as JSON lines; without a name, what there is
  shell         Django's shell on the database of `run`; `shell COMMAND …` any command of manage.py
  worker        one more worker on the database of `run`
  messages      collect the words to translate into locale/
  lock          make requirements/*.txt anew from the .in files

PostgreSQL: DATABASE_URL (a server's address), else PG_BIN (a bin folder), else what is installed, else a wheel.\
"""


def main(arguments: list[str]) -> int:
    """Run the command named first; return the exit code."""
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": lambda rest: serving.run(),
        "test": checks.test,
        "lint": lambda rest: mend() if rest == ["--fix"] else checks.lint(),
        "bench": lambda rest: measures.measure("bench", rest),
        "drill": lambda rest: measures.measure("drill", rest),
        "shell": lambda rest: manage(*(rest or ["shell"])),
        "worker": lambda rest: manage("procrastinate", "worker"),
        "messages": lambda rest: manage("update_words", *rest),
        "lock": lambda rest: checks.lock(),
    }
    if not arguments or arguments[0] not in commands:
        print(USAGE)
        return 0 if arguments in ([], ["help"], ["-h"], ["--help"]) else 2
    hear_signals()
    with told_in_one_sentence():
        try:
            return commands[arguments[0]](arguments[1:])
        except Interrupted:
            return checks.INTERRUPTED


def manage(*arguments: str) -> int:
    """Run a command of manage.py on the database of `run`."""
    make_environment()
    with database("run", durable=True) as prepared:
        return run_child([str(PYTHON), "manage.py", *arguments], prepared.environ, terminal=True)


def mend() -> int:
    """Format every file and mend what ruff can mend."""
    make_environment()
    run_child([program("ruff"), "format", str(ROOT)])
    return run_child([program("ruff"), "check", "--fix", str(ROOT)])
