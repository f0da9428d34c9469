"""Who may enter a page. Every view carries exactly one of these marks; a test walks the URLs and checks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from .models import Membership, User
from .roles import MANAGERS, Role

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in and acts as a membership."""

    user: User
    membership: Membership


def allow(*roles: Role) -> Callable[[View], View]:
    """Let only people acting in one of `roles` enter; others get 403."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.membership is None or request.membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return mark


def signed_in(view: View) -> View:
    """Let everybody who is signed in enter, also without a membership."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    guarded.allowed_roles = frozenset(Role)  # type: ignore[attr-defined]
    return guarded


def public(*, reason: str) -> Callable[[View], View]:
    """Let everybody enter without signing in, for the `reason` given."""

    def mark(view: View) -> View:
        @wraps(view)
        def open_view(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        open_view.public_reason = reason  # type: ignore[attr-defined]
        return login_not_required(open_view)

    return mark


def may_manage_people(reader: Membership) -> bool:
    """Say whether `reader` may invite people, end memberships and name stand-ins."""
    return reader.role in MANAGERS or reader.role == Role.SYSTEM_ADMIN


def may_change_membership(reader: Membership, membership: Membership) -> bool:
    """Say whether `reader` may change `membership`: never one's own."""
    if reader.user_id == membership.user_id or not may_manage_people(reader):
        return False
    return Membership.objects.visible_to(reader).filter(pk=membership.pk).exists()
