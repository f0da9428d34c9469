"""What somebody had typed when a session ended, kept for half an hour until the same person is back.

The text lies in no browser store. It is encrypted with a one-time id that only the way back to the page carries
(`?again=…`); the table holds a hash of that id, so that the table and the server's keys together do not open it.
Files and passwords are not kept.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.http import HttpRequest, QueryDict

from wall import identity

from .models import KeptPost
from .secrecy import NotReadable, decrypt, encrypt, keyed_hash

PARAMETER = "again"
MINUTES = 30
LARGEST = 200_000
"""Characters; more than the longest form of ours can hold."""

NEVER_KEPT = ("csrfmiddlewaretoken", "password", "new_password", "old_password", "code", "credential", "login")
PURPOSE = "kept post"


@dataclass(frozen=True)
class Kept:
    """What was typed, and on which path."""

    path: str
    data: QueryDict
    had_files: bool
    was_signed_out: bool


@identity.gate()
def keep(request: HttpRequest, user_id: UUID, at: datetime, *, was_signed_out: bool) -> str:
    """Keep the fields of a POST for a person and return the path, with the one-time id, that shows them again.

    Too much to keep gives the path without an id.
    """
    path = request.get_full_path()
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not name.startswith(NEVER_KEPT)
        for value in values
        if isinstance(value, str)
    ]
    content = json.dumps(
        {"path": request.path, "fields": fields, "files": bool(request.FILES), "was_signed_out": was_signed_out}
    )
    if len(content) > LARGEST:
        return path
    key = secrets.token_urlsafe(24)
    forget_old(at)
    KeptPost.objects.create(
        key_hash=keyed_hash(key, PURPOSE), user_id=user_id, content=encrypt(content, PURPOSE, key), kept_at=at
    )
    return _with_key(path, key)


@identity.gate()
def take(key: str, user_id: UUID, at: datetime) -> Kept | None:
    """Return what was kept under `key` and remove it; None for somebody else, when too old, and the second time."""
    row = KeptPost.objects.filter(pk=keyed_hash(key, PURPOSE)).first()
    if row is None:
        return None
    row.delete()
    if row.user_id != user_id or row.kept_at < at - timedelta(minutes=MINUTES):
        return None
    try:
        found = json.loads(decrypt(row.content, PURPOSE, key))
    except NotReadable:
        return None
    data = QueryDict(mutable=True)
    for name, value in found["fields"]:
        data.appendlist(name, value)
    return Kept(found["path"], data, found["files"], found["was_signed_out"])


@identity.gate()
def forget_if_foreign(key: str, user_id: UUID) -> None:
    """Remove what was kept under `key` when somebody else had typed it."""
    KeptPost.objects.filter(pk=keyed_hash(key, PURPOSE)).exclude(user=user_id).delete()


def forget_old(at: datetime) -> int:
    """Remove what has been kept for too long; return how many rows. Only at the gate or as the clock."""
    return KeptPost.objects.filter(kept_at__lt=at - timedelta(minutes=MINUTES)).delete()[0]


def _with_key(path: str, key: str) -> str:
    parts = urlsplit(path)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode([*query, (PARAMETER, key)])))
