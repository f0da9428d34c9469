"""What is settled about a request before a view sees it: language, membership, second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from wall import identity

from .models import Membership, User

GetResponse = Callable[[HttpRequest], HttpResponse]
ALIVE = "/livez/"
"""Answers whether the process serves, also while the database does not."""

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


def behind_the_wall(get_response: GetResponse) -> GetResponse:
    """Let the database know who asks, for the length of the request and no longer.

    One transaction holds the whole request: what is read, what is changed, and the log of both.
    """

    def middleware(request: Any) -> HttpResponse:
        if request.path_info == ALIVE:
            request.session.stay_closed()
            request.acting = identity.NOBODY
            return get_response(request)
        with identity.session(request.session.session_key, at=timezone.now()) as who:
            request.session.take(who.session_data)
            request.acting = who
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    return middleware


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
    """Put on the request the membership that the wall settled on, so that a withdrawn right bites at once."""

    def middleware(request: Any) -> HttpResponse:
        request.memberships = _memberships_of(request.user) if request.user.is_authenticated else []
        acting = [one for one in request.memberships if one.pk == request.acting.membership_id]
        request.membership = acting[0] if acting else None
        return get_response(request)

    return middleware


def _memberships_of(user: User) -> list[Membership]:
    active = Membership.objects.active(timezone.localdate())
    return list(active.filter(user=user).select_related("user", "unit__parent"))


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
