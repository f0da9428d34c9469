"""What has come in, and the page where a request is read and answered."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import MemberRequest
from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, roles_that_may
from accounts.roles import Role
from accounts.searches import PARAMETER, keep_search, kept_search
from audit import reading
from cases import access, unit_times
from cases.actions import answers
from cases.ball import states_of
from cases.forms.answers import AcceptForm
from cases.forms.inbox import IntakeSearchForm
from cases.inbox import TABS, UNALLOCATED, Tab, allocated_to, counts_of, late_first, requests_in, rows_of
from cases.inbox_search import found
from cases.models import (
    Decision,
    Disclosure,
    ObjectionAnswer,
    Obligation,
    PreparedNo,
    Question,
    QueuePlace,
    Referral,
)
from cases.obligations import PLACE
from cases.placing import is_placed, may_say_no, may_send_on, must_be_placed
from cases.waiting import absence_while_waiting
from cases.workload import chosen_person, workload_of

PAGE_SIZE = 25


def inbox(request: MemberRequest) -> HttpResponse:
    """List what has come to the reader's units, late first. Neither causes nor absence are in the list.

    A search is sent, kept in the session and shown at an address that does not say what was searched for.
    """
    searched = kept_search(request.session, request.GET.get(PARAMETER, ""))
    form = IntakeSearchForm(request.POST if request.method == "POST" else {"q": searched})
    if request.method == "POST" and form.is_valid():
        return _answer_to(request, form.cleaned_data["q"].strip())
    reader, today = request.membership, timezone.localdate()
    whose = _whose(request)
    received = allocated_to(Referral.objects.received_by(reader), whose)
    counts = counts_of(received)
    tab = _tab(request.GET.get("show"), counts)
    listed = late_first(found(received, searched, today)) if searched else requests_in(tab, received)
    relations = ("case__pupil", "case__school_unit", "to_unit__parent", "handler__user")
    page = Paginator(listed.select_related(*relations), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "searched": searched,
        "whose": whose,
        "tab": None if searched else tab,
        "tabs": [(each, counts[each.code]) for each in TABS],
        "page": page,
        "rows": rows_of(page.object_list, reader, today),
        "names_units": reader.role == Role.UNIT_HEAD,
        "workload": None if searched else workload_of(reader, today),
    }
    reading.note(kind="search" if searched else "list")
    return render(request, "cases/inbox.html", context, status=422 if form.errors else 200)


def _answer_to(request: MemberRequest, words: str) -> HttpResponse:
    """Send the reader on to the answer; an empty search shows the tabs."""
    address = reverse("cases:inbox")
    return redirect(f"{address}?{urlencode({PARAMETER: keep_search(request.session, words)})}" if words else address)


def _whose(request: MemberRequest) -> Membership | str | None:
    """Return whose requests are asked for: a person of the reader's units, nobody's, or None for all."""
    wanted = request.GET.get("person", "")
    return UNALLOCATED if wanted == UNALLOCATED else chosen_person(request.membership, wanted)


def _tab(wanted: str | None, counts: dict[str, int]) -> Tab:
    """Return the tab asked for, else the first with something in it."""
    filled = (tab for tab in TABS if counts[tab.code])
    return next((tab for tab in TABS if tab.code == wanted), None) or next(filled, TABS[0])


def assess_request(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Show a request as it was shared, and the answer panel with yes open."""
    referral = received(request, referral_id)
    return answer_page(request, referral, "accept", accept_form(request, referral))


def received(request: MemberRequest, referral_id: UUID) -> Referral:
    """Return a request that came to a unit of the reader; 404 for others."""
    referrals = Referral.objects.received_by(request.membership).select_related(
        "case__pupil", "case__school_unit", "to_unit__parent", "from_unit", "sent_by__user", "handler__user", "parent",
        "service",
    )  # fmt: skip
    return get_object_or_404(referrals, pk=referral_id)


def people_of(unit: Unit) -> QuerySet[Membership]:
    """Return those who can have a request in `unit` today."""
    roles = roles_that_may(Action.DECIDE, Object.REQUEST, unit.side)
    return Membership.objects.working_in(unit, roles, timezone.localdate())


