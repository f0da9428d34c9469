"""While a unit works with the pupil: first contact, feedback, the end of the work."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from accounts.access import MemberRequest, allow
from accounts.roles import Role


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def record_first_contact(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def give_feedback(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def complete_work(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def interrupt_work(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL)
def acknowledge_feedback(request: MemberRequest, feedback_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)
