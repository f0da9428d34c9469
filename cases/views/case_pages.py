"""The cases of a unit, and one case: its timeline, its internal notes, what has been shared, its closing."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import MemberRequest
from accounts.models import Membership, Unit
from accounts.roles import Role
from audit import reading
from cases import access
from cases.actions import answers, closing, notes
from cases.actions.work import note_feedback_read
from cases.ball import CaseState, states_of
from cases.forms.closing import CloseCaseForm
from cases.forms.notes import InternalNoteForm
from cases.heartbeats import heartbeat_of
from cases.models import Case, Consent, Disclosure, Feedback, JointMeeting, Question, Referral, notes_of
from cases.models.sharing import DisclosureQuerySet
from cases.next_actions import next_actions
from cases.timeline import timeline_of

from .attempt import refused, sent
from .conflict import conflict_page

PAGE_SIZE = 25


def case_list(request: MemberRequest) -> HttpResponse:
    """List the unit's cases: the ball with us, waiting for others, closed."""
    today = timezone.localdate()
    cases = Case.objects.visible_to(request.membership).select_related("pupil", "school_unit")
    ours, waiting = _sorted_by_holder(states_of(cases.open(), today), request.membership)
    closed = cases.exclude(closed_at=None).order_by("-closed_at", "pk")
    tab = request.GET.get("show", "")
    if tab == "closed":
        page = _page_of(request, closed)
        states = states_of(page.object_list, today)
    else:
        tab = "waiting" if tab == "waiting" else "ours"
        page = _page_of(request, waiting if tab == "waiting" else ours)
        states = list(page.object_list)
    reading.note(kind="list")
    reading.only(state.case.pupil_id for state in states)
    tabs = [
        ("ours", _("Ball with us"), len(ours)),
        ("waiting", _("Waiting for others"), len(waiting)),
        ("closed", pgettext("cases", "Closed"), closed.count()),
    ]
    return render(request, "cases/case_list.html", {"tab": tab, "tabs": tabs, "page": page, "states": states})


def _page_of(request: MemberRequest, rows: Any) -> Page:
    """Return the page asked for; the nearest one for an odd number."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def _sorted_by_holder(states: list[CaseState], reader: Membership) -> tuple[list[CaseState], list[CaseState]]:
    """Divide open cases by whether a unit of `reader` has the ball, what is due first on top."""
    own = {reader.unit_id}
    if reader.role == Role.UNIT_HEAD:
        own |= set(Unit.objects.below(reader.unit).values_list("pk", flat=True))
    held = [state for state in states if state.ball is not None]
    held.sort(key=lambda state: (state.ball.obligation.due_on, state.case.number))  # type: ignore[union-attr]
    ours: list[CaseState] = []
    waiting: list[CaseState] = []
    for state in held:
        (ours if state.ball.unit.pk in own else waiting).append(state)  # type: ignore[union-attr]
    return ours, waiting


def case_detail(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show one case: who has the ball, what can be done, the request as shared, and what has happened."""
    case = _case(request, case_id)
    _note_first_opening(request, case)
    state = _state(case)
    only_shared = request.GET.get("shared") == "1"
    timeline = timeline_of(case, request.membership)
    reader = request.membership
    if access.may_speak_for_school(reader, case):
        note_feedback_read(case=case, by=reader, at=timezone.now())
    questions = Question.objects.visible_to(reader).open().filter(referral__case=case)
    unread = Feedback.objects.visible_to(reader).filter(case=case, acknowledged_at=None)
    context = {
        "state": state,
        "tab": "events",
        "actions": next_actions(state, reader),
        "question": questions.select_related("asked_by__user", "referral__to_unit").first(),
        "said_no": _answer_that_waits(state, timeline),
        "unread": unread.select_related("sent_by__user", "from_unit", "to_unit", "read_by__unit").order_by(
            "sent_at", "pk"
        ),
        "may_acknowledge": access.may_speak_for_school(reader, case),
        "shared": _shared(request, case).requests().last(),
        "timeline": [item for item in timeline if not (only_shared and item.is_internal)],
        "meetings": JointMeeting.objects.visible_to(reader)
        .filter(case=case)
        .with_page_relations()
        .order_by("-called_at", "pk"),
        "heartbeat": heartbeat_of(state, reader),
        "only_shared": only_shared,
        "may_see_who_has_read": access.may_see_who_has_read(reader),
    }
    return render(request, "cases/case_detail.html", context)


