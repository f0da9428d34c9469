"""The receiver's answers: acknowledge, accept, ask, redirect, decline, and who answers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from accounts.access import MemberRequest, allow
from accounts.roles import Role


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def acknowledge_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def accept_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def ask_question(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def redirect_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def decline_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def allocate_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)
