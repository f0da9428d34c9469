"""Which membership a request is made in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from .models import Membership

GetResponse = Callable[[HttpRequest], HttpResponse]
SESSION_KEY = "membership"


def active_membership(get_response: GetResponse) -> GetResponse:
    """Put the chosen membership on the request, read anew each time so that a withdrawn right bites at once."""

    def middleware(request: Any) -> HttpResponse:
        request.membership = None
        request.memberships = []
        if request.user.is_authenticated:
            request.memberships = list(
                Membership.objects.active(timezone.localdate())
                .filter(user=request.user)
                .select_related("user", "unit__parent")
            )
            chosen = request.session.get(SESSION_KEY)
            request.membership = next(
                (membership for membership in request.memberships if str(membership.pk) == chosen),
                request.memberships[0] if request.memberships else None,
            )
        return get_response(request)

    return middleware


def second_factor(get_response: GetResponse) -> GetResponse:
    """Send people without a second factor to set one up, where settings.REQUIRE_MFA demands it."""

    def middleware(request: Any) -> HttpResponse:
        if settings.REQUIRE_MFA and request.user.is_authenticated and not _is_set_up(request):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _is_set_up(request: Any) -> bool:
    from_allauth = request.path.startswith(
        (reverse("mfa_index"), reverse("account_logout"), reverse("account_reauthenticate"))
    )
    return from_allauth or request.user.authenticator_set.exists()
