"""Write down what happened. Called by every action, inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models

from .models import CITY, AccessRecord, AuditEvent, authority_of

AT_A_TIME = 1000
LONGEST_ID = 40


class Actor(Protocol):
    """Somebody acting as a unit and a role; accounts.Membership is one."""

    pk: UUID
    user_id: UUID
    unit_id: UUID
    unit: Any
    role: str


def record(
    *,
    action: str,
    target: models.Model,
    by: Actor | None,
    at: datetime,
    details: dict[str, Any] | None = None,
    authority: str = CITY,
) -> AuditEvent:
    """Write that `by` did `action` to `target`. `by` is None when the system itself acted, then for `authority`.

    `details` holds ids, codes and dates, never texts or names.
    """
    return AuditEvent.objects.create(
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        details=details or {},
        at=at,
        **_who(by, authority),
    )


def record_attempt(
    *,
    action: str,
    target: tuple[str, str],
    by: Actor | None,
    at: datetime,
    details: dict[str, Any],
    authority: str = CITY,
) -> None:
    """Write what somebody tried: `target` is the kind and the id or the name of what it was about."""
    kind, key = target
    AuditEvent.objects.create(
        action=action, target_type=kind, target_id=key[:LONGEST_ID], details=details, at=at, **_who(by, authority)
    )


def record_all(
    *, action: str, entries: Iterable[tuple[models.Model, dict[str, Any]]], by: Actor | None, at: datetime
) -> None:
    """Write the same of many targets, each with its details, in few statements."""
    who = _who(by, CITY)
    rows = [
        AuditEvent(
            action=action,
            target_type=target._meta.label_lower,
            target_id=str(target.pk),
            details=details,
            at=at,
            **who,
        )
        for target, details in entries
    ]
    # As bulk_create, which wants the numbers back that the database does not hand out.
    fields = [field for field in AuditEvent._meta.concrete_fields if not field.primary_key]
    for start in range(0, len(rows), AT_A_TIME):
        AuditEvent.objects._insert(rows[start : start + AT_A_TIME], fields=fields, using=connection.alias)  # type: ignore[attr-defined]


def record_reading(
    *,
    page: str,
    method: str,
    kind: str,
    reason: str,
    pupils: Sequence[UUID],
    by: Actor | None,
    user_id: UUID | None,
    at: datetime,
) -> None:
    """Write that one request showed `pupils` on the page named `page`. Only the middleware calls this.

    `kind` is empty when the page has not said what it is: then one pupil was read, several stood in a list.
    """
    plain = AccessRecord.Kind.LIST if len(pupils) > 1 else AccessRecord.Kind.READ
    AccessRecord.objects.create(
        page=page, method=method, kind=kind or plain, reason=reason, pupils=pupils, at=at,
        **_who(by, CITY) | {"user_id": user_id},
    )  # fmt: skip


def _who(by: Actor | None, authority: str) -> dict[str, Any]:
    if by is None:
        return {"user_id": None, "membership_id": None, "unit_id": None, "role": "", "authority": authority}
    return {
        "user_id": by.user_id,
        "membership_id": by.pk,
        "unit_id": by.unit_id,
        "role": by.role,
        "authority": authority_of(by),
    }
