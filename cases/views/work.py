"""While a unit works with the pupil: first contact, feedback, the end of the work."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from audit import reading
from cases import access
from cases.actions import work as actions
from cases.forms.work import CompleteForm, FeedbackForm, FirstContactForm, InterruptForm, ReplyForm
from cases.models import Feedback, Referral
from cases.todo import to_do_of

from .acting import Act, acting_page
from .attempt import refused
from .conflict import conflict_page
from .inbox import received, wants_partial

ROW_ID = re.compile(r"obligation-[0-9a-f-]{36}")
"""The id of the row on the start page that asks for the receipt, which takes its place."""


def record_first_contact(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Note that the family has been met."""
    referral = received(request, referral_id)
    act = Act(
        "record_first_contact", _("Record the first contact"), _("Save the contact"),
        [_("From now on the school gets feedback every 14 days.")],
    )  # fmt: skip
    form = FirstContactForm(request.POST or None)
    met_before = referral.status == Referral.Status.ACTIVE
    return _work(
        request, referral, act, form, actions.record_first_contact, _("The contact is saved."), ended=met_before
    )


def give_feedback(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Tell the school how it goes, or that nothing has changed and why."""
    referral = received(request, referral_id)
    school = referral.from_unit.short_name
    act = Act("give_feedback", _("Give feedback"), _("Share with %(school)s") % {"school": school})
    form = FeedbackForm(request.POST or None)
    done = _("Shared with %(school)s, who acknowledges within two working days.") % {"school": school}
    return _work(request, referral, act, form, actions.give_feedback, done)


def complete_work(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """End the work with what came of it."""
    referral = received(request, referral_id)
    act = Act(
        "complete_work", _("Complete the work"), _("Complete the work"),
        [_("The ball goes to the school, which decides how to go on. Only the school closes the case.")],
    )  # fmt: skip
    form = CompleteForm(request.POST or None, today=timezone.localdate())
    return _work(request, referral, act, form, actions.complete_work, _("Completed. The ball is with the school."))


def interrupt_work(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Break off the work; the school responds as to a no."""
    referral = received(request, referral_id)
    act = Act(
        "interrupt_work", _("Interrupt the work"), _("Interrupt the work"),
        [_("The case stays open. The school responds to the interruption and takes the next step.")],
    )  # fmt: skip
    form = InterruptForm(request.POST or None, today=timezone.localdate())
    return _work(request, referral, act, form, actions.interrupt_work, _("Interrupted. The ball is with the school."))


def _work(
    request: MemberRequest,
    referral: Referral,
    act: Act,
    form: forms.Form,
    action: Callable[..., object],
    done: str,
    *,
    ended: bool = False,
) -> HttpResponse:
    """Show the form, or do `action` with it and go to the case."""
    if ended or not access.may_work(request.membership, referral):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if form.is_valid():
        stop = refused(request, action, referral.case, form, referral=referral, **form.cleaned_data)
        if stop is None:
            messages.success(request, done)
        return stop or redirect("cases:case_detail", referral.case_id)
    return acting_page(request, referral.case, act, form)


def acknowledge_feedback(request: MemberRequest, feedback_id: UUID) -> HttpResponse:
    """Note that the school has read the feedback; with HTMX the row on the start page becomes a receipt."""
    waiting = Feedback.objects.visible_to(request.membership).select_related(
        "case__pupil", "case__school_unit", "referral", "from_unit"
    )
    feedback = get_object_or_404(waiting, pk=feedback_id)
    form = ReplyForm(request.POST)
    reply = form.cleaned_data["reply"] if form.is_valid() else request.POST["reply"][: form.fields["reply"].max_length]  # type: ignore[attr-defined]
    stop = refused(request, actions.acknowledge_feedback, feedback.case, form, feedback=feedback, reply=reply)
    if stop is not None:
        return stop
    if wants_partial(request):
        feedback.refresh_from_db()
        row_id = request.POST.get("row_id", "")
        if not ROW_ID.fullmatch(row_id):
            row_id = f"feedback-{feedback.pk}"
        to_do = to_do_of(request.membership, timezone.localdate())
        reading.only([feedback.case.pupil_id])
        return render(request, "cases/_feedback_receipt.html", {"feedback": feedback, "row_id": row_id, "to_do": to_do})
    messages.success(request, _("Acknowledged. %(unit)s sees it now.") % {"unit": feedback.from_unit.short_name})
    if request.POST.get("from") == "todo":
        return redirect("cases:todo")
    return redirect("cases:case_detail", feedback.case_id)