def accept_form(request: MemberRequest, referral: Referral, data: Any = None) -> AcceptForm:
    """Return the yes with its proposals filled in."""
    people = people_of(referral.to_unit)
    today = timezone.localdate()
    usual_day = unit_times.due_on("first_contact", referral.to_unit, today)
    return AcceptForm(data, people=people, reader=request.membership, today=today, usual_day=usual_day)


def answer_page(request: MemberRequest, referral: Referral, panel: str, form: forms.Form) -> HttpResponse:
    """Show the request with `panel` of the answer open; with HTMX only the panel. The first opening is noted."""
    reader = request.membership
    if answers.open_request(referral=referral, by=reader, at=timezone.now()):
        referral.refresh_from_db()
    answers.note_reading(case=referral.case, by=reader, at=timezone.now())
    form.initial.update(_asked_for(request, form))
    may_answer = access.may_answer(reader, referral)
    shared = (
        Disclosure.objects.requests().visible_to(reader).filter(referral=referral).order_by("disclosed_at", "pk").last()
    )
    today = timezone.localdate()
    state = states_of([referral.case], today)[0]
    context = {
        "referral": referral,
        "state": state,
        "shared": shared,
        "name": shared.content["pupil"]["name"] if shared else "",
        "questions": Question.objects.visible_to(reader)
        .filter(referral=referral)
        .select_related("asked_by__user", "answered_by__user"),
        "waiting": absence_while_waiting(referral, shared.content, today) if shared else None,
        "earlier": _earlier_answers(referral, reader),
        "panel": panel,
        "form": form,
        "may_answer": may_answer,
        "may_acknowledge": access.may_acknowledge(reader, referral),
        "may_ask": may_answer and referral.status not in {Referral.Status.ASKED, Referral.Status.QUEUED},
        "may_queue": may_answer and referral.status != Referral.Status.ASKED,
        "place": QueuePlace.objects.visible_to(reader).filter(referral=referral).defer(None).last(),
        "must_be_placed": must_be_placed(referral),
        "may_send_on": may_send_on(referral),
        "may_say_no": may_say_no(referral),
        **_decided_from_above(referral, reader),
        "prepared": latest_prepared(request, referral),
        "may_work": access.may_work(reader, referral),
        "holds": [ball for ball in state.balls if ball.obligation.referral_id == referral.pk],
    }
    template = "cases/assess_request.html" + ("#answer" if wants_partial(request) else "")
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def _asked_for(request: MemberRequest, form: forms.Form) -> dict[str, str]:
    """Return the service that a link proposes to send the request on to, where the panel asks for one."""
    wanted = request.GET.get("service", "")
    return {"service": wanted} if wanted and "service" in form.fields else {}


def _decided_from_above(referral: Referral, reader: Membership) -> dict[str, Any]:
    """Return what a coordinator or managers said when they decided that the request is this unit's to answer."""
    if referral.given_back_from is not None:
        given = ObjectionAnswer.objects.visible_to(reader).filter(objection__referral=referral.given_back_from)
        said = given.exclude(conditions="")
        return {"given_back": True, "conditions": said.select_related("unit")}
    if not is_placed(referral):
        return {"asked": Obligation.objects.visible_to(reader).open().filter(kind=PLACE, referral=referral).first()}
    placed = Obligation.objects.visible_to(reader).filter(kind="take_over", referral=referral)
    return {"placed": placed.defer(None).first()}


def latest_prepared(request: MemberRequest, referral: Referral) -> PreparedNo | None:
    """Return the latest no that takes two, while it waits or has come back: for a request that has no answer."""
    if referral.status not in Referral.UNANSWERED:
        return None
    prepared = PreparedNo.objects.visible_to(request.membership).filter(referral=referral)
    latest = prepared.select_related("prepared_by__user", "ended_by__user", "code").last()
    return latest if latest is not None and latest.ending != PreparedNo.Ending.REPLACED else None


def _earlier_answers(referral: Referral, reader: Membership) -> list[Decision]:
    """Return what the reader's own units answered before in the case, and why this request was sent on to them."""
    decisions = Decision.objects.visible_to(reader).filter(referral__case=referral.case).exclude(referral=referral)
    return list(
        decisions.select_related("referral__to_unit", "given__code", "decided_by__user", "next_holder").order_by(
            "-decided_at"
        )
    )


def wants_partial(request: MemberRequest) -> bool:
    """Say whether HTMX asks for a part of the page: not when it goes back in history."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
