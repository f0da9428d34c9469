"""The school asks for support: write, check, send, withdraw."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from attendance.models import Concern
from attendance.tried import tried_before
from cases import access
from cases.actions import requests as actions
from cases.ball import states_of
from cases.consent_law import Verdict
from cases.consent_words import told
from cases.consents import expected, guardians_asked, judged, not_asked_here, shown_name, taken_back
from cases.first_words import first_answers
from cases.forms.consents import first_consents
from cases.forms.requests import RequestForm, SendRequestForm, WithdrawForm, earlier_answers
from cases.ledger import NotAllowed
from cases.models import Case, Disclosure, Obligation, Referral, RequestDraft, notes_of
from cases.obligations import KINDS
from cases.receivers import offers_of, routing_of
from cases.sharing import content_of
from deadlines.months import add_months
from schools.models import Pupil
from socialservices.routing import Routing

from .attempt import refused
from .conflict import conflict_page

CONSENT_MONTHS = 12


def request_support(request: MemberRequest) -> HttpResponse:
    """Write a request about one pupil; an earlier draft, else an earlier request, is filled in."""
    pupil = _pupil_asked_about(request)
    today = timezone.localdate()
    routing = routing_of(pupil, today)
    draft = RequestDraft.objects.visible_to(request.membership).filter(pupil=pupil).first()
    if request.method == "POST":
        return _keep_and_check(request, pupil, routing, today)
    earlier = _latest_shared(request, pupil)
    initial = draft.content if draft else _first_words(request, pupil, earlier, today)
    form = _form(request, pupil, routing, initial=initial, is_follow_up=earlier is not None)
    return _show_form(request, pupil, routing, form, draft=draft, earlier=earlier)


def _keep_and_check(request: MemberRequest, pupil: Pupil, routing: Routing, today: date) -> HttpResponse:
    """Keep what was typed as a draft; go on to the check page when nothing is missing."""
    form = _form(request, pupil, routing, data=request.POST)
    draft = actions.save_draft(pupil=pupil, content=form.as_typed(), by=request.membership, at=timezone.now())
    if "save" in request.POST:
        return _draft_saved(request, pupil, draft)
    if not form.is_valid():
        return _show_form(request, pupil, routing, form, draft=draft, status=422)
    verdict = judged(form.consents(), form.age, not_asked_here(guardians_asked(pupil)))
    if not verdict.is_enough:
        form.add_error(None, _("The consent that is needed is missing"))
        return _show_form(request, pupil, routing, form, draft=draft, verdict=verdict, status=422)
    return redirect("cases:check_request", draft.pk)


def _draft_saved(request: MemberRequest, pupil: Pupil, draft: RequestDraft) -> HttpResponse:
    """Say when the draft was saved: in its place on the page while somebody writes, else on the page anew."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "cases/request_support.html#draft-saved", {"draft": draft})
    saved_at = timezone.localtime(draft.saved_at).strftime("%H:%M")
    messages.success(request, _("Draft saved %(time)s") % {"time": saved_at})
    return redirect(request_address(pupil))


