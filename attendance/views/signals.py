"""Early signals: who is without help, and one button to do something."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import MemberRequest
from audit import reading
from deadlines.due import due_on

from .. import actions
from ..charts import Line
from ..concern_traces import latest_concerns, without_help_first
from ..figures import absences_of, weeks_of
from ..forms import AnswerSignalForm
from ..models import Signal
from ..pupil_labels import class_and_initials
from ..reported import reported_until

ROWS = 25
TREND_WEEKS = 12
NEW, WATCHED, ALL = "new", "watched", "all"
SPARKLINE = (110, 28)


def signal_list(request: MemberRequest) -> HttpResponse:
    """Show the signals that wait for an answer: those without help first, oldest first."""
    today = timezone.localdate()
    signals = Signal.objects.visible_to(request.membership)
    tabs = {NEW: signals.waiting(today), WATCHED: signals.watched(today), ALL: signals}
    asked = request.GET.get("show", NEW)
    show = asked if asked in tabs else NEW
    rows = without_help_first(tabs[show].one_per_pupil().with_page_relations())
    reading.note(kind="list")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(page, today),
        "page": page,
        "show": show,
        "counts": {NEW: tabs[NEW].one_per_pupil().count(), WATCHED: tabs[WATCHED].one_per_pupil().count()},
        "reported": reported_until(request.membership.unit, today),
    }
    return render(request, "attendance/signal_list.html", context)


def answer_signal(request: MemberRequest, signal_id: UUID) -> HttpResponse:
    """Watch a pupil for two weeks, or say that the signal is already handled."""
    signals = Signal.objects.visible_to(request.membership).with_page_relations()
    signal = get_object_or_404(signals, pk=signal_id)
    form = AnswerSignalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, signal, form.cleaned_data)
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
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "attendance/signal_list.html#receipt", {"signal": signal, "receipt": receipt})
    messages.success(request, receipt)
    return redirect("attendance:signal_list")


def _receipt(label: str, signal: Signal) -> str:
    if signal.watch_until:
        day = format_date(signal.watch_until, pgettext("date format", "j M"))
        return _("%(pupil)s is watched until %(day)s.") % {"pupil": label, "day": day}
    return _("%(pupil)s: already handled.") % {"pupil": label}


def _rows(page: Page, today: date) -> list[dict[str, Any]]:
    pupils = [signal.pupil_id for signal in page]
    absences, weeks = absences_of(pupils, today), weeks_of(pupils, today, TREND_WEEKS)
    concerns = latest_concerns(pupils)
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
