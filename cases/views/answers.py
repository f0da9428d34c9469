"""The receiver's answers: acknowledge, accept, ask, redirect, decline, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from cases import access, unit_times
from cases.actions import answers as actions
from cases.actions.disclosing import ConsentIsMissing
from cases.actions.requests import NothingNew
from cases.actions.second_person import prepare_no
from cases.ball import states_of
from cases.consents import reply_is_covered
from cases.declining import BY_TWO, DEMANDED, facts_beyond
from cases.forms.answers import AllocateForm, AskForm, DeclineForm, QueueForm, RedirectForm
from cases.inbox import next_to_answer, rows_of
from cases.ledger import AlreadyDone, CaseIsClosed
from cases.models import DecisionReason, Referral
from cases.placing import may_say_no, may_send_on, reasons_for
from cases.receivers import right_units_for

from .acting import choices
from .attempt import refused
from .conflict import conflict_page
from .inbox import accept_form, answer_page, latest_prepared, people_of, received, wants_partial
from .reading_a_no import about_the_no


def acknowledge_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Acknowledge in one click; with HTMX the row becomes a receipt."""
    referral = received(request, referral_id)
    first = True
    try:
        actions.acknowledge_request(referral=referral, by=request.membership, at=timezone.now())
    except (AlreadyDone, CaseIsClosed):
        first = False
    referral = received(request, referral_id)
    if not wants_partial(request):
        if not first:
            return conflict_page(request, referral.case)
        messages.success(request, _("Acknowledged. The school sees it now."))
        return redirect("cases:assess_request", referral.pk)
    row = rows_of([referral], request.membership, timezone.localdate())[0]
    context = {"row": row, "first": first, "receipt": True, "names_units": False}
    return render(request, "cases/_inbox_row.html", context, status=200 if first else 409)


def accept_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Say yes."""
    referral = received(request, referral_id)
    form = accept_form(request, referral, request.POST or None)
    if not access.may_answer(request.membership, referral):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if form.is_valid():
        stop = refused(request, actions.accept_request, referral.case, form, referral=referral, **form.cleaned_data)
        if stop is None:
            unit = referral.from_unit.short_name
            messages.success(request, _("Accepted. %(unit)s sees it now.") % {"unit": unit})
        return stop or _after_answer(request, referral)
    return answer_page(request, referral, "accept", form)


def ask_question(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Ask the school before answering."""
    referral = received(request, referral_id)
    today = timezone.localdate()
    usual_day = unit_times.due_on("answer_question", referral.from_unit, today)
    form = AskForm(request.POST or None, today=today, usual_day=usual_day)
    asked = referral.status == Referral.Status.ASKED
    if asked or not access.may_answer(request.membership, referral):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if form.is_valid():
        stop = refused(request, actions.ask_question, referral.case, form, referral=referral, **form.cleaned_data)
        if stop is None:
            messages.success(request, _("The question is sent. Your clock rests until the school has answered."))
        return stop or _after_answer(request, referral)
    return answer_page(request, referral, "ask", form)


def queue_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Give the request a place in the queue."""
    referral = received(request, referral_id)
    form = QueueForm(request.POST or None, today=timezone.localdate())
    asked = referral.status == Referral.Status.ASKED
    if asked or not access.may_answer(request.membership, referral):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if form.is_valid():
        stop = refused(request, actions.queue_request, referral.case, form, referral=referral, **form.cleaned_data)
        if stop is None:
            school = referral.from_unit.short_name
            messages.success(request, _("In the queue. %(school)s sees the place and the day.") % {"school": school})
        return stop or _after_answer(request, referral)
    return answer_page(request, referral, "queue", form)


def redirect_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Send the request on to the right unit, which keeps the time it has had."""
    referral = _answered_freely(request, referral_id, may_send_on)
    today = timezone.localdate()
    form = RedirectForm(
        request.POST or None, services=right_units_for(referral, today), covered=reply_is_covered(referral, today)
    )
    if not access.may_answer(request.membership, referral):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if form.is_valid():
        try:
            stop = refused(
                request, actions.redirect_request, referral.case, form, referral=referral, **form.cleaned_data
            )
        except NothingNew:
            form.add_error("service", _("That unit already has a request about the pupil. Choose another."))
            return answer_page(request, referral, "redirect", form)
        except ConsentIsMissing:
            form.add_error(
                None, _("The consent has been withdrawn, so the request cannot be sent on. Talk with the school.")
            )
            return answer_page(request, referral, "redirect", form)
        if stop is None:
            unit = form.cleaned_data["service"].office.unit.short_name
            text = _("Sent on. The ball stays with you until %(unit)s has acknowledged.")
            if referral.redirected_from is not None:
                text = _("The coordinator decides which unit takes it. You proposed %(unit)s.")
            messages.success(request, text % {"unit": unit})
        return stop or _after_answer(request, referral)
    return answer_page(request, referral, "redirect", form)


