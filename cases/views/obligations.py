"""What the holder of an obligation can do with it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from accounts.access import MemberRequest, allow
from accounts.roles import Role


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def set_next_step(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def record_step(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def answer_lift(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def hand_over(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def pause(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def resume(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def move_date(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)


@allow(Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD)
def say_no_change(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer nothing yet."""
    return HttpResponse(status=501)
