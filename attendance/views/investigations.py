"""Investigations of absence: opened or decided against, worked on task by task, finished, and printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from deadlines.due import due_on
from schools.models import Pupil

from .. import investigating as actions
from ..access import may_change_investigation, may_decide_not_needed, may_open_investigation
from ..actions import NotAllowed
from ..investigation_forms import (
    EXAMPLES,
    CausesForm,
    DutyForm,
    FinishForm,
    HandOverForm,
    NotNeededForm,
    OpenForm,
    SupportForm,
    TaskForm,
)
from ..investigation_rows import causes_of, duty_rows, pattern_rows, progress_of
from ..models import AbsenceInvestigation, InvestigationDuty, InvestigationTask
from .finding import pupil_of
from .saying import say_which_days, too_late

Form = forms.Form


def investigation_list(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show whether a pupil's absence is investigated, and what was before."""
    pupil = pupil_of(request, pupil_id)
    rows = AbsenceInvestigation.objects.visible_to(request.membership).filter(pupil=pupil).with_page_relations()
    investigations = list(rows.order_by("-opened_at", "pk"))
    current = next((one for one in investigations if one.closed_at is None), None)
    is_going_on = current is not None and current.is_needed
    context = {
        "pupil": pupil,
        "current": current,
        "due": current and due_on(current.due_on, timezone.localdate()),
        "progress": progress_of(current) if current is not None and is_going_on else "",
        "earlier": [one for one in investigations if one is not current],
        "may_open": not is_going_on and may_open_investigation(request.membership, pupil),
        "may_decide": not is_going_on and may_decide_not_needed(request.membership, pupil),
    }
    return render(request, "attendance/investigation_list.html", context)


