"""Telling the database who asks. Only this process can: every entrance carries a proof made with a key that no
statement can read (docs/adr/0010).

The identity is bound to one transaction and signed inside the database. It is put on by `entered` and its kin and is
gone, or what it was before, when their block ends.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

ENTER = (
    "SELECT entered.session_data, entered.user_id, entered.membership_id, set_config('role', entered.db_role, true) "
    "FROM wall_enter(%s, %s, %s, %s, %s) entered"
)
REMEMBER = (
    "SELECT current_setting('role'), coalesce(current_setting('app.identity', true), ''), "
    "coalesce(current_setting('app.signature', true), '')"
)
RESTORE = (
    "SELECT set_config('role', %s, true), set_config('app.identity', %s, true), set_config('app.signature', %s, true)"
)


class Member(Protocol):
    """Somebody in a unit and a role; accounts.Membership is one."""

    pk: UUID


@dataclass(frozen=True)
class Entered:
    """Whom the database took the asker for. `session_data` is None where there is no living session."""

    session_data: str | None
    user_id: UUID | None
    membership_id: UUID | None
    db_role: str


NOBODY = Entered(None, None, None, "")


def proof_key() -> bytes:
    """Return the key that the database keeps a copy of, in a table that no role can read."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"narvarobryggan wall proof", "sha256")


def proof_of(message: str) -> bytes:
    """Return the proof of an entrance, as the database computes it."""
    key = proof_key()
    return hashlib.sha256(key + hashlib.sha256(key + message.encode()).digest()).digest()


def key_hash(session_key: str) -> str:
    """Return what the database keeps of a session's key: a copy of it opens no session."""
    return hashlib.sha256(session_key.encode()).hexdigest()


@contextmanager
def entered(kind: str, *, key: str = "", membership: UUID | None = None, at: datetime) -> Iterator[Entered]:
    """Be somebody inside the block, in a transaction. Who one was before is put back afterwards."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _ask(REMEMBER, []) if nested else None
        yield Entered(*_ask(ENTER, _arguments(kind, key, membership, at)))
        if before is not None:
            _ask(RESTORE, list(before))


@contextmanager
def session(session_key: str | None, *, at: datetime) -> Iterator[Entered]:
    """Be the person whose session this is, in the role chosen there; nobody when it has ended."""
    kind = "session" if session_key else "gate"
    with entered(kind, key=key_hash(session_key) if session_key else "", at=at) as who:
        yield who


@contextmanager
def gate() -> Iterator[None]:
    """Be the one at the gate: what signing in needs, and nothing else."""
    with entered("gate", at=timezone.now()):
        yield


@contextmanager
def acting_as(membership: Member) -> Iterator[Entered]:
    """Be that member, outside a request: commands, jobs and tests."""
    with entered("member", membership=membership.pk, at=timezone.now()) as who:
        yield who


@contextmanager
def working_as(job: str) -> Iterator[None]:
    """Have a job's rights inside the block, over several transactions: for the worker, whose login has none itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, false)", [job])
    try:
        yield
    finally:
        if not connection.needs_rollback:  # else the rollback brings the old role back
            _be_nobody()


@contextmanager
def becoming(db_role: str) -> Iterator[None]:
    """Stay who one is inside the block, with the rights of another side: to oversee what one does not read."""
    with transaction.atomic():
        before = _ask(REMEMBER, [])
        _ask("SELECT set_config('role', %s, true)", [db_role])
        yield
        _ask("SELECT set_config('role', %s, true)", [before[0]])


def _arguments(kind: str, key: str, membership: UUID | None, at: datetime) -> list[Any]:
    connection.ensure_connection()
    microseconds = int(at.timestamp() * 1_000_000)
    message = f"{kind}|{key}|{membership or ''}|{microseconds}|{connection.connection.info.backend_pid}"
    return [kind, key, membership, microseconds, proof_of(message)]


def _be_nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def _ask(query: str, parameters: list[Any]) -> tuple[Any, ...]:
    """Ask with the parameters apart from the text, so that no other connection can read them in pg_stat_activity."""
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        row = cursor.execute(query, parameters).fetchone()
    if row is None:
        raise LookupError("the database did not answer who asks")
    return row
