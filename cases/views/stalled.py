"""The board of cases that stand still, and getting them to move."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from accounts.access import MemberRequest, allow
from accounts.roles import Role


@allow(Role.UNIT_HEAD, Role.PRINCIPAL, Role.COORDINATOR)
def stalled_list(request: MemberRequest) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.UNIT_HEAD, Role.PRINCIPAL, Role.COORDINATOR)
def remind(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.UNIT_HEAD, Role.PRINCIPAL, Role.COORDINATOR)
def lift_case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)
