"""The chain: every row of the log is linked to all rows before it in the same authority, so that a change is seen.

The database writes the links itself at commit (migration 0011). A link's hash is sha256 over the hash before it and
the row's canonical form: PostgreSQL's jsonb text, keys sorted by length and then by bytes, moments in UTC to the
microsecond. A column that is added to a log table later joins the form only where it has a value, so that old rows
keep their print. Here the chain is computed anew, with Python's sha256, from the rows as they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .anchors import Anchor

START = "0" * 64
_WHO = """'id', {row}.id, 'authority', {row}.authority,
    'at', to_char({row}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'user', {row}.user_id, 'membership', {row}.membership_id, 'unit', {row}.unit_id, 'role', {row}.role"""
FORMS = {
    "audit_auditevent": f"jsonb_build_object('table', 'audit_auditevent', {_WHO}, 'action', {{row}}.action, "
    "'target_type', {row}.target_type, 'target_id', {row}.target_id, 'details', {row}.details)::text",
    "audit_accessrecord": f"jsonb_build_object('table', 'audit_accessrecord', {_WHO}, 'page', {{row}}.page, "
    "'method', {row}.method, 'kind', {row}.kind, 'reason', {row}.reason, 'pupils', {row}.pupils)::text",
}
"""The canonical form of each table as an expression over `row`. See also migration 0011, which says the same."""


@dataclass(frozen=True)
class LinkedEntry:
    """A link beside the canonical form of the row it points at; None when the row is gone."""

    authority: str
    seq: int
    table: str
    prev: str
    hash: str
    canonical: str | None


@dataclass
class Erasure:
    """What the log tells of rows erased on schedule, in one table of one authority: how many, up to which link."""

    up_to: int
    rows: int


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written: where, and what is wrong."""

    authority: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.authority} {self.seq}: {self.what}"


def print_of(prev: str, canonical: str) -> str:
    """Return the hash of a link."""
    return sha256((prev + canonical).encode()).hexdigest()


def check_chain(
    links: Iterable[LinkedEntry], anchors: Iterable[Anchor], erased: dict[tuple[str, str], Erasure]
) -> tuple[int, list[Finding]]:
    """Return how many links there are and what is wrong. `links` come by authority and then by `seq`.

    `erased` is what the log tells of, by authority and table; as many rows may be gone, and no more.
    """
    findings: list[Finding] = []
    gone: Counter[tuple[str, str]] = Counter()
    anchored: dict[tuple[str, int], set[str]] = {}
    for anchor in anchors:
        anchored.setdefault((anchor.authority, anchor.seq), set()).add(anchor.hash)
    authority, seq, prev, count = None, 0, START, 0
    for link in links:
        if link.authority != authority:
            authority, seq, prev = link.authority, 0, START
        findings += [Finding(link.authority, link.seq, what) for what in _faults(link, seq, prev)]
        told = erased.get((link.authority, link.table))
        if link.canonical is None and told is not None and link.seq <= told.up_to:
            gone[link.authority, link.table] += 1
        elif link.canonical is None:
            findings.append(Finding(link.authority, link.seq, "the row it was written for is deleted"))
        for hash_then in anchored.pop((link.authority, link.seq), ()):
            if hash_then != link.hash:
                findings.append(Finding(link.authority, link.seq, "is not what was anchored: the chain was rewritten"))
        seq, prev, count = link.seq, link.hash, count + 1
    for (name, table), told in erased.items():
        if gone[name, table] != told.rows:
            findings.append(Finding(name, told.up_to, f"{gone[name, table]} rows of {table} are gone, not {told.rows}"))
    findings += [Finding(*place, "was anchored and is gone: the chain was cut") for place in sorted(anchored)]
    return count, findings


def _faults(link: LinkedEntry, seq: int, prev: str) -> Iterator[str]:
    if link.seq != seq + 1:
        yield f"follows on {seq}: links are missing"
    if link.prev != prev:
        yield "does not follow on the link before it"
    if link.canonical is not None and print_of(link.prev, link.canonical) != link.hash:
        yield "the row is not what was written"


def linked_entries(cursor: Any) -> Iterator[LinkedEntry]:
    """Give every link with its row, in order. The cursor belongs to the owner or to the backup's role."""
    cursor.execute(
        "SELECT link.authority, link.seq, link.entry_table, link.prev, link.hash, CASE "  # noqa: S608
        f"WHEN event.id IS NOT NULL THEN {FORMS['audit_auditevent'].format(row='event')} "
        f"WHEN access.id IS NOT NULL THEN {FORMS['audit_accessrecord'].format(row='access')} END FROM audit_link link "
        "LEFT JOIN audit_auditevent event ON entry_table = 'audit_auditevent' AND event.id = entry_id "
        "LEFT JOIN audit_accessrecord access ON entry_table = 'audit_accessrecord' AND access.id = entry_id "
        "ORDER BY link.authority, link.seq"
    )
    while rows := cursor.fetchmany(5000):
        yield from (LinkedEntry(*row) for row in rows)


def erasures(cursor: Any) -> dict[tuple[str, str], Erasure]:
    """Return what the log tells of erased rows (migration 0013), by authority and table."""
    cursor.execute(
        "SELECT authority, target_type, max((details->>'up_to')::bigint), sum((details->>'rows')::bigint)::bigint "
        "FROM audit_auditevent WHERE action = 'log_erased' GROUP BY authority, target_type"
    )
    return {(authority, table): Erasure(up_to, rows) for authority, table, up_to, rows in cursor.fetchall()}


def unlinked(cursor: Any) -> list[Finding]:
    """Return the rows of the log that no link vouches for: they were put in behind the chain's back."""
    findings = []
    for table in FORMS:
        cursor.execute(
            f"SELECT authority, id FROM {table} entry WHERE NOT EXISTS "  # noqa: S608
            "(SELECT FROM audit_link WHERE entry_table = %s AND entry_id = entry.id) ORDER BY id",
            [table],
        )
        findings += [Finding(name, key, f"row of {table} that no link vouches for") for name, key in cursor.fetchall()]
    return findings


def heads(cursor: Any) -> list[tuple[str, int, str]]:
    """Return the newest link of each authority. The function behind it may be called by the clock's role."""
    cursor.execute("SELECT authority, seq, hash FROM audit_heads() ORDER BY authority")
    return cursor.fetchall()
