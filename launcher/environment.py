"""The virtual environment `.venv`, made from the hashed list in requirements/dev.txt."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from launcher.locks import one_at_a_time
from launcher.places import ENVIRONMENT, ROOT, STATE, WINDOWS
from launcher.steps import Problem, end, say

REQUIREMENTS = ROOT / "requirements" / "dev.txt"
STAMP = ENVIRONMENT / "made-from"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")
SAY_EVERY = 25


def program(name: str) -> str:
    """Return the path of a program that the environment brings."""
    return str(PYTHON.with_name(f"{name}.exe" if WINDOWS else name))


def make_environment() -> None:
    """Make `.venv` when it is missing or was made from another list, Python or folder."""
    with one_at_a_time(STATE / "environment.lock", "Waiting for another command that makes .venv …"):
        stamp = wanted_stamp(REQUIREMENTS.read_bytes(), sys.version, ENVIRONMENT)
        if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == stamp:
            return
        say(f"Making .venv with Python {sys.version_info.major}.{sys.version_info.minor} (once, about a minute) …")
        STAMP.unlink(missing_ok=True)
        create_venv()
        install(sum("==" in line for line in REQUIREMENTS.read_text().splitlines()))
        STAMP.write_text(stamp)


def wanted_stamp(requirements: bytes, python: str, folder: Path) -> str:
    """Return what the environment must be made from; its scripts name the folder, so a moved one is made anew."""
    return f"{hashlib.sha256(requirements).hexdigest()}\n{python}\n{folder}\n"


def create_venv() -> None:
    """Make the empty environment with pip in it."""
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=not WINDOWS).create(ENVIRONMENT)
    except (subprocess.CalledProcessError, ImportError, SystemExit) as error:
        raise Problem(
            "this Python cannot make a virtual environment; on Debian and Ubuntu install the package python3-venv."
        ) from error


def install(packages: int) -> None:
    """Install every package of the list, each checked against its hash, saying how far it has come."""
    argv = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    # Compiling every module now would cost more than compiling each at its first import.
    argv += ["--no-compile", "--progress-bar=off", "--requirement", str(REQUIREMENTS)]
    pip = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines: list[str] = []
    try:
        for line in pip.stdout or ():
            lines.append(line)
            found = sum(seen.startswith("Collecting ") for seen in lines)
            if line.startswith("Collecting ") and found % SAY_EVERY == 0:
                say(f"  {found} of about {packages} packages found …")
            if line.startswith("Installing collected packages"):
                say("  installing them …")
    finally:
        end(pip)
    if pip.wait() != 0:
        tail = "".join(lines[-6:])
        raise Problem(f"the Python packages could not be installed; pip said:\n{tail}")