def decline_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Say no, in two steps: everything it needs, then a look at the whole before it is sent."""
    referral = _answered_freely(request, referral_id, may_say_no)
    form = _decline_form(request, referral)
    if not access.may_answer(request.membership, referral):
        return conflict_page(request, referral.case, form if form.is_bound else None)
    if not form.is_bound or "change" in request.POST or not form.is_valid():
        if "change" in request.POST:
            form.errors.clear()
        return answer_page(request, referral, "decline", form)
    check = _check_context(request, referral, form)
    lacks_why = check["against"] and not form.cleaned_data["nevertheless"].strip()
    if "confirm" not in request.POST or lacks_why:
        if "confirm" in request.POST:
            form.add_error("nevertheless", _("Write why you say no all the same, or change the answer"))
        return render(request, "cases/decline_check.html", check, status=422 if form.errors else 200)
    if check["by_two"]:
        return _leave_to_colleague(request, referral, form)
    stop = refused(request, actions.decline_request, referral.case, form, referral=referral, **form.cleaned_data)
    if stop is None:
        unit = referral.from_unit.short_name
        messages.success(request, _("The answer is sent. The ball is now with %(unit)s.") % {"unit": unit})
    return stop or _after_answer(request, referral)


def _answered_freely(request: MemberRequest, referral_id: UUID, may: Callable[[Referral], bool]) -> Referral:
    """Return the request; 403 for an answer that a decision from above has taken away."""
    referral = received(request, referral_id)
    if not may(referral):
        raise PermissionDenied
    return referral


def _leave_to_colleague(request: MemberRequest, referral: Referral, form: DeclineForm) -> HttpResponse:
    """Leave a no that takes two to a second person in the unit."""
    stop = refused(request, prepare_no, referral.case, form, referral=referral, said=form.said())
    if stop is None:
        messages.success(
            request, _("Left to a colleague, who reads it and sends it. Nothing has reached the school yet.")
        )
    return stop or redirect("cases:assess_request", referral.pk)


def _decline_form(request: MemberRequest, referral: Referral) -> DeclineForm:
    today = timezone.localdate()
    kept = None if request.method == "POST" else latest_prepared(request, referral)
    return DeclineForm(
        request.POST or None,
        kept=kept,
        referral=referral,
        reasons=reasons_for(referral, today),
        covered=reply_is_covered(referral, today),
        others=right_units_for(referral, today),
        **choices(referral.case),
    )


def _check_context(request: MemberRequest, referral: Referral, form: DeclineForm) -> dict[str, Any]:
    """Return the whole answer before it is sent, with what speaks against it and who else will read it."""
    said = form.said()
    return {
        **about_the_no(request, referral, said),
        "form": form,
        "answer": form.cleaned_data,
        "beyond": list(facts_beyond(DecisionReason(**{name: said.words[name] for name in DEMANDED}))),
        "respond_by": unit_times.due_on("respond_to_no", referral.from_unit, timezone.localdate()),
        "by_two": said.reason.code in BY_TWO,
    }


def allocate_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Choose who in the unit has the request."""
    referral = received(request, referral_id)
    if not access.may_allocate_request(request.membership, referral):
        raise PermissionDenied
    form = AllocateForm(request.POST or None, people=people_of(referral.to_unit))
    if form.is_valid():
        stop = refused(request, actions.allocate_request, referral.case, form, referral=referral, **form.cleaned_data)
        if stop is None:
            name = form.cleaned_data["person"].user.full_name
            messages.success(request, _("%(name)s has the request now.") % {"name": name})
        return stop or redirect("cases:assess_request", referral.pk)
    context = {"referral": referral, "form": form, "state": states_of([referral.case], timezone.localdate())[0]}
    return render(request, "cases/allocate_request.html", context, status=422 if form.is_bound else 200)


def _after_answer(request: MemberRequest, referral: Referral) -> HttpResponse:
    """Go to the next request if that was asked for, else to the case."""
    if "next" not in request.POST:
        return redirect("cases:case_detail", referral.case_id)
    following = next_to_answer(request.membership)
    if following is None:
        messages.info(request, _("That was the last one: nothing more to answer."))
        return redirect("cases:inbox")
    return redirect("cases:assess_request", following.pk)
