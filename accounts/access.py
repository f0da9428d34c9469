"""Who may enter a page. Every view carries exactly one of these marks; a test walks the URLs and checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from .confirming import ask_to_confirm, is_recently_confirmed
from .models import Membership, Unit, User
from .roles import MANAGERS, ROLES_IN, Role, UnitKind

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in and acts as a membership."""

    user: User
    membership: Membership
    memberships: list[Membership]


def allow(*roles: Role) -> Callable[[View], View]:
    """Let only people acting in one of `roles` enter; others get 403, people without membership a page of their own."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.membership is None:
                return redirect("accounts:no_membership")
            if request.membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        guarded.login_required = True  # type: ignore[attr-defined]
        return guarded

    return mark


def signed_in(view: View) -> View:
    """Let everybody who is signed in enter, also without a membership."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    guarded.allowed_roles = frozenset(Role)  # type: ignore[attr-defined]
    # Whatever the view says itself: some of django-allauth's let everybody in.
    guarded.login_required = True  # type: ignore[attr-defined]
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


def recently_confirmed(view: View) -> View:
    """Let people enter who have confirmed within five minutes that it is they; others are asked, and come back.

    Stands inside `allow` or `signed_in`. What somebody had typed is kept meanwhile (accounts.kept).
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_recently_confirmed(request, timezone.now()):
            return ask_to_confirm(request)
        return view(request, *args, **kwargs)

    guarded.asks_to_confirm = True  # type: ignore[attr-defined]
    return guarded


PEOPLE_ROLES = (*sorted(MANAGERS), Role.SYSTEM_ADMIN)
"""Those who may see the people page; whom they see there is `Membership.objects.visible_to`."""


def may_manage_people(reader: Membership) -> bool:
    """Say whether `reader` may invite people, end memberships and name stand-ins."""
    return reader.role in PEOPLE_ROLES


def may_invite(reader: Membership, *, unit: Unit, role: str, email: str) -> bool:
    """Say whether `reader` may give `email` the `role` in `unit`: never oneself, and only where the role exists."""
    if email.lower() == reader.user.email or role not in ROLES_IN[UnitKind(unit.kind)]:
        return False
    return Unit.objects.visible_to(reader).open().filter(pk=unit.pk).exists()


def may_change_membership(reader: Membership, membership: Membership) -> bool:
    """Say whether `reader` may change `membership`: never one's own."""
    if reader.user_id == membership.user_id or not may_manage_people(reader):
        return False
    return Membership.objects.visible_to(reader).filter(pk=membership.pk).exists()


DELICATE_ROLES = {Role.SYSTEM_ADMIN, Role.LOG_AUDITOR}
"""Those who run the service or read its log: two system administrators have to agree about their second factor."""


def needs_two_to_reset(user: User, today: date) -> bool:
    """Say whether the person has, or will have, a role where two have to agree to take away the second factor."""
    held = Membership.objects.filter(user=user, role__in=DELICATE_ROLES)
    return held.ended(today, ended=False).exists()


def may_reset_second_factor(reader: Membership, membership: Membership, today: date) -> bool:
    """Say whether `reader` may take away the person's second factor, alone or with another: never one's own."""
    if not may_change_membership(reader, membership):
        return False
    return reader.role == Role.SYSTEM_ADMIN or not needs_two_to_reset(membership.user, today)
