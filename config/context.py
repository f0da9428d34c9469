"""What every page's frame needs: navigation, the unit bar, whether this is the demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.roles import Role
from accounts.sessions import IDLE, WARNING
from notifications.worker import health

from .navigation import navigation_for


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's variables for any request, signed in or not."""
    membership = getattr(request, "membership", None)
    memberships = getattr(request, "memberships", [])
    return {
        "membership": membership,
        "other_memberships": len(memberships) > 1,
        "navigation": navigation_for(membership, request.path) if membership else [],
        "demo_mode": settings.DEMO,
        "worker_problem": _worker_problem(request),
        "idle_seconds": int(IDLE.total_seconds()),
        "idle_warning_seconds": int(WARNING.total_seconds()),
    }


def _worker_problem(request: HttpRequest) -> str:
    """Return what is wrong with the worker, on the page where system administrators begin; else nothing."""
    reader, found = getattr(request, "membership", None), request.resolver_match
    if reader is None or reader.role != Role.SYSTEM_ADMIN or found is None or found.view_name != "accounts:people":
        return ""
    return " ".join(health(timezone.now()).problems())
