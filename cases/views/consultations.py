"""Consultations without a name: the list of either side, asking, reading and answering."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.roles import Side
from cases import access
from cases.actions import consulting as actions
from cases.consulting import units_to_ask
from cases.forms.consultations import AnswerForm, AskForm
from cases.ledger import AlreadyDone
from cases.models import Consultation
from cases.nameless import class_in
from deadlines.due import due_on

from .attempt import sent
from .naming import done_without_names

PAGE_SIZE = 25


def consultation_list(request: MemberRequest) -> HttpResponse:
    """List what the school has asked, or the unit been asked: those that wait, by last day, or the answered."""
    found = Consultation.objects.visible_to(request.membership).with_page_relations()
    is_done = request.GET.get("show") == "answered"
    chosen = found.exclude(answered_at=None).order_by("-answered_at", "pk") if is_done else found.unanswered().order_by(
        "due_on", "asked_at", "pk"
    )  # fmt: skip
    page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": page,
        "rows": [(one, due_on(one.due_on, today)) for one in page],
        "is_done": is_done,
        "asks": access.may_consult(request.membership),
    }
    return render(request, "cases/consultation_list.html", context)


def ask_consultation(request: MemberRequest) -> HttpResponse:
    """Ask a question that names nobody."""
    form = AskForm(sent(request), units=units_to_ask(request.membership, timezone.localdate()))
    if form.is_valid():
        asked = done_without_names(request, form, actions.ask, **form.cleaned_data)
        if asked is not None:
            _warn_of_class(request, asked.question)
            messages.success(
                request, _("Sent. %(unit)s answers within three working days.") % {"unit": asked.to_unit.short_name}
            )
            return redirect("cases:consultation_detail", asked.pk)
    return render(request, "cases/ask_consultation.html", {"form": form}, status=422 if form.errors else 200)


def consultation_detail(request: MemberRequest, consultation_id: UUID) -> HttpResponse:
    """Show the question and its answer; whoever works at the unit that was asked answers here."""
    found = Consultation.objects.visible_to(request.membership).with_page_relations()
    consultation = get_object_or_404(found, pk=consultation_id)
    may_answer = access.may_answer_consultation(request.membership, consultation)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied
    form = AnswerForm(sent(request))
    if form.is_valid() and not consultation.is_answered:
        try:
            answered = done_without_names(request, form, actions.answer, consultation=consultation, **form.cleaned_data)
        except AlreadyDone:
            consultation.refresh_from_db()
        else:
            if answered is not None:
                _warn_of_class(request, answered.answer)
                messages.success(
                    request, _("Answered. %(school)s sees it now.") % {"school": consultation.school_unit.short_name}
                )
                return redirect("cases:consultation_detail", consultation.pk)
    return _detail_page(request, consultation, form, may_answer=may_answer)


def _detail_page(
    request: MemberRequest, consultation: Consultation, form: AnswerForm, *, may_answer: bool
) -> HttpResponse:
    """Show the page: 409 with what was typed where a colleague was faster, 422 where the form was refused."""
    was_late = form.is_bound and consultation.is_answered
    context = {
        "consultation": consultation,
        "due": due_on(consultation.due_on, timezone.localdate()),
        "form": form,
        "may_answer": may_answer and not consultation.is_answered,
        "typed": form["text"].value() if was_late else "",
        "is_school": request.membership.side == Side.SCHOOL,
    }
    status = 409 if was_late else 422 if form.errors else 200
    return render(request, "cases/consultation_detail.html", context, status=status)


def _warn_of_class(request: MemberRequest, text: str) -> None:
    """Say that a class was named: it is allowed, and in a small school it points somebody out."""
    named = class_in(text)
    if named:
        messages.warning(
            request,
            _("You wrote %(name)s. A class can point out a pupil in a small school: write the stage next time.")
            % {"name": named},
        )
