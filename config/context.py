"""What every page's frame needs: navigation, the unit bar, whether this is the demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.sessions import IDLE, WARNING

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
        "idle_seconds": int(IDLE.total_seconds()),
        "idle_warning_seconds": int(WARNING.total_seconds()),
    }
