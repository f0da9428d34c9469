"""Finished requests that wait for the principal, and those that were sent back, for Att göra."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from attendance.pupil_labels import class_and_initials
from attendance.todo import SchoolDate
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days
from schools.models import Pupil

from .models import RequestDraft
from .models.draft import RequestDraftQuerySet
from .sending import SEND_WITHIN, send_by


def draft_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return what `reader` has to send, and what has come back to `reader`; a constant number of queries."""
    drafts = RequestDraft.objects.visible_to(reader).prefetch_related(
        Prefetch("pupil", queryset=Pupil.objects.with_page_relations())
    )
    return [*_to_send(drafts, reader), *_sent_back(drafts, reader)]


def _to_send(drafts: RequestDraftQuerySet, reader: Membership) -> list[SchoolDate]:
    """Return the finished drafts of others: only a principal sees any."""
    return [
        SchoolDate(
            key=f"draft-{draft.pk}",
            title=_("Send the request for support, or send it back"),
            pupil_id=draft.pupil_id,
            label=class_and_initials(draft.pupil),
            due_on=send_by(draft),
            url=reverse("cases:check_request", args=[draft.pk]),
            button=pgettext_lazy("button", "Read"),
        )
        for draft in drafts.waiting().exclude(writer=reader.pk).order_by("ready_at", "pk")
    ]


def _sent_back(drafts: RequestDraftQuerySet, reader: Membership) -> list[SchoolDate]:
    return [
        SchoolDate(
            key=f"draft-{draft.pk}",
            title=_("Finish the request: the principal has sent it back"),
            pupil_id=draft.pupil_id,
            label=class_and_initials(draft.pupil),
            due_on=add_working_days(stockholm_day(draft.sent_back_at), SEND_WITHIN),  # type: ignore[arg-type]
            url=f"{reverse('cases:request_support')}?pupil={draft.pupil_id}",
            button=pgettext_lazy("button", "Open"),
        )
        for draft in drafts.sent_back().filter(writer=reader.pk).order_by("sent_back_at", "pk")
    ]
