"""A server of SS 12000 for tests: keeps to the standard, and breaks it on purpose, one switch for each way seen.

It is a test double of somebody else's system, written from the facts in the design: a real HTTP server on this machine.
"""

from __future__ import annotations

import gzip
import json
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.ss12000_server.answers import NotAnswered, list_answer, looked_up
from tests.ss12000_server.data import SchoolData
from tests.ss12000_server.subscriptions import changed


@dataclass
class Behaviour:
    """How the server misbehaves; without anything said it keeps to the standard."""

    page_size: int = 4
    ignores: set[str] = field(default_factory=set)  # filters that are silently ignored (T1); "*" is all
    paging: str = "standard"  # "forgetful" (T2), "repeat" (T4)
    endless: str = ""  # "same" token for ever (T5), "new" tokens for ever
    expires: int = 0  # so many tokens are answered with 410 (T6)
    ignores_limit: bool = False  # T7
    naive_times: bool = False  # T8
    names_fail: bool = False  # expandReferenceNames answers 500 (T12)
    errors: str = "standard"  # "detail", "nested", "none" (T14)
    list_key: str = "data"  # "own" is the list's own name, "bare" is no key at all (T15)
    lookup_at_most: int = 10_000  # above it 503 (T17)
    refuses: Counter[int] = field(default_factory=Counter)  # status: so many times, before the right answer
    retry_after: str = ""
    empty: set[str] = field(default_factory=set)  # lists that are suddenly empty (T18)
    deleted_shape: str = "standard"  # "right", "flat", "odd"
    cut_bodies: int = 0  # so many answers end in the middle
    drops: set[int] = field(default_factory=set)  # requests, by their number, whose connection is cut
    dies_after: int = 0  # from this request on every connection is cut
    forbidden: set[str] = field(default_factory=set)  # lists that answer 403
    missing: set[str] = field(default_factory=set)  # lists that answer 404
    no_expand: bool = False  # expand=attendance answers 403
    ignores_expand: bool = False  # answers as if nothing had been said
    no_lookup: bool = False  # lookups of attendance answer 404
    clock: timedelta = timedelta()  # how wrong its clock is
    redirects: bool = False
    raw: bytes = b""  # answers every list with these bytes
    bomb: bool = False  # a small answer that unpacks to far too much
    subscriptions: str | int | bytes = "standard"  # "words", "endless", a status for ever, or this answer
    tokens_last: int = 3600
    token_form: str = "post"  # "basic" takes the client's name in the header only


class Source:
    """The server's state: what it holds, how it behaves, and what it was asked and told."""

    def __init__(self, data: SchoolData, behaviour: Behaviour) -> None:
        self.data = data
        self.behaviour = behaviour
        self.requests: list[tuple[str, str, list[tuple[str, str]]]] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.changes: list[tuple[str, str, bytes]] = []
        self.tokens = 0
        self.used = 0
        self.address = ""
        self.lock = threading.Lock()

    def asked(self, name: str) -> list[list[tuple[str, str]]]:
        """Return the queries that a list was asked with."""
        return [query for _method, path, query in self.requests if path == name]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    source: Source

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Tell the time as wrong as the server's clock is."""
        return format_datetime(datetime.now(UTC) + self.source.behaviour.clock, usegmt=True)

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    do_PATCH = do_DELETE = do_POST

    def _answer(self, body: bytes) -> None:
        source, how = self.source, self.source.behaviour
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/v2.0/")
        query = parse_qsl(parts.query, keep_blank_values=True)
        with source.lock:
            source.requests.append((self.command, path, query))
            source.headers.append(dict(self.headers))
            number = len(source.requests)
            refused = next((status for status, left in how.refuses.items() if left > 0), 0)
        if number in how.drops or (how.dies_after and number >= how.dies_after):
            self.close_connection = True
            self.connection.close()
            return
        if refused and parts.path != "/token":
            how.refuses[refused] -= 1
            extra = {"Retry-After": how.retry_after} if how.retry_after else {}
            self._send(refused, self._error(refused), extra)
        elif parts.path == "/token":
            self._token(body)
        elif how.redirects:
            self._send(302, b"", {"Location": "http://169.254.169.254/latest/"})
        else:
            self._send(*self._content(path, query, body))

    def _content(self, path: str, query: list[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
        how = self.source.behaviour
        if not self._is_known():
            return 401, self._error(401)
        if how.raw and path in self.source.data.lists:
            return 200, how.raw
        if how.bomb:
            return 200, b"[" + b" " * 40_000_000 + b"]"
        name = path.partition("/")[0]
        if name in how.forbidden:
            return 403, self._error(403)
        if name in how.missing:
            return 404, b""
        try:
            if name == "subscriptions":
                return changed(self.source, self.command, path, body)
            if path in {"log", "statistics"}:
                self.source.told.append((path, json.loads(body)))
                return 201, b""
            if path.endswith("/lookup"):
                return 200, self._json(looked_up(self.source, name, json.loads(body)))
            return 200, self._json(list_answer(self.source, name, query))
        except NotAnswered as refusal:
            return refusal.status, self._error(refusal.status)

    def _is_known(self) -> bool:
        told = self.headers.get("Authorization", "")
        if told.startswith("Bearer token-"):
            return told == f"Bearer token-{self.source.tokens}"
        return told == "Bearer fixed" or self.headers.get("X-API-Key") == "key" or self.source.tokens < 0

    def _token(self, body: bytes) -> None:
        form = dict(parse_qsl(body.decode()))
        basic = self.source.behaviour.token_form == "basic"
        known = "Authorization" in self.headers if basic else form.get("client_secret") == "secret"
        if not known or form.get("grant_type") != "client_credentials":
            self._send(401, json.dumps({"error": "invalid_client"}).encode())
            return
        self.source.tokens += 1
        answer = {"access_token": f"token-{self.source.tokens}", "expires_in": self.source.behaviour.tokens_last}
        self._send(200, json.dumps(answer).encode())

    def _error(self, status: int) -> bytes:
        person = "Elev000 Påhittad 20130101-2388"
        bodies: dict[str, Any] = {
            "standard": {"code": "refused", "message": person},
            "detail": {"detail": person},
            "nested": {"error": {"code": status, "message": person}},
        }
        told = bodies.get(self.source.behaviour.errors)
        return json.dumps(told).encode() if told else b"<h1>Error</h1>"

    def _json(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode()

    def _send(self, status: int, body: bytes, extra: dict[str, str] | None = None) -> None:
        how = self.source.behaviour
        cut = status == 200 and how.cut_bodies > 0 and len(body) > 20 and b"token" not in body[:20]
        if cut:
            how.cut_bodies -= 1
        self.send_response(status)
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        if how.bomb and status == 200:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True


@contextmanager
def serving(
    data: SchoolData, behaviour: Behaviour | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Source]:
    """Serve inside the block, over TLS when `tls` says how."""
    source = Source(data, behaviour or Behaviour())
    handler = type("ThisHandler", (Handler,), {"source": source})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    source.address = f"http://127.0.0.1:{server.server_address[1]}/v2.0"
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        source.address = f"https://localhost:{server.server_address[1]}/v2.0"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield source
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
