"""Which PostgreSQL is chosen, and which is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from launcher import binaries
from launcher.binaries import Binaries, choose_binaries, newest, read_binaries
from launcher.steps import Problem


def folder_with(place: Path, version: str) -> Path:
    """Make a folder of programs that tell a version, as PostgreSQL's do."""
    place.mkdir(parents=True)
    for name in ("initdb", "postgres", "pg_ctl"):
        (place / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (place / name).chmod(0o755)
    return place


@pytest.fixture
def only_these(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the launcher see nothing of this machine but what the test puts into the folder."""
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (f"{tmp_path}/system/*/bin",))
    monkeypatch.setattr(binaries, "WHEEL_FOLDERS", ("bin",))
    monkeypatch.setattr(binaries, "ENVIRONMENT", tmp_path / "wheel")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return tmp_path


def test_given_folder_wins_over_the_system(only_these: Path):
    folder_with(only_these / "system/17/bin", "17.2")
    given = folder_with(only_these / "own", "16.4")

    assert choose_binaries({"PG_BIN": str(given)}) == Binaries(given, 16, "PG_BIN")


def test_newest_of_the_system_wins(only_these: Path):
    folder_with(only_these / "system/9.6/bin", "9.6.24")
    folder_with(only_these / "system/15/bin", "15.18 (Debian 15.18-0+deb12u1)")
    folder_with(only_these / "system/17/bin", "17.2")
    folder_with(only_these / "wheel/bin", "18.6")

    assert (choose_binaries({}).version, choose_binaries({}).source) == (17, "this machine")


def test_wheel_is_used_when_the_system_is_hidden(only_these: Path):
    folder_with(only_these / "system/17/bin", "17.2")
    folder_with(only_these / "wheel/bin", "18.6")

    assert choose_binaries({"NB_NO_SYSTEM_POSTGRES": "1"}).source == "the wheel in .venv"


def test_wheel_is_used_when_the_system_is_too_old(only_these: Path):
    folder_with(only_these / "system/14/bin", "14.20")
    folder_with(only_these / "wheel/bin", "18.6")

    assert choose_binaries({}).version == 18


def test_given_folder_that_is_too_old_is_refused(only_these: Path):
    given = folder_with(only_these / "own", "14.20")

    with pytest.raises(Problem, match="PostgreSQL 14; 15 or newer"):
        choose_binaries({"PG_BIN": str(given)})


def test_given_folder_without_programs_is_refused(only_these: Path):
    with pytest.raises(Problem, match="no working initdb"):
        choose_binaries({"PG_BIN": str(only_these)})


def test_nothing_at_all_says_what_to_do(only_these: Path):
    with pytest.raises(Problem, match="install one, or set PG_BIN"):
        choose_binaries({})


def test_folder_that_lacks_the_server_is_passed_over(tmp_path: Path):
    place = folder_with(tmp_path / "client", "17.2")
    (place / "postgres").unlink()

    assert read_binaries(place, "this machine") is None


def test_beta_counts_as_its_version(tmp_path: Path):
    place = folder_with(tmp_path / "beta", "19beta1")

    found = read_binaries(place, "this machine")

    assert found
    assert found.version == 19


def test_nothing_is_newest_of_what_is_too_old():
    assert newest([Binaries(Path("/x"), 14, "this machine")]) is None
