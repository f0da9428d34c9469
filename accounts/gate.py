"""The gate that every request passes before its view: deny by default, open what accounts.permissions opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect

from .permissions.pages import PAGES
from .permissions.verdicts import Verdict, verdict_on
from .signed_out import SignInRequired


class Gate(SignInRequired):
    """Let a request through to its view only when the row of its address says so. A view cannot say otherwise."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Return None to let the request through, else the answer it gets instead."""
        membership = getattr(request, "membership", None)
        name = request.resolver_match.view_name if request.resolver_match else ""
        verdict = verdict_on(
            name,
            request.method or "",
            is_signed_in=request.user.is_authenticated,
            role=membership.role if membership else None,
        )
        match verdict:
            case Verdict.OPEN:
                return None
            case Verdict.SIGN_IN:
                return self.handle_no_permission(request, view_func)
            case Verdict.NO_MEMBERSHIP:
                return redirect("accounts:no_membership")
            case Verdict.NO_SUCH_METHOD:
                return HttpResponseNotAllowed(PAGES[name])
        raise PermissionDenied
