"""Which of their units' refusals the heads read: where the child is away half the time, or has waited long."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.roles import Role, Side
from attendance.school_date import SchoolDate
from attendance.todo import DAYS_TO_READ
from deadlines.stockholm import stockholm_day

from .declining import goes_to_head
from .models import Case, Decision, Disclosure, Referral


def refusals_to_read(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the last two weeks' refusals of the units below a head of social services that the head is to read."""
    if reader.role != Role.UNIT_HEAD or reader.side != Side.SOCIAL:
        return []
    declined = Referral.objects.received_by(reader).filter(
        status=Referral.Status.DECLINED, decision__decided_at__date__gt=today - DAYS_TO_READ
    )
    found = list(declined.select_related("case__pupil", "decision").order_by("decision__decided_at", "pk"))
    shared = {
        copy.referral_id: copy.content
        for copy in Disclosure.objects.requests().visible_to(reader).filter(referral__in=found).order_by("pk")
    }
    return [_row(one) for one in found if goes_to_head(shared.get(one.pk, {}), _waited(one.case, one.decision))]


def _waited(case: Case, decision: Decision) -> int:
    """Return how many days the child had waited when the no was given."""
    return (stockholm_day(decision.decided_at) - case.child_time_from).days


def _row(referral: Referral) -> SchoolDate:
    return SchoolDate(
        key=f"refusal-{referral.pk}",
        title=_("Read a no: the absence is high, or the child has waited long"),
        pupil_id=referral.case.pupil_id,
        label=referral.case.label,
        due_on=stockholm_day(referral.decision.decided_at) + DAYS_TO_READ,
        url=reverse("cases:case_detail", args=[referral.case_id]),
        button=pgettext_lazy("button", "Read"),
        is_reading=True,
    )
