"""What has come in, and the page where a request is read and answered."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from accounts.access import MemberRequest, allow
from accounts.roles import Role


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def inbox(request: MemberRequest) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def assess_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)
