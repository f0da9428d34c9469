"""Who sends a school's requests, and which pupils no team takes."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Membership, Unit
from accounts.roles import Role
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days
from schools.models import Pupil
from socialservices.models import Service
from socialservices.routing import Routing

from .models import RequestDraft, RequestSetting, ServiceGap
from .receivers import facts_about

SEND_WITHIN = 2
"""Working days in which the principal sends a finished request, or sends it back: as long as a receiver has to confirm
one (product.md section 6). A time that we propose; no law gives it."""


def principal_sends(unit: Unit) -> bool:
    """Say whether only the principal of the school may send its requests."""
    return RequestSetting.objects.filter(unit=unit, principal_sends=True).exists()


def sends_through_principal(reader: Membership) -> bool:
    """Say whether what `reader` has written has to be sent by the principal."""
    return reader.role != Role.PRINCIPAL and principal_sends(reader.unit)


def send_by(draft: RequestDraft) -> date:
    """Return the last day on which the principal sends a finished draft or sends it back."""
    if draft.ready_at is None:
        raise ValueError("The draft is not finished.")
    return add_working_days(stockholm_day(draft.ready_at), SEND_WITHIN)


def no_team_takes(routing: Routing) -> bool:
    """Say whether none but the intake office takes the pupil."""
    return all(service.kind == Service.Kind.INTAKE for service in routing.serving)


def gap_name(pupil: Pupil, routing: Routing, today: date) -> str:
    """Return what is missing where no team takes the pupil, in words that say nothing of who it is; else ""."""
    return ServiceGap(**gap_of(pupil, today)).name if no_team_takes(routing) else ""


def gap_of(pupil: Pupil, today: date) -> dict[str, Any]:
    """Return what the pupil is like to the catalogue of services, as the fields of a ServiceGap."""
    facts = facts_about(pupil, today)
    percent = facts.absence_percent
    return {name: getattr(facts, name) for name in ServiceGap.KEYS} | {
        "absence_percent": None if percent is None else int(percent)
    }
