"""Confirming anew that it is oneself, before something that would do much harm in other hands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from .attempts import note_success
from .kept import keep
from .models import User

LASTS = timedelta(minutes=5)
KEY = "confirmed_at"


def is_recently_confirmed(request: HttpRequest, at: datetime) -> bool:
    """Say whether the person has confirmed in this session at most five minutes ago; signing in does not count."""
    confirmed_at = request.session.get(KEY)
    return confirmed_at is not None and at - datetime.fromisoformat(confirmed_at) <= LASTS


def note_confirmation(request: HttpRequest, at: datetime) -> None:
    """Remember in the session that the person has just confirmed."""
    request.session[KEY] = at.isoformat()


def ask_to_confirm(request: Any) -> HttpResponse:
    """Send the person to confirm and then back to the same page. What was posted is kept and shown again there."""
    if request.method == "POST":
        back = keep(request, request.user.pk, timezone.now(), was_signed_out=False)
    else:
        back = page_of(request)
    address = f"{way_to_confirm(request.user)}?{urlencode({'next': back})}"
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def way_to_confirm(user: User) -> str:
    """Return the page where the person can confirm. Raises PermissionDenied for who has nothing to do it with."""
    methods = get_adapter().get_reauthentication_methods(user)
    if methods:
        return methods[0]["url"]
    if confirms_with_a_button(user):
        return reverse("accounts:confirm_demo")
    raise PermissionDenied


def confirms_with_a_button(user: User) -> bool:
    """Say whether this is an invented person of the demo, who has neither password nor second factor."""
    if not settings.DEMO or user.has_usable_password():
        return False
    return not Authenticator.objects.filter(user=user).exists()


def page_of(request: Any) -> str:
    """Return the path of the page that the person is on; for a part of a page that of the whole page."""
    if not request.htmx or not request.htmx.current_url:
        return request.get_full_path()
    parts = urlsplit(request.htmx.current_url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class Notes:
    """Notes in the session that a way to confirm has been gone."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Note it, and go back to where the person came from."""
        request = self.request  # type: ignore[attr-defined]
        note_confirmation(request, timezone.now())
        note_success(request, "confirmed", request.user)
        return super().form_valid(form)  # type: ignore[misc]


class ByPassword(Notes, ReauthenticateView):
    """Confirming with the password."""


class ByCode(Notes, CodeView):
    """Confirming with a code."""


class ByPasskey(Notes, ReauthenticateWebAuthnView):
    """Confirming with a passkey."""
