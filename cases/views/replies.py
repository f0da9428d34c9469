"""The school answers: a question, or a no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from cases import access
from cases.actions import replies as actions
from cases.actions.disclosing import ConsentIsMissing
from cases.actions.objections import managing_unit
from cases.ball import states_of
from cases.consents import may_share_more
from cases.forms.replies import AnswerQuestionForm, RespondToNoForm
from cases.lifting import so_far_in_words
from cases.models import Obligation, Question, Referral
from cases.timeline import Item, timeline_of
from cases.ways_on import ways_on
from deadlines.working_days import add_working_days

from .attempt import refused, sent
from .conflict import conflict_page
from .requests import request_address

MEETING_IN = 5


def answer_question(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Answer the question that the receiver must have answered first."""
    referral = _own_request(request, referral_id)
    question = Question.objects.visible_to(request.membership).open().filter(referral=referral).first()
    form = AnswerQuestionForm(sent(request), questions=question.lines if question else ())
    if question is None or not access.may_speak_for_school(request.membership, referral.case):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if request.method == "POST" and form.is_valid():
        try:
            stop = refused(
                request, actions.answer_question, referral.case, form, question=question, **form.cleaned_data
            )
        except ConsentIsMissing:
            form.add_error(None, _("The consent no longer stands, so no answer can be shared."))
            return _page(request, "answer_question", referral, form, question=question, is_stopped=True)
        if stop is not None:
            return stop
        unit = referral.to_unit.short_name
        messages.success(
            request, _("Your answer is shared with %(unit)s. The ball is with them again.") % {"unit": unit}
        )
        return redirect("cases:case_detail", referral.case_id)
    return _page(request, "answer_question", referral, form, question=question)


def respond_to_no(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Choose how to go on after a no, or after work that was broken off."""
    referral = _own_request(request, referral_id)
    form = RespondToNoForm(sent(request), initial=_proposed(referral))
    owed = Obligation.objects.visible_to(request.membership).open()
    waiting = owed.filter(referral=referral, kind="respond_to_no").exists()
    if not waiting or not access.may_speak_for_school(request.membership, referral.case):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["way"] == form.NEW_FACTS:
            return redirect(request_address(referral.case.pupil))
        action, given, done = _response(form.cleaned_data)
        stop = refused(request, action, referral.case, form, referral=referral, **given)
        if stop is not None:
            return stop
        messages.success(request, done)
        return redirect("cases:case_detail", referral.case_id)
    return _page(
        request, "respond_to_no", referral, form, said=_what_they_said(request, referral),
        may_share=may_share_more(referral, timezone.localdate()),
        ways_on=ways_on(referral, request.membership, timezone.localdate()),
        so_far=so_far_in_words(), managers=[managing_unit(unit) for unit in (referral.from_unit, referral.to_unit)],
    )  # fmt: skip


def _response(chosen: dict[str, Any]) -> tuple[Callable[..., object], dict[str, Any], str]:
    """Return the action of the chosen way, what it is given, and what the page says when it is done."""
    match chosen["way"]:
        case RespondToNoForm.FOLLOW:
            given = {"plan": chosen["plan"], "due_on": chosen["due_on"]}
            return actions.follow_advice, given, _("Saved. The school has the next step.")
        case RespondToNoForm.TALK:
            given = {"about": chosen["about"], "meet_on": chosen["meet_on"]}
            return actions.talk_first, given, _("Saved. The school holds the talk, and the date is set.")
        case _other:
            given = {"disagreement": chosen["disagreement"]}
            done = _("Lifted. The managers of both sides answer within five working days.")
            return actions.lift_to_managers, given, done


def _proposed(referral: Referral) -> dict[str, Any]:
    """Return what is filled in from the start: the advice and the date of the no."""
    today = timezone.localdate()
    initial: dict[str, Any] = {"meet_on": add_working_days(today, MEETING_IN), "plan": "", "due_on": None}
    if referral.status == Referral.Status.DECLINED:
        decision = referral.decision
        initial |= {"plan": decision.advice[:300], "due_on": max(decision.next_on or today, today)}
    return initial


def _what_they_said(request: MemberRequest, referral: Referral) -> Item | None:
    """Return the no, or the words with which the work was broken off, as the timeline shows it."""
    items = timeline_of(referral.case, request.membership)
    if referral.status == Referral.Status.DECLINED:
        items = [item for item in items if item.at == referral.decision.decided_at]
    kinds = {"request_declined", "work_interrupted"}
    return next((item for item in items if item.kind in kinds), None)


def _own_request(request: MemberRequest, referral_id: UUID) -> Referral:
    referrals = Referral.objects.visible_to(request.membership).select_related(
        "case__pupil", "case__school_unit", "to_unit__parent", "from_unit__parent"
    )
    return get_object_or_404(referrals, pk=referral_id)


def _page(request: MemberRequest, page: str, referral: Referral, form: Any, **context: Any) -> HttpResponse:
    """Show the page with its form, 422 when the form was refused."""
    context |= {"form": form, "referral": referral, "state": states_of([referral.case], timezone.localdate())[0]}
    return render(request, f"cases/{page}.html", context, status=422 if form.is_bound else 200)
