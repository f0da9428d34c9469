"""What the head of a unit settles for it. It applies from a later day, and what has begun keeps what it began with."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

import audit.actions
from accounts.models import Membership, Unit
from cases import access
from cases.ledger import NotAllowed
from cases.models import UnitReason, UnitTime
from cases.unit_reasons import FEWEST_REASONS, KEPT_REASONS, reasons_of
from cases.unit_times import days_of, kinds_of
from deadlines.stockholm import stockholm_day


class TooEarly(Exception):
    """It applies from tomorrow at the earliest."""


class OutOfRange(Exception):
    """The time is shorter than a day, or longer than the law or the agreement lets the unit have."""


class NothingToChange(Exception):
    """That already applies on that day."""


class TooFewReasons(Exception):
    """The list would have fewer reasons than a unit needs to answer truthfully."""


@transaction.atomic
def set_time(*, unit: Unit, kind: str, days: int, valid_from: date, why: str, by: Membership, at: datetime) -> UnitTime:
    """Let `unit` have `days` for `kind`, counted as the kind counts, for what starts on `valid_from` or later.

    Raises NotAllowed for others than the unit's head and for kinds the unit does not hold, TooEarly, OutOfRange and
    NothingToChange.
    """
    described = {one.code: one for one in kinds_of(unit)}.get(kind)
    _check(unit, valid_from, by, at)
    if described is None:
        raise NotAllowed
    if not 1 <= days <= described.longest:
        raise OutOfRange
    if days == (days_of(kind, unit, valid_from) or described.days):
        raise NothingToChange
    settled = UnitTime.objects.create(
        unit=unit, kind=kind, days=days, valid_from=valid_from, why=why, changed_by=by, changed_at=at
    )
    details = {"kind": kind, "days": days, "from": valid_from.isoformat()}
    audit.actions.record(action="unit_time_set", target=settled, by=by, at=at, details=details)
    return settled


@transaction.atomic
def set_reason(
    *, unit: Unit, code: str, is_hidden: bool, valid_from: date, why: str, by: Membership, at: datetime
) -> UnitReason:
    """Leave a reason out of the list from which `unit` says no, or take it in again, from `valid_from`.

    Raises NotAllowed for others than the unit's head and for reasons that stay in every list, TooEarly,
    NothingToChange, and TooFewReasons when fewer than three would be left.
    """
    _check(unit, valid_from, by, at)
    if is_hidden and code in KEPT_REASONS:
        raise NotAllowed
    # The unit is locked: two reasons hidden at once leave as many as one after the other.
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    shown = {reason.code for reason in reasons_of(unit, valid_from)}
    if is_hidden == (code not in shown):
        raise NothingToChange
    if is_hidden and len(shown) <= FEWEST_REASONS:
        raise TooFewReasons
    settled = UnitReason.objects.create(
        unit=unit, code=code, is_hidden=is_hidden, valid_from=valid_from, why=why, changed_by=by, changed_at=at
    )
    details = {"code": code, "hidden": is_hidden, "from": valid_from.isoformat()}
    audit.actions.record(action="unit_reason_set", target=settled, by=by, at=at, details=details)
    return settled


def _check(unit: Unit, valid_from: date, by: Membership, at: datetime) -> None:
    if not access.may_change_settings(by, unit):
        raise NotAllowed
    if valid_from <= stockholm_day(at):
        raise TooEarly