def _note_first_opening(request: MemberRequest, case: Case) -> None:
    """Let the sender see that the receiver has opened the request, also when it is read on the case page."""
    answers.note_reading(case=case, by=request.membership, at=timezone.now())
    sent = Referral.objects.received_by(request.membership).filter(case=case, status=Referral.Status.SENT)
    for referral in sent.select_related("case", "to_unit__parent"):
        answers.open_request(referral=referral, by=request.membership, at=timezone.now())


def _answer_that_waits(state: CaseState, timeline: list[Any]) -> Any:
    """Return the no, or the interruption, that the school has not responded to."""
    if not any(ball.obligation.kind == "respond_to_no" for ball in state.balls):
        return None
    return next((item for item in timeline if item.kind in {"request_declined", "work_interrupted"}), None)


def internal_notes(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Write and read what only one's own unit can read."""
    case = _case(request, case_id)
    reader = request.membership
    form = InternalNoteForm(sent(request), unit=reader.unit, initial={"submission": uuid4()})
    if request.method == "POST" and form.is_valid():
        stop = refused(request, partial(notes.write_internal_note, case=case), case, form, **form.cleaned_data)
        if stop is not None:
            return stop
        messages.success(request, _("Saved. Only %(unit)s can read it.") % {"unit": reader.unit.short_name})
        return redirect("cases:internal_notes", case.pk)
    written = notes_of(reader).objects.visible_to(reader).filter(case=case).select_related("written_by__user", "unit")
    context = {
        "state": _state(case),
        "tab": "internal",
        "form": form,
        "notes": written.order_by("-written_at", "-pk"),
    }
    return render(request, "cases/internal_notes.html", context, status=422 if form.is_bound else 200)


def shared_items(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show what has crossed the border, to whom, on what ground, when it was read, and who agreed."""
    case = _case(request, case_id)
    consents = Consent.objects.visible_to(request.membership).filter(case=case)
    context = {
        "state": _state(case),
        "tab": "shared",
        "may_see_consents": access.may_see_consents(request.membership, case),
        "disclosures": _shared(request, case).reverse(),
        "consents": consents.select_related("to_unit", "noted_by__user").order_by("-noted_at", "giver", "pk"),
    }
    return render(request, "cases/shared_items.html", context)


def close_case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Close the case with its outcome: first the form, then the question whether it is meant."""
    case = _case(request, case_id)
    form = CloseCaseForm(sent(request))
    if not access.may_close(request.membership, case):
        return conflict_page(request, case, form if form.is_bound else None)
    valid = request.method == "POST" and form.is_valid()
    if valid and "confirmed" in request.POST:
        stop = refused(request, partial(closing.close_case, case=case), case, form, **form.cleaned_data)
        if stop is not None:
            return stop
        messages.success(request, _("The case is closed."))
        return redirect("cases:case_detail", case.pk)
    asks = valid and "change" not in request.POST
    state = _state(case)
    context = {"form": form, "state": state, "asks": asks, "outcome": _chosen(form) if asks else ""}
    return render(request, "cases/close_case.html", context, status=422 if form.errors else 200)


def _chosen(form: CloseCaseForm) -> str:
    return str(Case.Outcome(form.cleaned_data["outcome"]).label)


def _case(request: MemberRequest, case_id: UUID) -> Case:
    cases = Case.objects.visible_to(request.membership).select_related("pupil", "school_unit", "closed_by__user")
    return get_object_or_404(cases, pk=case_id)


def _state(case: Case) -> CaseState:
    return states_of([case], timezone.localdate())[0]


def _shared(request: MemberRequest, case: Case) -> DisclosureQuerySet:
    """Return what has been shared in the case as far as the reader's unit gave or got it, oldest first."""
    shared = Disclosure.objects.visible_to(request.membership).filter(case=case)
    return shared.select_related(
        "from_unit", "to_unit", "disclosed_by__user", "read_by__user", "referral__to_unit"
    ).order_by("disclosed_at", "pk")
