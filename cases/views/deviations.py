"""Deviations in the co-operation: registering, reading, answering, and taking them along."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import MemberRequest
from audit import reading
from cases import access
from cases.actions import deviating as actions
from cases.deviating import units_of_the_other_side
from cases.deviation_export import exported
from cases.forms.deviations import DeviationAnswerForm, DeviationForm
from cases.ledger import AlreadyDone
from cases.models import Case, Deviation
from deadlines.due import due_on

from .acting import Act, acting_page
from .attempt import sent
from .naming import done_without_names
from .overseeing import overseeing

PAGE_SIZE = 25


@overseeing
def deviation_list(request: MemberRequest) -> HttpResponse:
    """List the reader's deviations: those that wait, by last day, or the answered."""
    found = Deviation.objects.visible_to(request.membership).with_page_relations()
    is_done = request.GET.get("show") == "answered"
    waiting = found.unanswered().order_by("due_on", "pk")
    chosen = found.exclude(responded_at=None).order_by("-responded_at", "pk") if is_done else waiting
    page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    reading.note(kind="list")
    reading.only(one.case.pupil_id for one in page)
    context = {"page": page, "rows": [(one, due_on(one.due_on, today)) for one in page], "is_done": is_done}
    return render(request, "cases/deviation_list.html", context)


@overseeing
def export_deviations(request: MemberRequest) -> HttpResponse:
    """Give the reader's deviations as a file, for the unit's own process."""
    found = list(Deviation.objects.visible_to(request.membership).with_page_relations())
    reading.note(kind="list")
    reading.only(one.case.pupil_id for one in found)
    response = HttpResponse(exported(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="deviations-{timezone.localdate():%Y-%m-%d}.csv"'
    return response


def register_deviation(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Register what went wrong in the co-operation about a case that the reader reads."""
    cases = Case.objects.visible_to(request.membership).select_related("pupil", "school_unit")
    case = get_object_or_404(cases, pk=case_id)
    units = units_of_the_other_side(request.membership, case)
    if not units or not access.may_register_deviation(request.membership, case):
        raise PermissionDenied
    form = DeviationForm(sent(request), units=units)
    if form.is_valid():
        done = done_without_names(request, form, actions.register_deviation, case=case, **form.cleaned_data)
        if done is not None:
            messages.success(request, _("Registered. The managers of both sides have it."))
            return redirect("cases:deviation_detail", done.pk)
    act = Act(
        "register_deviation", _("Register a deviation"), pgettext("button", "Register"),
        [
            _("Something in the co-operation went wrong. The managers of both sides get it, and the other side's "
              "manager answers within twenty working days. The case goes on as before."),
        ],
    )  # fmt: skip
    return acting_page(request, case, act, form)


@overseeing
def deviation_detail(request: MemberRequest, deviation_id: UUID) -> HttpResponse:
    """Show a deviation and its answer; the manager of the unit that it is about answers here."""
    found = Deviation.objects.visible_to(request.membership).with_page_relations()
    deviation = get_object_or_404(found, pk=deviation_id)
    may_answer = access.may_answer_deviation(request.membership, deviation)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied
    reading.only([deviation.case.pupil_id])
    form = DeviationAnswerForm(sent(request))
    if form.is_valid() and not deviation.is_answered:
        try:
            answered = done_without_names(
                request, form, actions.answer_deviation, deviation=deviation, **form.cleaned_data
            )
        except AlreadyDone:
            deviation = found.get(pk=deviation.pk)
        else:
            if answered is not None:
                messages.success(request, _("Answered. The other side sees it now."))
                return redirect("cases:deviation_detail", deviation.pk)
    was_late = form.is_bound and deviation.is_answered
    context = {
        "deviation": deviation,
        "due": due_on(deviation.due_on, timezone.localdate()),
        "form": form,
        "may_answer": may_answer and not deviation.is_answered,
        "typed": form["response"].value() if was_late else "",
    }
    status = 409 if was_late else 422 if form.errors else 200
    return render(request, "cases/deviation_detail.html", context, status=status)
