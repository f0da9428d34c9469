"""What the head of a team changes in the catalogue: from a later day, never backwards, always with why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

import audit.actions
from accounts.models import Membership, Unit
from deadlines.stockholm import stockholm_day

from .access import may_change_catalogue
from .models import Office, Service

ONE_DAY = timedelta(days=1)


class NotAllowed(Exception):
    """The person may not do this, or it is nothing that a head decides."""


class TooEarly(Exception):
    """It applies from tomorrow at the earliest."""


class NothingToChange(Exception):
    """That is what the catalogue says already."""


@transaction.atomic
def set_service(
    *, office: Office, kind: str, facts: dict[str, Any], valid_from: date, why: str, by: Membership, at: datetime
) -> Service:
    """Let `office` offer `kind` as `facts` (Service.FACTS) say from `valid_from`, whether it offers it today or not.

    What applied until then ends the day before, and what was planned from that day on is taken away. Raises NotAllowed,
    TooEarly and NothingToChange.
    """
    _check(office, kind, by)
    if valid_from <= stockholm_day(at):
        raise TooEarly
    entries = _locked(office, kind)
    last_day = valid_from - ONE_DAY
    applying = [entry for entry in entries if entry.valid_from <= valid_from and _lasts_beyond(entry, last_day)]
    if any(entry.valid_to is None and entry.facts() == facts for entry in applying):
        raise NothingToChange
    for entry in entries:
        _stop(entry, last_day)
    service = Service.objects.create(
        office=office, kind=kind, **facts, valid_from=valid_from, set_by=by, set_at=at, why=why
    )
    _record("service_set", service, by, at, {"kind": kind, "from": valid_from.isoformat()})
    return service


@transaction.atomic
def end_service(*, service: Service, last_day: date, why: str, by: Membership, at: datetime) -> None:
    """Let the office of `service` offer its kind through `last_day` and no longer.

    Requests that have come go on. What was planned for later is taken away. Raises NotAllowed, TooEarly for a day that
    has passed, and NothingToChange where it ends by then already.
    """
    _check(service.office, service.kind, by)
    if last_day < stockholm_day(at):
        raise TooEarly
    lasting = [entry for entry in _locked(service.office, service.kind) if _lasts_beyond(entry, last_day)]
    if not lasting:
        raise NothingToChange
    for entry in lasting:
        entry.ended_by, entry.ended_at, entry.ended_why = by, at, why
        _stop(entry, last_day)
    _record("service_ended", service, by, at, {"kind": service.kind, "last_day": last_day.isoformat()})


def _check(office: Office, kind: str, by: Membership) -> None:
    """Refuse others than the head, and the intake: everybody who lives in its district can turn to it."""
    if kind == Service.Kind.INTAKE or not may_change_catalogue(by, office):
        raise NotAllowed


def _locked(office: Office, kind: str) -> list[Service]:
    """Lock the unit and return its entries of `kind` that were ever in force or are to be."""
    Unit.objects.select_for_update(of=("self",)).get(pk=office.pk)
    entries: QuerySet[Service] = Service.objects.filter(office=office, kind=kind)
    return [entry for entry in entries if entry.valid_to is None or entry.valid_to >= entry.valid_from]


def _lasts_beyond(entry: Service, day: date) -> bool:
    return entry.valid_to is None or entry.valid_to > day


def _stop(entry: Service, last_day: date) -> None:
    """Let `entry` apply through `last_day` at most. One that was to begin later never does: it ends before its day."""
    if _lasts_beyond(entry, last_day):
        entry.valid_to = max(last_day, entry.valid_from - ONE_DAY)
        entry.save(update_fields=["valid_to", "ended_by", "ended_at", "ended_why"])


def _record(action: str, target: Model, by: Membership, at: datetime, details: dict[str, Any]) -> None:
    audit.actions.record(action=action, target=target, by=by, at=at, details=details)
