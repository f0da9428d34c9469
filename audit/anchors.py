"""Anchors: the newest link of each chain, kept in a file outside the database where its administrator cannot write.

The chain alone does not show that its tail was cut or that all of it was computed anew; an anchor does. Each line
holds the hash of the line before it and is signed with a key that the database never sees.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

START = "0" * 64


@dataclass(frozen=True)
class Anchor:
    """The newest link of one authority at one moment; `prev` is the hash of the line before."""

    authority: str
    seq: int
    hash: str
    at: str
    prev: str


def append(path: Path, key: str, heads: Iterable[tuple[str, int, str]], at: datetime) -> list[Anchor]:
    """Add an anchor for every authority that has grown; for one of them when none has, as a sign of life."""
    heads = list(heads)
    with _locked(path) as file:
        lines = _lines(file)
        latest = {anchor.authority: anchor for anchor in _anchors(lines)}
        grown = [head for head in heads if head[0] not in latest or latest[head[0]].seq < head[1]]
        prev = _print(lines[-1]) if lines else START
        added, text = [], ""
        for authority, seq, print_ in grown or heads[:1]:
            anchor = Anchor(authority, seq, print_, at.isoformat(), prev)
            line = _line(anchor, key)
            added.append(anchor)
            text += line + "\n"
            prev = _print(line)
        os.write(file, text.encode())
        os.fsync(file)
    return added


def read(path: Path, key: str) -> tuple[list[Anchor], list[str]]:
    """Return the anchors, and what is wrong with the file itself: forged, missing or unreadable lines."""
    if not path.exists():
        return [], []
    anchors, faults, prev = [], [], START
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        anchor = _anchor(line)
        if anchor is None:
            faults.append(f"anchor {number} cannot be read")
        elif not hmac.compare_digest(_line(anchor, key), line):
            faults.append(f"anchor {number} is not signed with our key")
        else:
            anchors.append(anchor)
            if anchor.prev != prev:
                faults.append(f"anchor {number} does not follow on the line before it")
        prev = _print(line)
    return anchors, faults


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open the file for adding lines, alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _lines(file: int) -> list[str]:
    return os.pread(file, os.fstat(file).st_size, 0).decode().splitlines()


def _anchors(lines: Iterable[str]) -> Iterator[Anchor]:
    return (anchor for line in lines if (anchor := _anchor(line)) is not None)


def _anchor(line: str) -> Anchor | None:
    try:
        told = json.loads(line)
        return Anchor(**{name: told[name] for name in Anchor.__dataclass_fields__})
    except (ValueError, KeyError, TypeError):
        return None


def _line(anchor: Anchor, key: str) -> str:
    """Return the anchor as a signed line."""
    told = asdict(anchor)
    signature = hmac.new(key.encode(), json.dumps(told, sort_keys=True).encode(), sha256).hexdigest()
    return json.dumps({**told, "signature": signature}, sort_keys=True)


def _print(line: str) -> str:
    return sha256(line.encode()).hexdigest()
