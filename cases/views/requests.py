"""The school asks for support: write, read what happens next, withdraw."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from attendance.tried import tried_before
from attendance.typed import as_typed, typed_texts
from cases import access, unit_times
from cases.actions import drafts
from cases.actions import requests as actions
from cases.ball import states_of
from cases.consent_law import Verdict
from cases.consent_words import told
from cases.consents import expected, guardians_asked, judged, not_asked_here, shown_name, taken_back
from cases.first_words import first_answers
from cases.forms.consents import first_consents
from cases.forms.requests import RequestForm, WithdrawForm, earlier_answers
from cases.models import Disclosure, Obligation, Referral, RequestDraft
from cases.receivers import offers_of, routing_of
from cases.sending import gap_name, sends_through_principal
from schools.models import Pupil
from socialservices.routing import Routing

from .attempt import refused, sent
from .conflict import conflict_page


def request_support(request: MemberRequest) -> HttpResponse:
    """Write a request about one pupil; an earlier draft, else an earlier request, is filled in."""
    pupil = _pupil_asked_about(request)
    today = timezone.localdate()
    routing = routing_of(pupil, today)
    if request.method == "POST":
        return _keep_and_check(request, pupil, routing)
    earlier = _latest_shared(request, pupil)
    draft = _own_draft(request, pupil)
    initial = draft.content if draft else _first_words(request, pupil, earlier, today)
    form = request_form(request, pupil, routing, initial=initial)
    return _show_form(request, pupil, routing, form, draft=draft, earlier=earlier)


def _keep_and_check(request: MemberRequest, pupil: Pupil, routing: Routing) -> HttpResponse:
    """Keep what was typed as a draft; go on to the check page when nothing is missing."""
    form = request_form(request, pupil, routing, data=request.POST)
    before = _own_draft(request, pupil)
    if _is_written_elsewhere(request, before):
        return _both_texts(request, pupil, routing, form, before)
    draft = drafts.save_draft(pupil=pupil, content=as_typed(form), by=request.membership, at=timezone.now())
    if "save" in request.POST:
        return _draft_saved(request, pupil, draft)
    if not form.is_valid():
        return _show_form(request, pupil, routing, form, draft=draft, status=422)
    verdict = judged(form.consents(), form.age, not_asked_here(guardians_asked(pupil)))
    if not verdict.is_enough:
        form.add_error(None, _("The consent that is needed is missing"))
        return _show_form(request, pupil, routing, form, draft=draft, verdict=verdict, status=422)
    return redirect("cases:check_request", draft.pk)


def _is_written_elsewhere(request: MemberRequest, draft: RequestDraft | None) -> bool:
    """Say whether the draft has been saved from another window since the page that is sent was shown."""
    based_on = request.POST.get("based_on")
    return draft is not None and based_on is not None and based_on != draft.saved_at.isoformat()


def _both_texts(
    request: MemberRequest, pupil: Pupil, routing: Routing, form: RequestForm, draft: RequestDraft | None
) -> HttpResponse:
    """Save nothing over what another window has saved: show both, and let the writer choose."""
    if request.htmx:  # type: ignore[attr-defined]
        context = {"is_written_elsewhere": True, "based_on": request.POST["based_on"]}
        return render(request, "cases/request_support.html#draft-saved", context)
    other = request_form(request, pupil, routing, initial=draft.content if draft else {})
    return _show_form(request, pupil, routing, form, draft=draft, other=typed_texts(other), status=409)


def _draft_saved(request: MemberRequest, pupil: Pupil, draft: RequestDraft) -> HttpResponse:
    """Say when the draft was saved: in its place on the page while somebody writes, else on the page anew."""
    if request.htmx:  # type: ignore[attr-defined]
        context = {"draft": draft, "based_on": draft.saved_at.isoformat()}
        return render(request, "cases/request_support.html#draft-saved", context)
    saved_at = timezone.localtime(draft.saved_at).strftime("%H:%M")
    messages.success(request, _("Draft saved %(time)s") % {"time": saved_at})
    return redirect(request_address(pupil))


def request_sent(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Say who holds the request, by when they must confirm, what happens if they do not, and what to tell the home."""
    referral = get_object_or_404(_requests_of(request), pk=referral_id)
    owed = Obligation.objects.visible_to(request.membership).open()
    acknowledge = owed.filter(referral=referral, kind="acknowledge_request").first()
    context = {
        "referral": referral,
        "state": states_of([referral.case], timezone.localdate())[0],
        "acknowledge_by": acknowledge and acknowledge.due_on,
        "answer_by": acknowledge and unit_times.due_on("answer_request", referral.to_unit, acknowledge.due_on),
    }
    return render(request, "cases/request_sent.html", context)


def withdraw_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Take a request back, with the reason."""
    referral = get_object_or_404(_requests_of(request), pk=referral_id)
    case = referral.case
    form = WithdrawForm(sent(request))
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


def request_form(request: MemberRequest, pupil: Pupil, routing: Routing, **kwargs: Any) -> RequestForm:
    """Return the form about `pupil`, with everything that can be chosen in it."""
    return RequestForm(
        services=offers_of(routing.serving),
        tried=tried_before(pupil, request.membership),
        guardians=[shown_name(guardian) for guardian in guardians_asked(pupil)],
        age=pupil.age_on(timezone.localdate()),
        is_follow_up=_latest_shared(request, pupil) is not None,
        **kwargs,
    )


def _first_words(request: MemberRequest, pupil: Pupil, earlier: Disclosure | None, today: date) -> dict[str, Any]:
    """Return what a new request begins with: what was shared before in the open case, else what the school knows."""
    initial = first_answers(pupil, request.membership, today)
    initial |= first_consents(today, len(guardians_asked(pupil)))
    if earlier is None:
        return initial
    initial |= earlier_answers(earlier.content) | {"service": str(earlier.referral.service_id or "")}
    return initial | dict.fromkeys((f"{giver}_answer" for giver in taken_back(earlier.referral, today)), "")


def _own_draft(request: MemberRequest, pupil: Pupil) -> RequestDraft | None:
    seen = RequestDraft.objects.visible_to(request.membership)
    return seen.filter(pupil=pupil, writer=request.membership.pk).first()


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
    draft = context.get("draft")
    waiting = RequestDraft.objects.visible_to(request.membership).waiting().filter(pupil=pupil)
    context |= {
        "based_on": draft.saved_at.isoformat() if draft else "",
        "waiting": waiting.exclude(writer=request.membership.pk).select_related("writer__user").first(),
        "gap": gap_name(pupil, routing, timezone.localdate()),
        "principal_sends": sends_through_principal(request.membership),
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


def _requests_of(request: MemberRequest) -> Any:
    referrals = Referral.objects.visible_to(request.membership)
    return referrals.select_related("case__pupil", "case__school_unit", "to_unit__parent", "from_unit", "parent")
