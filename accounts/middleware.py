"""What is settled about a request before a view sees it: language, membership, second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from .models import Membership, User

GetResponse = Callable[[HttpRequest], HttpResponse]
SESSION_KEY = "membership"
NEVER = datetime.min.replace(tzinfo=UTC)

SECOND_FACTOR_PAGES = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
    "set_language",
}
"""All that somebody without a second factor can reach where one is demanded."""


def chosen_language(get_response: GetResponse) -> GetResponse:
    """Speak the person's own language; before sign-in that of the cookie, else Swedish.

    The browser's list of languages is not asked: this is a Swedish service, and English is one click away.
    """

    def middleware(request: Any) -> HttpResponse:
        if request.user.is_authenticated:
            language = request.user.language
        else:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def active_membership(get_response: GetResponse) -> GetResponse:
    """Put the chosen membership on the request, read anew each time so that a withdrawn right bites at once."""

    def middleware(request: Any) -> HttpResponse:
        request.memberships = _memberships_of(request.user) if request.user.is_authenticated else []
        request.membership = _chosen(request) if request.memberships else None
        return get_response(request)

    return middleware


def _memberships_of(user: User) -> list[Membership]:
    active = Membership.objects.active(timezone.localdate())
    return list(active.filter(user=user).select_related("user", "unit__parent"))


def _chosen(request: Any) -> Membership:
    """Return the membership chosen in this session, else the one chosen last, else the first."""
    key = request.session.get(SESSION_KEY)
    for membership in request.memberships:
        if str(membership.pk) == key:
            return membership
    return max(request.memberships, key=lambda membership: membership.chosen_at or NEVER)


def second_factor(get_response: GetResponse) -> GetResponse:
    """Send people without a second factor to set one up, where settings.REQUIRE_MFA demands it."""

    def middleware(request: Any) -> HttpResponse:
        if settings.REQUIRE_MFA and request.user.is_authenticated and not _may_pass(request):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _may_pass(request: Any) -> bool:
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        name = None
    # Recovery codes alone are not a factor: they run out.
    factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return name in SECOND_FACTOR_PAGES or request.user.authenticator_set.filter(type__in=factors).exists()