def open_investigation(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Begin to investigate a pupil's absence."""
    pupil = pupil_of(request, pupil_id)
    at = timezone.now()
    initial = {"submission": uuid4(), "lead": request.membership.pk}
    form = OpenForm(request.POST or None, leads=actions.leads(request.membership, at), initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _begun(
            request,
            pupil,
            form,
            lambda told: actions.open_investigation(pupil=pupil, **told, by=request.membership, at=at),
        )
        if answer is not None:
            return answer
    return _page(request, "open_investigation", form, {"pupil": pupil})


def investigation_not_needed(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Decide that no investigation is needed now."""
    pupil = pupil_of(request, pupil_id)
    form = NotNeededForm(request.POST or None, initial={"submission": uuid4()})
    if request.method == "POST" and form.is_valid():
        answer = _begun(
            request,
            pupil,
            form,
            lambda told: actions.decide_not_needed(pupil=pupil, **told, by=request.membership, at=timezone.now()),
        )
        if answer is not None:
            return answer
    return _page(request, "investigation_not_needed", form, {"pupil": pupil})


def investigation_detail(request: MemberRequest, pupil_id: UUID, investigation_id: UUID) -> HttpResponse:
    """Show an investigation: what has been found out, whom to tell, what is left; made to be printed too."""
    investigation = _read(request, pupil_id, investigation_id)
    today = timezone.localdate()
    is_open = investigation.closed_at is None
    may_change = may_change_investigation(request.membership, investigation)
    context = {
        "investigation": investigation,
        "due": due_on(investigation.due_on, today),
        "progress": progress_of(investigation),
        "duties": duty_rows(investigation, today),
        "causes": causes_of(investigation),
        "pattern": pattern_rows(investigation),
        "may_change": may_change and is_open and investigation.is_needed,
        "may_tell": may_change and investigation.is_needed,
    }
    return render(request, "attendance/investigation_detail.html", context)


def hand_over_investigation(request: MemberRequest, pupil_id: UUID, investigation_id: UUID) -> HttpResponse:
    """Let somebody else lead an investigation."""
    investigation = _read(request, pupil_id, investigation_id)
    people = actions.leads(request.membership, timezone.now())
    form = HandOverForm(request.POST or None, leads=people, initial={"lead": investigation.lead_id})
    act = _acting(request, actions.hand_over_investigation, investigation)
    return _form_page(request, investigation, "hand_over_investigation", form, act)


def write_task(request: MemberRequest, pupil_id: UUID, task_id: UUID) -> HttpResponse:
    """Write what was found out in one task; when somebody was faster both texts are shown."""
    tasks = InvestigationTask.objects.visible_to(request.membership).select_related("investigation")
    task = get_object_or_404(tasks, pk=task_id, investigation__pupil=pupil_id)
    investigation = _read(request, pupil_id, task.investigation_id)
    form = TaskForm(request.POST or None, task=task, initial=_as_it_stands(task))
    if request.method == "POST" and form.is_valid():
        try:
            answer = _worked(
                request,
                investigation,
                form,
                lambda told: actions.write_task(task=task, **told, by=request.membership, at=timezone.now()),
            )
        except actions.SomebodyWrote as faster:
            return _both_texts(request, investigation, faster.task)
        if answer is not None:
            return answer
    return _page(request, "write_task", form, {"investigation": investigation, "task": task, "theirs": None})


def name_causes(request: MemberRequest, pupil_id: UUID, investigation_id: UUID) -> HttpResponse:
    """Tick what set the absence off and what keeps it up. These are ticked here and shown nowhere else."""
    investigation = _read(request, pupil_id, investigation_id)
    initial = {
        "setting_off": investigation.setting_off,
        "keeping_up": investigation.keeping_up,
        "in_words": investigation.causes_in_words,
    }
    form = CausesForm(request.POST or None, initial=initial)
    examples = [(AbsenceInvestigation.Domain(domain).label, words) for domain, words in EXAMPLES.items()]
    act = _acting(request, actions.name_causes, investigation)
    return _form_page(request, investigation, "name_causes", form, act, {"examples": examples})


def record_support(request: MemberRequest, pupil_id: UUID, investigation_id: UUID) -> HttpResponse:
    """Record the facts about special support and the action plan."""
    investigation = _read(request, pupil_id, investigation_id)
    names = ("special_support", "special_support_on", "action_plan", "action_plan_on")
    form = SupportForm(request.POST or None, initial={name: getattr(investigation, name) for name in names})
    return _form_page(
        request, investigation, "record_support", form, _acting(request, actions.record_support, investigation)
    )


def record_duty(request: MemberRequest, pupil_id: UUID, duty_id: UUID) -> HttpResponse:
    """Record that somebody has been told."""
    duties = InvestigationDuty.objects.visible_to(request.membership)
    duty = get_object_or_404(duties, pk=duty_id, investigation__pupil=pupil_id)
    investigation = _read(request, pupil_id, duty.investigation_id)
    form = DutyForm(request.POST or None, initial={"done_on": duty.done_on or timezone.localdate(), "note": duty.note})

    def act(told: dict[str, Any]) -> Any:
        return actions.record_duty(duty=duty, **told, by=request.membership, at=timezone.now())

    return _form_page(request, investigation, "record_duty", form, act, {"duty": duty})


def finish_investigation(request: MemberRequest, pupil_id: UUID, investigation_id: UUID) -> HttpResponse:
    """Finish an investigation."""
    investigation = _read(request, pupil_id, investigation_id)
    left = [task for task in investigation.tasks.all() if not task.is_settled]
    form = FinishForm(request.POST or None, left=left)
    act = _acting(request, actions.finish_investigation, investigation)
    return _form_page(request, investigation, "finish_investigation", form, act, {"left": left})


def _acting(
    request: MemberRequest, action: Callable[..., Any], investigation: AbsenceInvestigation
) -> Callable[..., Any]:
    return lambda told: action(investigation=investigation, **told, by=request.membership, at=timezone.now())


def _form_page(
    request: MemberRequest,
    investigation: AbsenceInvestigation,
    page: str,
    form: Form,
    act: Callable[..., Any],
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = _worked(request, investigation, form, act)
        if answer is not None:
            return answer
    return _page(request, page, form, {"investigation": investigation, **(more or {})})


def _page(request: MemberRequest, page: str, form: Form, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, f"attendance/{page}.html", {"form": form, **context}, status=status)


def _begun(request: MemberRequest, pupil: Pupil, form: Form, act: Callable[..., Any]) -> HttpResponse | None:
    """Open or decide, and go on to it; None when a day is wrong, which the form then says."""
    try:
        investigation = act(form.cleaned_data)
    except actions.WrongDay as wrong:
        say_which_days(form, wrong)
        return None
    except actions.InvestigationIsOpen:
        there = reverse("attendance:investigation_list", args=[pupil.pk])
        return too_late(request, _("The absence is already being investigated."), form, there)
    except NotAllowed:
        raise PermissionDenied from None
    if not investigation.is_needed:
        messages.success(request, _("Saved. You are reminded when it is time to look again."))
        return redirect("attendance:investigation_list", pupil.pk)
    messages.success(request, _("The investigation has begun. These are to be told, and this is to be looked into."))
    return redirect("attendance:investigation_detail", pupil.pk, investigation.pk)


def _worked(
    request: MemberRequest, investigation: AbsenceInvestigation, form: Form, act: Callable[..., Any]
) -> HttpResponse | None:
    """Do what was asked and go back to the investigation; None when something is missing, which the form then says."""
    try:
        act(form.cleaned_data)
    except actions.WrongDay as wrong:
        say_which_days(form, wrong)
        return None
    except actions.SomethingIsLeft as left:
        form.add_error(left.field if left.field in form.fields else None, _still_missing(left.field))
        return None
    except actions.InvestigationIsClosed:
        there = reverse("attendance:investigation_detail", args=[investigation.pupil_id, investigation.pk])
        return too_late(request, _("The investigation is finished. Nothing of yours was saved."), form, there)
    except (NotAllowed, actions.CannotBeLeftOut):
        raise PermissionDenied from None
    messages.success(request, _("Saved."))
    return redirect("attendance:investigation_detail", investigation.pupil_id, investigation.pk)


def _still_missing(field: str) -> str:
    if field == "special_support":
        return _("First say whether the need of special support is investigated (School Act 3:7).")
    if field == "left_undone":
        return _("Write why something was left, or finish the tasks first")
    return _("Write what it came to")


def _both_texts(request: MemberRequest, investigation: AbsenceInvestigation, theirs: InvestigationTask) -> HttpResponse:
    """Show what somebody else saved beside what the reader wrote; sending again lets the reader's text stand."""
    kept = {**request.POST.dict(), "seen_at": theirs.changed_at.isoformat() if theirs.changed_at else ""}
    mine = TaskForm(kept, task=theirs)
    context = {"form": mine, "investigation": investigation, "task": theirs, "theirs": theirs}
    return render(request, "attendance/write_task.html", context, status=409)


def _as_it_stands(task: InvestigationTask) -> dict[str, Any]:
    return {
        "own_words": task.own_words,
        "text": task.text,
        "status": task.status,
        "seen_at": task.changed_at.isoformat() if task.changed_at else "",
    }


def _read(request: MemberRequest, pupil_id: UUID, investigation_id: UUID) -> AbsenceInvestigation:
    """Fetch an investigation that the reader may see."""
    investigations = AbsenceInvestigation.objects.visible_to(request.membership).with_page_relations()
    return get_object_or_404(investigations, pk=investigation_id, pupil=pupil_id)
