"""Before a request is sent: a draft is kept, left to the principal or sent back, and a gap is counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

import audit.actions
from accounts.models import Membership
from accounts.roles import Role
from cases import access
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import RequestDraft, RequestSetting, ServiceGap
from cases.receivers import routing_of
from cases.sending import gap_of, no_team_takes, sends_through_principal
from schools.models import Pupil


def save_draft(*, pupil: Pupil, content: dict[str, Any], by: Membership, at: datetime) -> RequestDraft:
    """Keep what `by` has written about `pupil` so far; nothing leaves the school. A finished draft is open again."""
    if not access.may_request_support(by):
        raise NotAllowed
    kept = {"content": content, "saved_at": at, "ready_at": None, "sent_back_at": None, "sent_back_why": ""}
    draft, _created = RequestDraft.objects.update_or_create(
        pupil=pupil, writer=by, defaults=kept, create_defaults=kept | {"school_unit": by.unit}
    )
    return draft


@transaction.atomic
def leave_to_principal(*, draft: RequestDraft, by: Membership, at: datetime) -> RequestDraft:
    """Leave a finished draft to the principal, who sends it or sends it back. Doing so twice is the same as once.

    Raises NotAllowed for others than its writer, and where the writer may send.
    """
    locked = RequestDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.writer_id != by.pk or not sends_through_principal(by):
        raise NotAllowed
    if locked.ready_at is None or locked.sent_back_at is not None:
        locked.ready_at, locked.sent_back_at, locked.sent_back_why = at, None, ""
        locked.save(update_fields=["ready_at", "sent_back_at", "sent_back_why"])
        audit.actions.record(action="request_left_to_principal", target=locked, by=by, at=at)
    return locked


@transaction.atomic
def send_back(*, draft: RequestDraft, why: str, by: Membership, at: datetime) -> RequestDraft:
    """Send a finished draft back to its writer with a word on what is missing.

    Raises NotAllowed for others than the principal of the school, AlreadyDone when the draft is not waiting any more.
    """
    if by.role != Role.PRINCIPAL or by.unit_id != draft.school_unit_id:
        raise NotAllowed
    locked = RequestDraft.objects.select_for_update().waiting().filter(pk=draft.pk).first()
    if locked is None:
        raise AlreadyDone
    locked.sent_back_at, locked.sent_back_why = at, why
    locked.save(update_fields=["sent_back_at", "sent_back_why"])
    audit.actions.record(action="request_sent_back", target=locked, by=by, at=at)
    return locked


def set_sending(*, principal_sends: bool, by: Membership, at: datetime) -> RequestSetting:
    """Say whether only the principal of the own school sends its requests. Raises NotAllowed for others."""
    if by.role != Role.PRINCIPAL:
        raise NotAllowed
    setting, _created = RequestSetting.objects.update_or_create(
        unit=by.unit, defaults={"principal_sends": principal_sends, "set_at": at, "set_by": by}
    )
    audit.actions.record(
        action="request_setting_changed", target=setting, by=by, at=at, details={"principal_sends": principal_sends}
    )
    return setting


def note_gap(*, pupil: Pupil, by: Membership, at: datetime) -> ServiceGap | None:
    """Count that no team takes `pupil`, once for as long as the pupil is the same; None where a team does.

    Raises NotAllowed for who may not ask for support to the pupil.
    """
    if not (access.may_request_support(by) and Pupil.objects.visible_to(by).filter(pk=pupil.pk).exists()):
        raise NotAllowed
    today = timezone.localdate(at)
    if not no_team_takes(routing_of(pupil, today)):
        return None
    facts = gap_of(pupil, today)
    percent = facts.pop("absence_percent")
    gap, created = ServiceGap.objects.get_or_create(
        pupil=pupil, school_unit=by.unit, **facts,
        defaults={"first_noted_at": at, "last_noted_at": at, "noted_by": by, "absence_percent": percent},
    )  # fmt: skip
    if not created:
        ServiceGap.objects.filter(pk=gap.pk).update(last_noted_at=at)
    return gap
