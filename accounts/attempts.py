"""Signing in, failing to, and being refused leave a row in the log, whatever becomes of the request.

What happens is noted on the request and written after it, in a transaction of its own: no rollback takes it away, and
when it cannot be written the answer is an error page. Rows are few by what is counted (accounts.throttle): a failed try
leaves one as long as tries are looked at at all, which the locks end at ten for an account and fifty for an address;
together they are at most 300 in a quarter of an hour, and refusals 30 for a person. The row that reaches a limit says
so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

import audit.actions
from audit.models import CITY
from wall import identity

from . import throttle
from .addresses import client_address
from .models import Membership, User
from .secrecy import keyed_hash

GetResponse = Callable[[HttpRequest], HttpResponse]
REFUSALS = {403, 404, 405}
FAILURES, REFUSED = throttle.Counter("log of failures", 300), 30
AUTHORITIES = "SELECT authorities_of(%s)"
DIGITS = 16


@dataclass(frozen=True)
class Attempt:
    """What somebody tried: `by` as whom they act, else `user` whom they said they are, if there is such a person."""

    action: str
    by: Membership | None = None
    user: UUID | None = None
    page: str = ""
    typed: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    limit: throttle.Counter | None = None

    @property
    def target(self) -> tuple[str, str]:
        """What the row is about: the person, the page, or a digest of an address that nobody here has."""
        if self.page:
            return "page", self.page
        if self.user:
            return "accounts.user", str(self.user)
        return "nobody", digest(self.typed) if self.typed else ""


def digest(text: str) -> str:
    """Return what stands for an address in the log: the same for the same one, and not to be turned back."""
    return keyed_hash(text.strip().lower(), "log of attempts")[:DIGITS]


def note_success(request: Any, action: str, user: User, *ways: str) -> None:
    """Note that somebody signed in or out, or confirmed who they are, and in which ways."""
    _note(request, Attempt(action, _acting(request, user), user.pk, details={"ways": list(ways)} if ways else {}))


def note_failure(request: Any, way: str, *, user: User | None = None, typed: str = "", locks: bool = False) -> None:
    """Note a failed try to sign in, or, of somebody who is in, to confirm who they are."""
    is_in = request.user.is_authenticated
    person = request.user if is_in else user or User.objects.filter(email=typed.strip().lower()).first()
    _note(
        request,
        Attempt(
            "confirming_failed" if is_in else "sign_in_failed",
            _acting(request, person) if is_in else None,
            person.pk if person else None,
            typed="" if person else typed,
            details={"way": way, "from": digest(client_address(request))} | ({"locks": True} if locks else {}),
            limit=FAILURES,
        ),
    )


def attempts_are_logged(get_response: GetResponse) -> GetResponse:
    """Write what was noted during a request, and what it was refused, when its own transaction is over."""

    def middleware(request: Any) -> HttpResponse:
        request.attempts = []
        response = get_response(request)
        write([*request.attempts, *_refusals(request, response)], timezone.now())
        return response

    return middleware


def write(attempts: Iterable[Attempt], at: datetime) -> None:
    """Write each attempt as the one who made it, those without a role at the gate; more than the limit is left out."""
    for attempt in attempts:
        counter = attempt.limit
        if counter is not None and throttle.is_locked([counter], at):
            continue
        is_last = counter is not None and throttle.count_failure([counter], at)
        details = attempt.details | ({"more_are_left_out": True} if is_last else {})
        with identity.acting_as(attempt.by) if attempt.by else identity.gate():
            for authority in _authorities(attempt):
                audit.actions.record_attempt(
                    action=attempt.action, target=attempt.target, by=attempt.by, at=at, details=details,
                    authority=authority,
                )  # fmt: skip


def _note(request: Any, attempt: Attempt) -> None:
    request.attempts.append(attempt)


def _acting(request: Any, user: Any) -> Membership | None:
    """Return who the person acts as, when it is the one who was in before."""
    membership = getattr(request, "membership", None)
    return membership if membership is not None and membership.user_id == user.pk else None


def _authorities(attempt: Attempt) -> list[str]:
    """Return in whose logs the row belongs: that which is acted for, else each that the person works for."""
    if attempt.by is not None or attempt.user is None:
        return [CITY]
    with connection.cursor() as cursor:
        cursor.execute(AUTHORITIES, [attempt.user])
        return [name for (name,) in cursor.fetchall()] or [CITY]


def _refusals(request: Any, response: HttpResponse) -> list[Attempt]:
    """Return what the request was refused by right: a page or a row; an address that there is not, is no refusal."""
    membership, match = getattr(request, "membership", None), request.resolver_match
    if response.status_code not in REFUSALS or membership is None or match is None:
        return []
    asked = {name: str(value) for name, value in match.kwargs.items() if isinstance(value, UUID | int)}
    details = {"answer": response.status_code, "method": request.method} | ({"asked": asked} if asked else {})
    limit = throttle.Counter(f"log of refusals:{membership.user_id}", REFUSED)
    return [Attempt("refused", membership, page=match.view_name, details=details, limit=limit)]
