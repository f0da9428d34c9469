"""The test server's subscriptions: made, renewed and removed, in the ways that servers have been seen to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

BEGINS = datetime(2026, 11, 20, 3, tzinfo=UTC)
LASTS = timedelta(days=30)


def changed(source: Any, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Make, renew or remove a subscription; return the status and the body of the answer."""
    how = source.behaviour.subscriptions
    source.changes.append((method, path, body))
    if isinstance(how, int):
        return how, b""
    if isinstance(how, bytes):
        return 201, how
    if method == "POST":
        return _made(source, json.loads(body), how)
    known = next((one for one in source.subscriptions if one["id"] == path.partition("/")[2]), None)
    if known is None:
        return 404, b""
    if method == "DELETE":
        source.subscriptions.remove(known)
        return 204, b""
    if body:
        return 400, b""
    if known["expires"]:
        known["expires"] = (datetime.fromisoformat(known["expires"]) + LASTS).isoformat()
    return 200, json.dumps(known).encode()


def _made(source: Any, asked: dict[str, Any], how: str) -> tuple[int, bytes]:
    wanted = asked.get("resourceTypes")
    right = str if how == "words" else dict
    if set(asked) != {"name", "target", "resourceTypes"} or not all(isinstance(one, right) for one in wanted):
        return 400, b""
    expires = "" if how == "endless" else (BEGINS + LASTS).isoformat()
    made = {"id": str(uuid4()), "expires": expires, **asked}
    source.subscriptions.append(made)
    return 201, json.dumps(made).encode()
