"""Asks a source one thing at a time: politely, with patience, and never twice what may not be done twice."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from django.conf import settings

from .problems import SourceError, code_of_body
from .signing_in import Credentials, Signer
from .transport import check_address, fetch, open_client

TRIES = 4
PATIENCE = 120
"""The longest that a Retry-After is waited for, in seconds; a longer one ends the run, which goes on another time."""

AGAIN = {429, 502, 503, 504}
LOOKED_UP_AT_ONCE = 100
Query = list[tuple[str, str]]


class Answer(Exception):
    """An answer that is not 2xx, by its status: the caller may know another way to ask."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(f"{status} {code}".strip())
        self.status = status
        self.code = code

    def as_problem(self, endpoint: str) -> SourceError:
        """Return the named error that it is when nobody knows another way."""
        names = {400: "refused", 401: "not_signed_in", 403: "not_allowed", 404: "not_there", 405: "not_there",
                 410: "page_expired", 422: "refused", 429: "busy"}  # fmt: skip
        name = names.get(self.status, "server_failed" if self.status >= 500 else "refused")
        told = {"endpoint": endpoint, "status": self.status} | ({"said": self.code} if self.code else {})
        return SourceError(name, **told)


@dataclass
class Facts:
    """What the answers have shown about the server, beside what was asked: counts and clocks, nothing of anybody."""

    requests: int = 0
    retries: int = 0
    waited: float = 0.0
    server_clock: datetime | None = None


@dataclass
class Client:
    """One conversation with a source."""

    address: str
    credentials: Credentials
    certificate: str = field(default="", repr=False)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    facts: Facts = field(default_factory=Facts)

    def __post_init__(self) -> None:
        """Open the connection's rules; nothing is sent yet."""
        self.address = str(check_address(self.address)).rstrip("/")
        self._http = open_client(self.certificate)
        self._signer = Signer(self.credentials, self._http, self.clock)
        self._next = 0.0

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def get(self, path: str, query: Query = ()) -> Any:  # type: ignore[assignment]
        """Ask for something. Raises Answer and SourceError."""
        return self._ask(lambda: self._request("GET", path, params=query), tries=TRIES)

    def look_up(self, path: str, wanted: dict[str, list[str]]) -> list[Any]:
        """Ask for rows by id. The bare list may come wrapped. A batch that is too large is halved."""
        ((key, ids), *others) = wanted.items()
        rows: list[Any] = []
        waiting = [ids[start : start + LOOKED_UP_AT_ONCE] for start in range(0, len(ids), LOOKED_UP_AT_ONCE)]
        while waiting:
            batch = waiting.pop(0)
            body = {key: batch, **{name: batch for name, _ in others}}
            try:
                # Looking up changes nothing at the source, so it may be asked again.
                few = len(batch) == 1
                answer = self._ask(
                    lambda body=body: self._request("POST", f"{path}/lookup", json=body),  # type: ignore[misc]
                    tries=TRIES,
                    not_again=() if few else (413, 503),
                )
            except Answer as refused:
                if refused.status not in {413, 503} or len(batch) == 1:
                    raise
                middle = len(batch) // 2
                waiting[:0] = [batch[:middle], batch[middle:]]
                continue
            rows.extend(rows_of(answer, path))
        return rows

    def tell(self, path: str, body: dict[str, Any]) -> None:
        """Tell the source something, once: what is told twice would stand twice in its log."""
        self._ask(lambda: self._request("POST", path, json=body), tries=1)

    def change(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make, renew or remove something at the source. What is made is asked for once, else it might be made twice.

        Raises Answer and SourceError.
        """
        content = {} if body is None else {"json": body}
        return self._ask(lambda: self._request(method, path, **content), tries=1 if method == "POST" else TRIES)

    def _request(self, method: str, path: str, **content: Any) -> httpx.Request:
        if "params" in content:
            # httpx leaves a `+` in a query alone, and it would be read as a blank.
            content["params"] = httpx.QueryParams(list(content["params"]))
        return self._http.build_request(method, f"{self.address}/{path}", **content)

    def _ask(self, make: Callable[[], httpx.Request], *, tries: int, not_again: Iterable[int] = ()) -> Any:
        again, renewed, attempt = AGAIN - set(not_again), False, 0
        while True:
            attempt += 1
            self._keep_the_pace()
            try:
                response, body = self._send(make())
            except SourceError as problem:
                if attempt >= tries or problem.code not in {"no_answer", "too_slow", "cut_off"}:
                    raise
                self._wait(attempt, None)
                continue
            if response.status_code == 401 and not renewed and self._signer.renew():
                renewed, attempt = True, attempt - 1
                continue
            if response.status_code in again and attempt < tries:
                self._wait(attempt, response.headers.get("Retry-After"))
                continue
            if response.is_success:
                try:
                    return json.loads(body) if body else None
                except (ValueError, RecursionError) as error:
                    if attempt >= tries:
                        raise SourceError("not_json") from error
                    self._wait(attempt, None)
                    continue
            raise _refusal(response, body)

    def _send(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        request.headers.update(self._signer.headers())
        self.facts.requests += 1
        response, body = fetch(self._http, request, clock=self.clock)
        if response.is_redirect:
            raise SourceError("redirected")
        if self.facts.server_clock is None:
            self.facts.server_clock = _clock_of(response)
        return response, body

    def _keep_the_pace(self) -> None:
        now = self.clock()
        if now < self._next:
            self._pause(self._next - now)
        self._next = max(now, self._next) + 1 / settings.SCHOOL_SOURCE_REQUESTS_PER_SECOND

    def _wait(self, attempt: int, retry_after: str | None) -> None:
        """Wait before asking again: as long as we are told to, else a little longer each time, never in step."""
        told = _seconds(retry_after)
        if told is not None and told > PATIENCE:
            raise SourceError("busy", seconds=int(told))
        self.facts.retries += 1
        self._pause(told if told is not None else 2 ** (attempt - 1) * (1 + secrets.randbelow(100) / 200))

    def _pause(self, seconds: float) -> None:
        self.facts.waited += seconds
        self.sleep(seconds)


def rows_of(answer: Any, name: str) -> list[Any]:
    """Return the rows of an answer: in `data`, under the list's own name, or bare. Raises SourceError."""
    if isinstance(answer, dict):
        answer = answer.get("data", answer.get(name.rpartition("/")[2]))
    if not isinstance(answer, list):
        raise SourceError("list_not_understood", endpoint=name)
    return answer


def _refusal(response: httpx.Response, body: bytes) -> Answer:
    try:
        told = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        told = None
    return Answer(response.status_code, code_of_body(told))


def _clock_of(response: httpx.Response) -> datetime | None:
    try:
        told = parsedate_to_datetime(response.headers.get("Date", ""))
    except (ValueError, TypeError, IndexError):
        return None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def _seconds(retry_after: str | None) -> float | None:
    """Return how long a Retry-After says to wait, which it says in seconds or as a time."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, IndexError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - datetime.now(UTC)).total_seconds(), 0.0)