def check_request(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Show exactly what the receiver will see, and send it."""
    sent = Referral.objects.visible_to(request.membership).filter(submission=draft_id).first()
    if sent:
        return redirect("cases:request_sent", sent.pk)
    draft = get_object_or_404(RequestDraft.objects.visible_to(request.membership).select_related("pupil"), pk=draft_id)
    today = timezone.localdate()
    form = _form(request, draft.pupil, routing_of(draft.pupil, today), data=draft.content)
    if not form.is_valid() or not judged(form.consents(), form.age).is_enough:
        messages.warning(request, _("Something is still missing in the request."))
        return redirect(request_address(draft.pupil))
    content = content_of(draft.pupil, form.words(), form.consents(), today)
    if request.method == "POST":
        return _send(request, draft, form, content)
    return _show_check(request, draft, form, content)


def _send(request: MemberRequest, draft: RequestDraft, form: RequestForm, content: dict[str, Any]) -> HttpResponse:
    """Send the request if it still says what the writer saw; else show it again."""
    seen = SendRequestForm(request.POST)
    if not seen.is_valid() or seen.cleaned_data["seen"] != _print_of(content, form):
        problem = _("The request has changed since you saw it. Read it once more before you send it.")
        return _show_check(request, draft, form, content, problem=problem)
    try:
        referral = actions.send_request(
            pupil=draft.pupil, service=form.cleaned_data["service"], content=form.words(), consents=form.consents(),
            submission=draft.pk, by=request.membership, at=timezone.now(),
        )  # fmt: skip
    except actions.OpenElsewhere:
        problem = _(
            "Another school has an open case about this pupil, so no second one can be opened. Call that school, and "
            "ask your manager to have the case moved if the pupil has changed school. Your draft is kept."
        )
        return _show_check(request, draft, form, content, problem=problem)
    except actions.NothingNew:
        unit = form.cleaned_data["service"].office.unit.short_name
        problem = _(
            "%(unit)s already has a request in this case and has not answered it yet. Wait for the answer, or withdraw "
            "that request first. Your draft is kept."
        ) % {"unit": unit}
        return _show_check(request, draft, form, content, problem=problem)
    except NotAllowed as error:
        raise PermissionDenied from error
    return redirect("cases:request_sent", referral.pk)


def request_sent(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Say who holds the request, by when they must confirm, what happens if they do not, and what to tell the home."""
    referral = get_object_or_404(_requests_of(request), pk=referral_id)
    owed = Obligation.objects.visible_to(request.membership).open()
    acknowledge = owed.filter(referral=referral, kind="acknowledge_request").first()
    context = {
        "referral": referral,
        "state": states_of([referral.case], timezone.localdate())[0],
        "acknowledge_by": acknowledge and acknowledge.due_on,
        "answer_by": acknowledge and KINDS["answer_request"].due_on(acknowledge.due_on),
    }
    return render(request, "cases/request_sent.html", context)


def withdraw_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Take a request back, with the reason."""
    referral = get_object_or_404(_requests_of(request), pk=referral_id)
    case = referral.case
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if not access.may_speak_for_school(request.membership, case) or not referral.can_become("withdrawn"):
        return conflict_page(request, case, form if form.is_bound else None)
    if request.method == "POST" and form.is_valid():
        stop = refused(request, actions.withdraw_request, case, form, referral=referral, **form.cleaned_data)
        if stop is not None:
            return stop
        messages.success(request, _("The request is withdrawn. The case stays open: set the next step."))
        return redirect("cases:case_detail", case.pk)
    context = {"form": form, "referral": referral, "state": states_of([case], timezone.localdate())[0]}
    return render(request, "cases/withdraw_request.html", context, status=422 if form.is_bound else 200)


def request_address(pupil: Pupil) -> str:
    """Return the address where a request about `pupil` is written."""
    return f"{reverse('cases:request_support')}?pupil={pupil.pk}"


def _pupil_asked_about(request: MemberRequest) -> Pupil:
    try:
        pupil_id = UUID(request.GET.get("pupil", ""))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id)


def _form(request: MemberRequest, pupil: Pupil, routing: Routing, **kwargs: Any) -> RequestForm:
    return RequestForm(
        services=offers_of(routing.serving),
        tried=tried_before(pupil, request.membership),
        guardians=[shown_name(guardian) for guardian in guardians_asked(pupil)],
        age=pupil.age_on(timezone.localdate()),
        **kwargs,
    )


def _first_words(request: MemberRequest, pupil: Pupil, earlier: Disclosure | None, today: date) -> dict[str, Any]:
    """Return what a new request begins with: what was shared before in the open case, else what the school knows."""
    initial = first_answers(pupil, request.membership, today)
    initial |= first_consents(add_months(today, CONSENT_MONTHS), len(guardians_asked(pupil)))
    if earlier is None:
        return initial
    initial |= earlier_answers(earlier.content) | {"service": str(earlier.referral.service_id or "")}
    return initial | dict.fromkeys((f"{giver}_answer" for giver in taken_back(earlier.referral, today)), "")


def _latest_shared(request: MemberRequest, pupil: Pupil) -> Disclosure | None:
    """Return what the school shared last in the pupil's open case."""
    shared = Disclosure.objects.requests().visible_to(request.membership)
    shared = shared.filter(case__pupil=pupil, case__closed_at=None)
    return shared.select_related("referral__to_unit", "case").order_by("disclosed_at", "pk").last()


def _show_form(
    request: MemberRequest,
    pupil: Pupil,
    routing: Routing,
    form: RequestForm,
    *,
    status: int = 200,
    verdict: Verdict | None = None,
    **context: Any,
) -> HttpResponse:
    guardians = guardians_asked(pupil)
    context |= {
        "consent": told(verdict or expected(guardians, form.age), [shown_name(guardian) for guardian in guardians]),
        "consent_is_missing": verdict is not None,
        "not_asked_here": not_asked_here(guardians),
        "form": form,
        "pupil": pupil,
        "class_name": pupil.enrolments.select_related("class_group").get(ends_on=None).class_group.name,
        "age": form.age,
        "routing": routing,
    }
    context = {"draft": None, "earlier": None} | context
    return render(request, "cases/request_support.html", context, status=status)


def _show_check(
    request: MemberRequest, draft: RequestDraft, form: RequestForm, content: dict[str, Any], problem: str = ""
) -> HttpResponse:
    case = Case.objects.visible_to(request.membership).open().filter(pupil=draft.pupil).first()
    notes = notes_of(request.membership).objects.visible_to(request.membership).filter(case=case).count() if case else 0
    context = {
        "draft": draft,
        "content": content,
        "to_unit": form.cleaned_data["service"].office.unit,
        "write_url": request_address(draft.pupil),
        "send_form": SendRequestForm(initial={"seen": _print_of(content, form)}),
        "problem": problem,
        "case": case,
        "notes": notes,
        "concerns": Concern.objects.visible_to(request.membership).filter(pupil=draft.pupil).count(),
    }
    return render(request, "cases/check_request.html", context, status=409 if problem else 200)


def _print_of(content: dict[str, Any], form: RequestForm) -> str:
    """Return a print of everything that sending would share, and with whom."""
    everything = json.dumps([content, str(form.cleaned_data["service"].pk)], sort_keys=True)
    return sha256(everything.encode()).hexdigest()


def _requests_of(request: MemberRequest) -> Any:
    referrals = Referral.objects.visible_to(request.membership)
    return referrals.select_related("case__pupil", "case__school_unit", "to_unit__parent", "from_unit", "parent")
