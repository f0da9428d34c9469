"""A backup says nothing without its key, and one that was tampered with is refused (G23)."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from deploy import backup
from launcher.binaries import choose_binaries
from tests.factories.schools import PupilFactory
from wall.roles import BACKUP

CANARY = "Kanariefågel"


@pytest.fixture
def key() -> bytes:
    return bytes(range(32))


def sealed(plain: bytes, key: bytes) -> bytes:
    return b"".join(backup.sealed(io.BytesIO(plain), key))


def opened(file: bytes, key: bytes) -> bytes:
    return b"".join(backup.opened(io.BytesIO(file), key))


@pytest.mark.parametrize("size", [0, 1, backup.PIECE - 1, backup.PIECE, backup.PIECE + 1, 2 * backup.PIECE])
def test_what_was_sealed_is_opened(key, size):
    plain = os.urandom(size)

    assert opened(sealed(plain, key), key) == plain


@pytest.mark.parametrize(
    "tampered",
    [
        lambda file: file[:-1],
        lambda file: file[: -(backup.PIECE // 2)],
        lambda file: file[: 17 + backup.PIECE + backup.SEAL],
        lambda file: file[:40] + bytes([file[40] ^ 1]) + file[41:],
        lambda file: file[:17] + file[17 + backup.PIECE + backup.SEAL :],
        lambda file: b"X" + file[1:],
        lambda file: file + b"more",
    ],
)
def test_a_changed_or_cut_backup_is_refused(key, tampered):
    file = sealed(os.urandom(2 * backup.PIECE + 5), key)

    with pytest.raises(backup.Unreadable):
        opened(tampered(file), key)


def test_another_key_opens_nothing(key):
    with pytest.raises(backup.Unreadable):
        opened(sealed(b"hemligt", key), bytes(32))


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    file = tmp_path / "key"
    backup.make_key(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_bytes()) == 32
    with pytest.raises(FileExistsError):
        backup.make_key(file)


@pytest.mark.django_db(transaction=True)
def test_a_dump_of_the_database_holds_no_name_without_the_key(tmp_path: Path, key, monkeypatch):
    PupilFactory(family_name=CANARY)
    folder = choose_binaries(os.environ).folder
    monkeypatch.setenv("PG_BIN", str(folder))
    owner = urlsplit(os.environ["OWNER_DATABASE_URL"])
    place = owner.netloc.rpartition("@")[2]
    address = owner._replace(netloc=f"{BACKUP}@{place}", path=f"/{connection.settings_dict['NAME']}").geturl()
    file = tmp_path / "backup"

    assert backup.make(file, key, address) is None

    assert CANARY.encode() not in file.read_bytes()
    plain = tmp_path / "plain.dump"
    plain.write_bytes(opened(file.read_bytes(), key))
    restore = [str(folder / "pg_restore"), "--data-only", "--table=schools_pupil", "--file=-", str(plain)]
    assert CANARY in subprocess.run(restore, capture_output=True, text=True, check=True).stdout


@pytest.mark.django_db
def test_a_failed_dump_leaves_nothing(tmp_path, key, capfd):
    file = tmp_path / "backup"

    assert "no backup" in (backup.make(file, key, "postgresql://nobody@127.0.0.1:1/none") or "")
    assert not list(tmp_path.iterdir())
