"""What happens to a request of somebody whose session has ended, and how they find their page again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone

from wall import identity

from .addresses import client_address
from .confirming import page_of
from .filling import fill
from .kept import PARAMETER, Kept, forget_if_foreign, keep, take
from .models import Session

STAY, SIGN_OUT = "accounts:stay", "account_logout"
GetResponse = Callable[[HttpRequest], HttpResponse]


class SignInRequired(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the sign-in page, and from there back to where they were.

    A part of a page gets 401 and the address of the sign-in page, never a form put into a table. What somebody had
    typed when the session ended is kept for the same person (accounts.kept).
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: Any, view_func: Any
    ) -> HttpResponse:
        """Return the answer for a request that nobody signed in has sent."""
        name = request.resolver_match.view_name
        if name == STAY:
            # Its page stays as it is, with what has been typed; it learns that the session is over.
            return HttpResponse(status=401)
        back = "/" if name == SIGN_OUT else _way_back(request)
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back}, safe='/')}"
        if request.htmx:
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        return redirect(address)


def _way_back(request: Any) -> str:
    if request.method != "POST":
        return page_of(request)
    user_id = _whose_session_ended(request)
    if user_id is not None:
        return keep(request, user_id, timezone.now(), was_signed_out=True)
    return request.get_full_path()


@identity.gate()
def _whose_session_ended(request: HttpRequest) -> UUID | None:
    """Return who the session in the cookie belonged to before it ended; nobody for a session that never was."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    owners = Session.objects.filter(pk=identity.key_hash(key), user__is_active=True)
    return owners.values_list("user_id", flat=True).first()


def typed_before(get_response: GetResponse) -> GetResponse:
    """Show a page with what its reader had typed before the session ended, when the address says that it was kept."""

    def middleware(request: Any) -> HttpResponse:
        response = get_response(request)
        key = request.GET.get(PARAMETER)
        if not key or request.method != "GET" or not request.user.is_authenticated:
            return response
        if 300 <= response.status_code < 400:
            # On the way: a confirmation or a second factor comes first.
            forget_if_foreign(key, request.user.pk)
            return response
        kept = take(key, request.user.pk, timezone.now())
        return response if kept is None else _shown_again(request, response, kept)

    return middleware


def _shown_again(request: Any, response: HttpResponse, kept: Kept) -> HttpResponse:
    """Return the page with its form filled in; for an address without a page one with what was typed."""
    if response.status_code == 405:
        fields = [(name, value) for name, values in kept.data.lists() for value in values]
        return render(request, "accounts/typed_before.html", {"fields": fields, "kept": kept})
    is_page = response.status_code in (200, 422) and response.get("Content-Type", "").startswith("text/html")
    if not is_page or response.streaming:
        return response
    page = fill(response.content.decode(), kept.data, kept.path)
    notice = {"left": _sentences(page.left), "kept": kept}
    response.content = page.with_notice(render_to_string("accounts/_typed_before_notice.html", notice))
    return response


def _sentences(data: QueryDict) -> list[str]:
    """Return what found no field and is worth reading: words, not the names of buttons and steps."""
    return [value for _name, values in data.lists() for value in values if " " in value.strip()]


def known_place(get_response: GetResponse) -> GetResponse:
    """Note with a session that has just begun from where and with which browser, for its owner to recognise it by."""

    def middleware(request: Any) -> HttpResponse:
        before = request.session.session_key
        response = get_response(request)
        key = request.session.session_key
        if key and key != before and request.user.is_authenticated:
            with identity.gate():
                Session.objects.filter(pk=identity.key_hash(key)).update(
                    address=client_address(request), agent=request.headers.get("User-Agent", "")[:200]
                )
        return response

    return middleware
