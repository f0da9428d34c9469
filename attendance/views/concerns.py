"""Concerns: see what became of one, say what becomes of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import MemberRequest
from deadlines.due import due_on

from .. import actions
from ..access import may_answer_concern
from ..forms import AnswerConcernForm
from ..models import Concern, Sign
from .saying import too_late

HARM, ANSWER = Concern.Harm, Concern.Answer


def report_duty(request: MemberRequest, concern_id: UUID) -> HttpResponse:
    """Remind of the personal duty to report a child who may be harmed; the concern is already saved."""
    concern = _read(request, concern_id)
    return render(request, "attendance/report_duty.html", {"concern": concern})


def concern_saved(request: MemberRequest, concern_id: UUID) -> HttpResponse:
    """Give the receipt: who has the concern now, and by when they answer."""
    concern = _read(request, concern_id)
    context = {"concern": concern, "ask_for_advice": concern.harm_suspected == HARM.UNSURE}
    return render(request, "attendance/concern_saved.html", context)


def concern_detail(request: MemberRequest, concern_id: UUID) -> HttpResponse:
    """Show a concern and what became of it."""
    concern = _read(request, concern_id)
    context = {
        "concern": concern,
        "due": due_on(concern.due_on, timezone.localdate()),
        "signs": _signs(concern),
        "may_answer": not concern.answer and may_answer_concern(request.membership, concern),
    }
    return render(request, "attendance/concern_detail.html", context)


def answer_concern(request: MemberRequest, concern_id: UUID) -> HttpResponse:
    """Say what becomes of a concern."""
    concern = _read(request, concern_id)
    others = Concern.objects.visible_to(request.membership).with_page_relations().beside(concern)
    form = AnswerConcernForm(request.POST or None, others=others)
    if request.method == "POST" and form.is_valid():
        return _answered(request, concern, form)
    context = {"form": form, "concern": concern, "signs": _signs(concern)}
    return render(request, "attendance/answer_concern.html", context, status=422 if form.errors else 200)


def _answered(request: MemberRequest, concern: Concern, form: AnswerConcernForm) -> HttpResponse:
    told = form.cleaned_data
    try:
        answered = actions.answer_concern(concern=concern, **told, by=request.membership, at=timezone.now())
    except actions.ConcernAlreadyAnswered:
        words = _("A colleague has already answered this concern. Nothing of yours was saved.")
        return too_late(request, words, form, reverse("attendance:concern_detail", args=[concern.pk]))
    except actions.NotAllowed:
        raise PermissionDenied from None
    messages.success(request, ngettext(
        "Saved. The one who logged the concern can read your answer.",
        "Saved. You have answered %(n)s concerns; those who logged them can read it.", len(answered),
    ) % {"n": len(answered)})  # fmt: skip
    if told["answer"] == ANSWER.REQUEST:
        return redirect(f"{reverse('cases:request_support')}?pupil={concern.pupil_id}")
    if told["answer"] == ANSWER.INVESTIGATE:
        return redirect("attendance:investigation_list", concern.pupil_id)
    return redirect("attendance:concern_detail", concern.pk)


def _read(request: MemberRequest, concern_id: UUID) -> Concern:
    """Fetch a concern that the reader may see."""
    concerns = Concern.objects.visible_to(request.membership).with_page_relations()
    return get_object_or_404(concerns, pk=concern_id)


def _signs(concern: Concern) -> list[str]:
    return [str(Sign(sign).label) for sign in concern.signs]
