"""Makes an encrypted copy of the database, and opens one: `backup.py make FILE`, `backup.py open FILE` (to stdout).

Reads BACKUP_DATABASE_URL (the login narvaro_backup's), BACKUP_KEY_FILE (32 bytes; `backup.py key FILE` makes one) and,
where pg_dump is not on the path, PG_BIN. What lies in FILE says nothing without the key: each piece is sealed with
AES-256-GCM under its own number, the last one marked, so that a piece changed, moved, left out or cut off is refused.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"NBBACKUP1"
PIECE = 1024 * 1024
SEAL = 16
NONCE = 4
LAST, MORE = b"last", b"more"


class Unreadable(Exception):
    """The file is no backup, was changed or cut off, or the key is another one."""


def main(arguments: list[str]) -> str | None:
    """Do what is asked; return a sentence when it cannot be done."""
    match arguments:
        case ["key", file]:
            make_key(Path(file))
        case ["make", file]:
            return make(Path(file), key(), os.environ["BACKUP_DATABASE_URL"])
        case ["open", file]:
            with Path(file).open("rb") as backup:
                sys.stdout.buffer.writelines(opened(backup, key()))
        case _:
            return __doc__
    return None


def make_key(file: Path) -> None:
    """Write a new key that only its owner can read. Keep it apart from the backups."""
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(secrets.token_bytes(32))


def key() -> bytes:
    """Return the key in BACKUP_KEY_FILE."""
    return Path(os.environ["BACKUP_KEY_FILE"]).read_bytes()


def make(file: Path, with_key: bytes, address: str) -> str | None:
    """Dump the database into `file`, sealed; half a file is never left under its name."""
    program = shutil.which("pg_dump", path=os.environ.get("PG_BIN") or None) or "pg_dump"
    argv = [program, "--format=custom", "--no-password", f"--dbname={address}"]
    unfinished = file.with_name(file.name + ".unfinished")
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as dump, unfinished.open("wb") as out:
        out.writelines(sealed(dump.stdout, with_key))  # type: ignore[arg-type]
    if dump.returncode != 0:
        unfinished.unlink()
        return "pg_dump failed (see above); no backup was made."
    unfinished.replace(file)
    return None


def sealed(plain: IO[bytes], with_key: bytes) -> Iterator[bytes]:
    """Give the sealed file piece by piece."""
    start = secrets.token_bytes(12 - NONCE)
    cipher = AESGCM(with_key)
    yield MARK + start
    for number, (piece, is_last) in enumerate(_pieces(plain, PIECE)):
        yield cipher.encrypt(start + number.to_bytes(NONCE), piece, LAST if is_last else MORE)


def opened(file: IO[bytes], with_key: bytes) -> Iterator[bytes]:
    """Give what was sealed. Raises Unreadable at the first piece that is not as it was written."""
    if file.read(len(MARK)) != MARK:
        raise Unreadable("this is no backup of ours")
    start = file.read(12 - NONCE)
    cipher = AESGCM(with_key)
    try:
        for number, (piece, is_last) in enumerate(_pieces(file, PIECE + SEAL)):
            yield cipher.decrypt(start + number.to_bytes(NONCE), piece, LAST if is_last else MORE)
    except InvalidTag:
        raise Unreadable("the backup was changed or cut off, or the key is another one") from None


def _pieces(file: IO[bytes], size: int) -> Iterable[tuple[bytes, bool]]:
    """Give pieces of `size` bytes, each with whether it is the last; an empty file is one empty piece."""
    piece = file.read(size)
    while True:
        following = file.read(size) if len(piece) == size else b""
        yield piece, not following
        if not following:
            return
        piece = following


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
