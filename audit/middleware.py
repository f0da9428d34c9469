"""No log row, no page: what a request showed is written down before the answer leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import actions, reading

GetResponse = Callable[[HttpRequest], HttpResponse]
FAILED = 500
REFUSED = {400, 403, 404, 405}
"""Answers that show nothing of what may have been fetched on the way."""


def reading_is_logged(get_response: GetResponse) -> GetResponse:
    """Write one row about the pupils that a request showed, in the request's own transaction.

    When the row cannot be written the error stands in the place of the page, and nothing of the request is kept.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        with reading.collecting() as collected:
            response = get_response(request)
        if collected.has_anything and response.status_code < FAILED and response.status_code not in REFUSED:
            # A savepoint: when the row is refused, what stands around the page can still say so.
            with transaction.atomic():
                _write(request, collected)
        return response

    return middleware


def _write(request: Any, collected: reading.Reading) -> None:
    pupils = collected.pupils()
    if not pupils and not collected.is_named:
        return
    actions.record_reading(
        page=request.resolver_match.view_name if request.resolver_match else "",
        method=request.method,
        kind=collected.kind,
        reason=collected.reason,
        pupils=pupils,
        by=request.membership,
        user_id=request.user.pk,
        at=timezone.now(),
    )
