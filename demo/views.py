"""The door to the demo: choose an invented person and walk in without a password."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.actions import choose_language, choose_membership
from accounts.attempts import note_success
from accounts.roles import Side
from accounts.sessions import MEMBERSHIP_KEY as SESSION_KEY
from wall import identity

from .visitors import Visitor, visitors


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let nobody in where the demo is off, even if the addresses were mounted by mistake."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
def choose(request: Any) -> HttpResponse:
    """Show the people a visitor can be, those of each side together, and say who the visitor is now."""
    found = visitors()
    groups = [(side.label, [visitor for visitor in found if visitor.unit.side == side]) for side in Side]
    current = request.membership.user_id if request.membership else None
    return render(request, "demo/choose.html", {"groups": [group for group in groups if group[1]], "current": current})


@demo_only
def enter(request: Any, key: str) -> HttpResponse:
    """Sign the visitor in as a demo person, in a new session, in the language the visitor reads."""
    visitor = _visitor(key)
    language = request.LANGUAGE_CODE
    with identity.gate():
        logout(request)
        login(request, visitor.membership.user)
    note_success(request, "signed_in", visitor.membership.user, "demo")
    request.session[SESSION_KEY] = str(visitor.membership.pk)
    with identity.acting_as(visitor.membership):
        choose_membership(membership=visitor.membership, at=timezone.now())
        choose_language(user=visitor.membership.user, language=language)
    return redirect("cases:todo")


def _visitor(key: str) -> Visitor:
    found = next((visitor for visitor in visitors() if visitor.key == key), None)
    if found is None:
        raise Http404
    return found
