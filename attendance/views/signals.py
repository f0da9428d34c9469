"""Early signals: who is without help, and one button to do something."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, allow
from audit.actions import record_reading
from deadlines.due import due_on

from .. import actions
from ..access import SCHOOL_ROLES
from ..charts import Line
from ..figures import absences_of, weeks_of
from ..forms import AnswerSignalForm
from ..models import Concern, Signal, SignalQuerySet
from ..reported import reported_until
from ..todo import class_and_initials

ROWS = 25
TREND_WEEKS = 12
NEW, WATCHED, ALL = "new", "watched", "all"
SPARKLINE = (110, 28)


@require_GET
@allow(*SCHOOL_ROLES)
def signal_list(request: MemberRequest) -> HttpResponse:
    """Show the signals that wait for an answer: those without help first, oldest first."""
    today = timezone.localdate()
    signals = Signal.objects.visible_to(request.membership)
    tabs = {NEW: signals.waiting(today), WATCHED: signals.watched(today), ALL: signals}
    show = request.GET.get("show") if request.GET.get("show") in tabs else NEW
    page = Paginator(_in_order(tabs[show]), ROWS).get_page(request.GET.get("page"))
    record_reading(
        page="attendance:signal_list",
        targets=[signal.pupil for signal in page],
        by=request.membership,
        at=timezone.now(),
    )
    context = {
        "rows": _rows(page, today),
        "page": page,
        "show": show,
        "counts": {NEW: tabs[NEW].one_per_pupil().count(), WATCHED: tabs[WATCHED].one_per_pupil().count()},
        "reported": reported_until(request.membership.unit, today),
    }
    return render(request, "attendance/signal_list.html", context)


@require_http_methods(["GET", "POST"])
@allow(*SCHOOL_ROLES)
def answer_signal(request: MemberRequest, signal_id: UUID) -> HttpResponse:
    """Watch a pupil for two weeks, or say that the signal is already handled."""
    signals = Signal.objects.visible_to(request.membership).with_page_relations()
    signal = get_object_or_404(signals, pk=signal_id)
    form = AnswerSignalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, signal, form.cleaned_data)
    record_reading(page="attendance:answer_signal", targets=[signal.pupil], by=request.membership, at=timezone.now())
    context = {"form": form, "signal": signal, "label": class_and_initials(signal.pupil)}
    return render(request, "attendance/answer_signal.html", context, status=422 if form.errors else 200)


def _answered(request: MemberRequest, signal: Signal, told: dict[str, Any]) -> HttpResponse:
    """Answer, and say so: in the row for HTMX, else on top of the list."""
    label = class_and_initials(signal.pupil)
    try:
        signals = actions.answer_signal(signal=signal, **told, by=request.membership, at=timezone.now())
        receipt = _receipt(label, signals[0])
    except actions.SignalAlreadyAnswered:
        receipt = _("%(pupil)s: a colleague has already answered.") % {"pupil": label}
    if request.htmx:
        return render(request, "attendance/signal_list.html#receipt", {"signal": signal, "receipt": receipt})
    messages.success(request, receipt)
    return redirect("attendance:signal_list")


def _receipt(label: str, signal: Signal) -> str:
    if signal.watch_until:
        day = format_date(signal.watch_until, pgettext("date format", "j M"))
        return _("%(pupil)s is watched until %(day)s.") % {"pupil": label, "day": day}
    return _("%(pupil)s: already handled.") % {"pupil": label}


def _in_order(signals: SignalQuerySet) -> SignalQuerySet:
    helped = Concern.objects.filter(pupil=OuterRef("pupil"))
    return (
        signals.one_per_pupil()
        .annotate(has_concern=Exists(helped))
        .with_page_relations()
        .order_by("has_concern", "crossed_on", "pk")
    )


def _rows(page: Page, today: date) -> list[dict[str, Any]]:
    pupils = [signal.pupil_id for signal in page]
    absences, weeks = absences_of(pupils, today), weeks_of(pupils, today, TREND_WEEKS)
    concerns = _latest_concerns(pupils)
    return [
        {
            "signal": signal,
            "label": class_and_initials(signal.pupil),
            "absence": absences[signal.pupil_id],
            "trend": Line([week.percent for week in weeks[signal.pupil_id]], *SPARKLINE),
            "first_week": weeks[signal.pupil_id][0].percent,
            "last_week": next((w.percent for w in reversed(weeks[signal.pupil_id]) if w.percent is not None), None),
            "due": due_on(signal.due_on, today),
            "is_waiting": not signal.answer or (signal.watch_until is not None and signal.watch_until < today),
            "concern": concerns.get(signal.pupil_id),
        }
        for signal in page
    ]


def _latest_concerns(pupils: list[UUID]) -> dict[UUID, Concern]:
    """Return each pupil's latest concern: whether there is one, not what it says."""
    latest = Concern.objects.filter(pupil__in=pupils).order_by("pupil", "-logged_at", "pk").distinct("pupil")
    return {concern.pupil_id: concern for concern in latest.defer("text", "pupil_words", "answer_text")}
