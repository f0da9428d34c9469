"""Meetings that a head of social services is to call about a no whose reason the school may not have.

A no for the school's responsibility leads to a joint meeting (law.md 6.1). Where the school reads that reason, the
meeting is an obligation in the case. Where it does not, an obligation would tell it: no other reason leads to one. So
it stands here, with the unit's head alone, and a call that comes of it looks as any other call.
"""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.roles import Role, Side
from attendance.school_date import SchoolDate
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days

from .declining import MEET_WITHIN, SCHOOL_FIRST
from .models import Referral


def meetings_to_call(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the meetings that the units below a head of social services owe and that stand in no case; one query.

    None is owed where the request has gone on since. The database is asked for unmet refusals in open cases, never for
    a reason: nothing there is searched by one.
    """
    if reader.role != Role.UNIT_HEAD or reader.side != Side.SOCIAL:
        return []
    declined = Referral.objects.received_by(reader).filter(
        status=Referral.Status.DECLINED, case__closed_at=None, meetings=None, followed_by=None,
        decision__given__told_on="",
    )  # fmt: skip
    found = declined.select_related("case__pupil", "decision__given__code").order_by("decision__decided_at", "pk")
    return [_row(one) for one in found if one.decision.given.code and one.decision.given.code.code == SCHOOL_FIRST]


def _row(referral: Referral) -> SchoolDate:
    return SchoolDate(
        key=f"meeting-{referral.pk}",
        title=_("Call a joint meeting: a no for the school’s responsibility, which the school is not told"),
        pupil_id=referral.case.pupil_id,
        label=referral.case.label,
        due_on=add_working_days(stockholm_day(referral.decision.decided_at), MEET_WITHIN),
        url=reverse("cases:call_meeting", args=[referral.pk]),
        button=pgettext_lazy("button", "Call"),
    )
