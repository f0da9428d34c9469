"""Joint meetings: calling one, answering the call, noting what was decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Unit
from cases import access
from cases.actions import meeting as actions
from cases.actions.disclosing import ConsentIsMissing
from cases.forms.meetings import AnswerCallForm, CallMeetingForm, RecordMeetingForm
from cases.models import JointMeeting, Obligation, Referral
from cases.obligations import ANSWER_CALL, HOLD_MEETING

from .acting import Act, acting_page
from .attempt import refused, sent
from .conflict import conflict_page


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
            return stop or _done(request, referral, _("The meeting is called. The ball is with the other unit."))
    return acting_page(request, referral.case, act, form)


def answer_call(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Choose one of the times, propose others, or say no and what instead."""
    obligation = _held(request, obligation_id, ANSWER_CALL)
    meeting = _meeting(request, obligation)
    form = AnswerCallForm(sent(request), times=meeting.times if meeting else [])
    if meeting is None or obligation.stopped_at is not None:
        return conflict_page(request, obligation.case, form if form.is_bound else None)
    if not access.may_do(request.membership, obligation):
        raise PermissionDenied
    if form.is_valid():
        action, given = _answer(form)
        stop = refused(request, action, obligation.case, form, obligation=obligation, **given)
        return stop or _done(request, obligation, _("Saved. The others in the case see it."))
    act = Act("answer_call", _("Answer the call to a meeting"), _("Send the answer"))
    return acting_page(request, obligation.case, act, form, template="cases/answer_call.html", meeting=meeting)


def record_meeting(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Note what the meeting decided, and the next date."""
    obligation = _held(request, obligation_id, HOLD_MEETING)
    meeting = _meeting(request, obligation)
    parties = obligation.case.parties.filter(ended_at=None).values("unit")
    form = RecordMeetingForm(sent(request), units=Unit.objects.filter(pk__in=parties), today=timezone.localdate())
    if meeting is None or obligation.stopped_at is not None:
        return conflict_page(request, obligation.case, form if form.is_bound else None)
    if not access.may_do(request.membership, obligation):
        raise PermissionDenied
    if form.is_valid():
        stop = refused(
            request, actions.record_meeting, obligation.case, form, obligation=obligation, **form.cleaned_data
        )
        return stop or _done(request, obligation, _("Saved. The others in the case see it."))
    act = Act("record_meeting", _("What the meeting decided"), _("Save the decisions and the next date"))
    return acting_page(request, obligation.case, act, form, template="cases/answer_call.html", meeting=meeting)


def _answer(form: AnswerCallForm) -> tuple[Any, dict[str, Any]]:
    """Return the action of the chosen way, and what it is given."""
    told = form.cleaned_data
    if told["way"] == form.NEW:
        return actions.propose_times, {"times": told["times"]}
    if told["way"] == form.NO:
        return actions.decline_call, {"refusal": told["refusal"], "instead": told["instead"]}
    return actions.accept_time, {"chosen_at": form.ahead[told["way"]]}


def _held(request: MemberRequest, obligation_id: UUID, kind: str) -> Obligation:
    """Return an obligation of `kind` in a case whose content the reader may read; 404 for others."""
    readable = Obligation.objects.visible_to(request.membership).filter(kind=kind)
    related = "case__pupil", "case__school_unit", "referral__to_unit__parent"
    return get_object_or_404(readable.select_related(*related), pk=obligation_id)


def _meeting(request: MemberRequest, obligation: Obligation) -> JointMeeting | None:
    found = JointMeeting.objects.visible_to(request.membership).open().with_page_relations()
    return found.filter(referral=obligation.referral_id).first()


def _done(request: MemberRequest, about: Referral | Obligation, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("cases:case_detail", about.case_id)
