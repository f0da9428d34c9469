"""Putting mail in the outbox, and choosing what one is told.

What is put here leaves once the transaction that put it is committed, and not at all when it is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from accounts.actions import record_own
from accounts.models import Membership, User

from .hours import morning_of, next_time
from .models import Mail, MailChoice
from .tasks import send


def print_of(*parts: object) -> str:
    """Return what tells one thing from another without saying what it is."""
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()


@transaction.atomic
def put(
    *, kind: Mail.Kind, user_id: UUID, about: object, at: datetime, counts: Mapping[str, int] | None = None
) -> None:
    """Put an instant mail to a person in the outbox, once for each thing that it is `about`.

    It waits for the morning where mail may not leave now. Whether the person wants it is asked when it is sent.
    """
    mail = Mail(
        user_id=user_id, kind=kind, once=print_of(kind, user_id, about), counts=dict(counts or {}), created_at=at,
        not_before=next_time(at),
    )  # fmt: skip
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    send.configure(schedule_at=mail.not_before).defer()


def digest_print(user_id: UUID, day: date) -> str:
    """Return the print by which a person has one digest a day."""
    return print_of(Mail.Kind.DIGEST, user_id, day)


@transaction.atomic
def put_digest(*, user_id: UUID, day: date, counts: Mapping[str, int], rows: str, at: datetime) -> bool:
    """Put the digest of a day in the outbox and say whether it is to be sent.

    It is quiet when nothing waits, or when the latest digest that was sent told of the very same `rows`. Two workers
    that come at once put one.
    """
    known = Mail.objects.filter(user=user_id, kind=Mail.Kind.DIGEST).exclude(status=Mail.Status.QUIET)
    latest = known.order_by("-created_at", "-pk").values_list("prints", flat=True).first()
    is_quiet = not any(counts.values()) or latest == rows
    mail = Mail(
        user_id=user_id, kind=Mail.Kind.DIGEST, once=digest_print(user_id, day), counts=dict(counts), prints=rows,
        created_at=at, not_before=max(at, morning_of(day)),
    )  # fmt: skip
    if is_quiet:
        mail.status, mail.ended_at = Mail.Status.QUIET, at
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    if not is_quiet:
        send.configure(schedule_at=mail.not_before).defer()
    return not is_quiet


@transaction.atomic
def choose(
    *, user: User, has_digest: bool, digest_at: time, has_instant: bool, by: Membership | None, at: datetime
) -> MailChoice:
    """Remember what the person wants to be told, and when. That something is late is told whatever is chosen."""
    chosen, _is_new = MailChoice.objects.update_or_create(
        user=user, defaults={"has_digest": has_digest, "digest_at": digest_at, "has_instant": has_instant}
    )
    details = {"digest": has_digest, "digest_at": f"{digest_at:%H:%M}", "instant": has_instant}
    record_own(action="mail_chosen", user=user, by=by, at=at, details=details)
    return chosen
