"""Refusals that wait for a second person, and those that came back to who wrote them, for Att göra."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.permissions import Action, Object, permits
from accounts.roles import Role, Side
from attendance.school_date import SchoolDate
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days

from .declining import SECOND_WITHIN
from .models import PreparedNo, Referral


def prepared_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the refusals that `reader` can read and send, and those sent back to `reader`; one query.

    A no that the unit gives for a second time about a pupil is for its head to read. What was sent back is to be mended
    as long as the request has no answer and nothing new has been prepared.
    """
    if reader.side != Side.SOCIAL or not permits(reader, Object.REQUEST, Action.DECIDE):
        return []
    to_read = Q(ended_at=None) & ~Q(prepared_by__user=reader.user_id)
    to_mend = Q(ending=PreparedNo.Ending.SENT_BACK, prepared_by=reader.pk) & ~Q(ended_by=reader.pk)
    if reader.role != Role.UNIT_HEAD:
        for_head = PreparedNo.objects.open().exclude(prepared_by__role=Role.UNIT_HEAD).said_before()
        to_read &= ~Q(pk__in=for_head.values("pk"))
    found = (
        PreparedNo.objects.visible_to(reader)
        .filter(to_read | to_mend, referral__status__in=Referral.UNANSWERED)
        .select_related("referral__case__pupil")
        .order_by("prepared_at", "pk")
    )
    latest = {prepared.referral_id: prepared for prepared in found}
    return [_row(prepared) for prepared in latest.values()]


def _row(prepared: PreparedNo) -> SchoolDate:
    waits = prepared.ended_at is None
    since = prepared.ended_at or prepared.prepared_at
    page = "cases:confirm_no" if waits else "cases:decline_request"
    return SchoolDate(
        key=f"prepared-{prepared.pk}",
        title=_("Read a no before it is sent") if waits else _("Mend the no: a colleague has sent it back"),
        pupil_id=prepared.referral.case.pupil_id,
        label=prepared.referral.case.label,
        due_on=add_working_days(stockholm_day(since), SECOND_WITHIN),
        url=reverse(page, args=[prepared.referral_id]),
        button=pgettext_lazy("button", "Read") if waits else pgettext_lazy("button", "Open"),
    )
