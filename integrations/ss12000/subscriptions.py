"""Lets a source tell us when something changes (SS 12000 subscriptions): asked for, renewed, given up, and listened to.

The address that the server calls is as good as a secret and stands nowhere here: only its hash is kept. A notice says
nothing but "wake up"; what has changed is read from the source itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.urls import reverse

from .client import Answer, Client
from .connecting import connected
from .models import SchoolSource, SourceSubscription
from .problems import SourceError
from .runs import Connect

RENEWED_BEFORE = timedelta(days=7)
"""How long before it ends a subscription is renewed; it lasts 30 or 90 days where that has been seen."""

LISTENED_EVERY = timedelta(minutes=10)
"""How often notices of one source make us read it: a school day has many."""

RESOURCES = {
    "organisations": "Organisation", "persons": "Person", "groups": "Group", "duties": "Duty",
    "activities": "Activity", "calendarEvents": "CalendarEvent", "attendances": "Attendance", "absences": "Absence",
}  # fmt: skip
NOTED = "SELECT note_source_notice(%s, %s)"


def hash_of(token: str) -> str:
    """Return what is kept of the unguessable part of the address."""
    return sha256(token.encode()).hexdigest()


def note_notice(token: str, *, at: datetime) -> bool:
    """Note that a source has something new, and say whether anybody there is known by this token.

    Noted twice before it is listened to is the same as once.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOTED, [hash_of(token), at])
        return bool(cursor.fetchone()[0])


def notices_to_read(*, at: datetime) -> list[UUID]:
    """Return the sources that have told of something since they were last listened to, and listen to them.

    A notice that comes after this is another one. Each source is listened to at most every ten minutes.
    """
    waiting = SourceSubscription.objects.filter(noticed_at__isnull=False, source__is_on=True)
    unheard = waiting.filter(Q(heard_at=None) | Q(heard_at__lt=F("noticed_at"), heard_at__lte=at - LISTENED_EVERY))
    found = list(unheard.order_by("pk"))
    for one in found:
        SourceSubscription.objects.filter(pk=one.pk).update(heard_at=max(at, one.noticed_at or at))
    return [one.source_id for one in found]


def keep_subscription(source: SchoolSource, *, at: datetime, connect: Connect = connected) -> None:
    """Have a subscription at the source when its administrator wants one, and none otherwise.

    What goes wrong is kept as a code; it is tried again another night.
    """
    kept = SourceSubscription.objects.filter(source=source).first()
    wanted = source.is_on and source.is_told and bool(source.own_address)
    if kept is None and not wanted:
        return
    try:
        with connect(source) as client:
            _keep(client, source, kept, wanted=wanted, at=at)
    except Answer as refused:
        _failed(source, refused.as_problem("subscriptions"), at)
    except SourceError as problem:
        _failed(source, problem, at)


def _keep(client: Client, source: SchoolSource, kept: SourceSubscription | None, *, wanted: bool, at: datetime) -> None:
    if kept is not None and not wanted:
        _give_up(client, kept)
        kept.delete()
    elif kept is None or not kept.remote_id or kept.own_address != source.own_address:
        if kept is not None:
            _give_up(client, kept)
        _subscribe(client, source, at)
    elif kept.expires_at is None or kept.expires_at - at < RENEWED_BEFORE:
        _renew(client, source, kept, at)


def _subscribe(client: Client, source: SchoolSource, at: datetime) -> None:
    """Ask to be told. The row comes first: a server may try the address before it answers."""
    token = secrets.token_urlsafe(32)
    kept, _new = SourceSubscription.objects.update_or_create(
        source=source,
        defaults={"token_hash": hash_of(token), "remote_id": "", "expires_at": None, "failure": "", "made_at": at,
                  "own_address": source.own_address, "noticed_at": None, "heard_at": None},
    )  # fmt: skip
    target = source.own_address.rstrip("/") + reverse("integrations:source_notice", args=[token])
    wanted = [RESOURCES[name] for name in source.endpoints if name in RESOURCES]
    answer = _asked(client, target, wanted)
    remote_id = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(remote_id, str | int) or not 0 < len(str(remote_id)) <= 200:
        raise SourceError("list_not_understood", endpoint="subscriptions")
    kept.remote_id, kept.expires_at = str(remote_id), _moment(answer.get("expires"))
    kept.save(update_fields=["remote_id", "expires_at"])


def _asked(client: Client, target: str, wanted: Iterable[str]) -> Any:
    """Ask with the resources as objects, as the standard's schema says; else as bare words, as its example does."""
    body: dict[str, Any] = {"name": "Narvarobryggan", "target": target}
    try:
        return client.change("POST", "subscriptions", body | {"resourceTypes": [{"resource": one} for one in wanted]})
    except Answer as refused:
        if refused.status not in {400, 422}:
            raise
    return client.change("POST", "subscriptions", body | {"resourceTypes": list(wanted)})


def _renew(client: Client, source: SchoolSource, kept: SourceSubscription, at: datetime) -> None:
    """Renew by a PATCH without body; what the server has forgotten is asked for anew."""
    try:
        answer = client.change("PATCH", f"subscriptions/{kept.remote_id}")
    except Answer as refused:
        if refused.status not in {404, 410}:
            raise
        _subscribe(client, source, at)
        return
    kept.expires_at = _moment(answer.get("expires")) if isinstance(answer, dict) else None
    kept.failure = ""
    kept.save(update_fields=["expires_at", "failure"])


def _give_up(client: Client, kept: SourceSubscription) -> None:
    """Say that we no longer want to be told; a server that has forgotten us is content."""
    if kept.remote_id:
        with suppress(Answer):
            client.change("DELETE", f"subscriptions/{kept.remote_id}")


def _failed(source: SchoolSource, problem: SourceError, at: datetime) -> None:
    failed = {"failure": problem.code}
    new = failed | {"token_hash": hash_of(secrets.token_urlsafe(32)), "made_at": at}
    SourceSubscription.objects.update_or_create(source=source, defaults=failed, create_defaults=new)


def _moment(told: Any) -> datetime | None:
    """Return a time that the server tells: UTC where it names no zone, None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
