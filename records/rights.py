"""Changes of requests about one's own data, of screenings, and of orders to keep."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

import audit.actions
from accounts.models import Membership
from schools.models import Pupil

from .access import may_answer_for_data, may_handle
from .archive import archive_of, screened
from .extract import extract_of
from .models import KeepOrder, RightsRequest, Screening
from .terms import one_month_after


class NotAllowed(Exception):
    """Only who answers for the unit's data may do this."""


class AlreadySettled(Exception):
    """The request has its outcome."""


class NotScreened(Exception):
    """Something in the copy has not been read by a person, or has changed since."""


@transaction.atomic
def register_rights_request(
    *, pupil: Pupil, kind: str, asked_by: str, received_on: date, by: Membership, at: datetime
) -> RightsRequest:
    """Note that somebody has asked, and the last day to answer (GDPR 12.3). Raises NotAllowed."""
    if not may_answer_for_data(by):
        raise NotAllowed
    request = RightsRequest.objects.create(
        unit=by.unit, pupil=pupil, kind=kind, asked_by=asked_by, received_on=received_on,
        due_on=one_month_after(received_on), registered_at=at, registered_by=by,
    )  # fmt: skip
    _record("rights_request_registered", request, by, at, {"kind": kind, "due_on": request.due_on.isoformat()})
    return request


@transaction.atomic
def screen_copy(*, request: RightsRequest, choices: dict[str, str], by: Membership, at: datetime) -> RightsRequest:
    """Keep what a person decided about every text and named person, and that all of it was read.

    Raises NotScreened when `choices` leaves something out, NotAllowed and AlreadySettled.
    """
    request = _open(request, by)
    items = extract_of(request.pupil, by).items
    if request.kind != RightsRequest.Kind.ACCESS or any(item.key not in choices for item in items):
        raise NotScreened
    for item in items:
        Screening.objects.update_or_create(
            request=request,
            item=item.key,
            defaults={
                "choice": choices[item.key], "content_sha256": item.digest, "decided_at": at, "decided_by": by,
            },
        )  # fmt: skip
    request.screened_at, request.screened_by = at, by
    request.save(update_fields=["screened_at", "screened_by"])
    masked = sum(choices[item.key] == Screening.Choice.MASK for item in items)
    _record("copy_screened", request, by, at, {"items": len(items), "masked": masked})
    return request


@transaction.atomic
def export_copy(*, request: RightsRequest, reason: str, by: Membership, at: datetime) -> bytes:
    """Return the screened copy; that it was taken out, and why, is in the log.

    Raises NotScreened when anything in it has not been read in its present words, NotAllowed and AlreadySettled.
    """
    request = _open(request, by)
    extract = extract_of(request.pupil, by)
    rows = screened(extract, request.screenings.all())
    if request.screened_at is None or any(row.is_new for row in rows):
        raise NotScreened
    _record("copy_exported", request, by, at, {"reason": reason, "items": len(rows)})
    return archive_of(request, extract, rows, at)


@transaction.atomic
def settle_rights_request(
    *, request: RightsRequest, outcome: str, answer: str, by: Membership, at: datetime
) -> RightsRequest:
    """Note how the request ended. A restriction that is granted becomes an order to keep and not to erase."""
    request = _open(request, by)
    request.outcome, request.answer, request.settled_at, request.settled_by = outcome, answer, at, by
    request.save(update_fields=["outcome", "answer", "settled_at", "settled_by"])
    if request.kind == RightsRequest.Kind.RESTRICT and outcome == RightsRequest.Outcome.GRANTED:
        order_to_keep(pupil=request.pupil, ground=KeepOrder.Ground.DISPUTE, by=by, at=at)
    _record("rights_request_settled", request, by, at, {"outcome": outcome})
    return request


@transaction.atomic
def order_to_keep(*, pupil: Pupil, ground: str, by: Membership, at: datetime) -> KeepOrder:
    """Stop the erasure of what the own side holds about the pupil, or put it off until thirty; twice is once."""
    if not may_answer_for_data(by):
        raise NotAllowed
    order, is_new = KeepOrder.objects.get_or_create(
        pupil=pupil, unit=by.unit, ground=ground, lifted_at=None,
        defaults={"compartment": str(by.side), "ordered_at": at, "ordered_by": by},
    )  # fmt: skip
    if is_new:
        _record("ordered_to_keep", order, by, at, {"ground": ground})
    return order


@transaction.atomic
def lift_keep_order(*, order: KeepOrder, by: Membership, at: datetime) -> KeepOrder:
    """Let the time run again. Raises NotAllowed."""
    order = KeepOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if not may_answer_for_data(by) or order.unit_id != by.unit_id:
        raise NotAllowed
    if order.lifted_at is None:
        order.lifted_at, order.lifted_by = at, by
        order.save(update_fields=["lifted_at", "lifted_by"])
        _record("keep_order_lifted", order, by, at, {"ground": order.ground})
    return order


def _open(request: RightsRequest, by: Membership) -> RightsRequest:
    """Lock a request that has no outcome yet."""
    request = RightsRequest.objects.select_for_update(of=("self",)).select_related("pupil", "unit").get(pk=request.pk)
    if not may_handle(by, request):
        raise NotAllowed
    if request.outcome:
        raise AlreadySettled
    return request


def _record(action: str, target: RightsRequest | KeepOrder, by: Membership, at: datetime, details: dict) -> None:
    audit.actions.record(action=action, target=target, by=by, at=at, details=details)
