"""Write down what happened. Called by every action, inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.db import models

from .models import AccessRecord, AuditEvent


class Actor(Protocol):
    """Somebody acting as a unit and a role; accounts.Membership is one."""

    pk: UUID
    user_id: UUID
    unit_id: UUID
    role: str


def record(
    *,
    action: str,
    target: models.Model,
    by: Actor | None,
    at: datetime,
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write that `by` did `action` to `target`. `by` is None when the system itself acted.

    `details` holds ids, codes and dates, never texts or names.
    """
    return AuditEvent.objects.create(
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        details=details or {},
        at=at,
        **_who(by),
    )


def record_reading(*, page: str, targets: Iterable[models.Model], by: Actor, at: datetime) -> None:
    """Write that the page named `page` showed the personal data of `targets` to `by`."""
    reading = uuid4()
    who = _who(by)
    AccessRecord.objects.bulk_create(
        AccessRecord(
            reading=reading,
            page=page,
            target_type=target._meta.label_lower,
            target_id=str(target.pk),
            at=at,
            **who,
        )
        for target in targets
    )


def _who(by: Actor | None) -> dict[str, Any]:
    if by is None:
        return {"user_id": None, "membership_id": None, "unit_id": None, "role": ""}
    return {"user_id": by.user_id, "membership_id": by.pk, "unit_id": by.unit_id, "role": by.role}
