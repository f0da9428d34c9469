"""Joint meetings: calling one, answering the call, noting what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Membership
from cases import access
from cases.actions import meeting as actions
from cases.actions.disclosing import ConsentIsMissing
from cases.forms.meetings import AnswerCallForm, CallMeetingForm, RecordMeetingForm
from cases.models import JointMeeting, Obligation, Referral
from cases.obligations import ANSWER_CALL, HOLD_MEETING

from .acting import Act, acting_page, choices
from .attempt import refused, sent
from .conflict import conflict_page
from .obligations import act_on, readable


def call_meeting(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Call the other unit of a request to a meeting."""
    referrals = Referral.objects.visible_to(request.membership).select_related(
        "case__pupil", "case__school_unit", "to_unit__parent", "from_unit"
    )
    referral = get_object_or_404(referrals, pk=referral_id)
    form = CallMeetingForm(sent(request))
    if not referral.case.is_open or referral.meetings.open().exists():
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if not access.may_call_meeting(request.membership, referral):
        raise PermissionDenied
    act = Act(
        "call_meeting", _("Call a joint meeting"), _("Call the meeting"),
        [_("The other unit answers within five working days. Only what you decide is written down, no minutes.")],
    )  # fmt: skip
    if form.is_valid():
        try:
            stop = refused(request, actions.call_meeting, referral.case, form, referral=referral, **form.cleaned_data)
        except ConsentIsMissing:
            form.add_error(None, _("The consent no longer stands, so the question cannot be shared."))
        else:
            if stop is None:
                messages.success(request, _("The meeting is called. The ball is with the other unit."))
            return stop or redirect("cases:case_detail", referral.case_id)
    return acting_page(request, referral.case, act, form)


def answer_call(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Choose one of the times, propose others, or say no and what instead."""
    obligation = readable(request, obligation_id, ANSWER_CALL)
    meeting = _meeting(request, obligation)
    form = AnswerCallForm(sent(request), times=meeting.times if meeting else [])
    act = Act("answer_call", _("Answer the call to a meeting"), _("Send the answer"))

    def action(*, by: Membership, at: datetime, **_typed: Any) -> None:
        chosen, given = _answer(form)
        chosen(obligation=obligation, **given, by=by, at=at)

    return act_on(request, obligation, act, form, action, template="cases/answer_call.html", meeting=meeting)


def record_meeting(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Note what the meeting decided, and the next date."""
    obligation = readable(request, obligation_id, HOLD_MEETING)
    form = RecordMeetingForm(sent(request), **choices(obligation.case))
    act = Act("record_meeting", _("What the meeting decided"), _("Save the decisions and the next date"))

    def action(**given: Any) -> None:
        actions.record_meeting(obligation=obligation, **given)

    return act_on(
        request, obligation, act, form, action, template="cases/answer_call.html", meeting=_meeting(request, obligation)
    )


def _answer(form: AnswerCallForm) -> tuple[Any, dict[str, Any]]:
    """Return the action of the chosen way, and what it is given."""
    told = form.cleaned_data
    if told["way"] == form.NEW:
        return actions.propose_times, {"times": told["times"]}
    if told["way"] == form.NO:
        return actions.decline_call, {"refusal": told["refusal"], "instead": told["instead"]}
    return actions.accept_time, {"chosen_at": form.ahead[told["way"]]}


def _meeting(request: MemberRequest, obligation: Obligation) -> JointMeeting | None:
    found = JointMeeting.objects.visible_to(request.membership).open().with_page_relations()
    return found.filter(referral=obligation.referral_id).first()
