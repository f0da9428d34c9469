"""Early signals: who is without help, and one button to do something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import MemberRequest
from audit import reading

from .. import actions
from ..access import reads_cases
from ..concern_traces import latest_concerns
from ..forms import AnswerSignalForm
from ..lines import lowest_share
from ..models import Signal
from ..pupil_labels import class_and_initials
from ..reported import Reported, reported_until
from ..signal_filters import Filters
from ..signal_rows import crossed_words, open_cases, signal_rows
from ..signal_selection import (
    ALL,
    CASE,
    NEW,
    WATCHED,
    Brief,
    briefs_for,
    in_tabs,
    one_per_pupil,
    whole,
    without_help_first,
)
from .saying import too_late

ROWS = 25


@dataclass(frozen=True)
class Tab:
    """A selection of the list: its address, its name, and how many pupils are in it, None when that is not said."""

    key: str
    title: str
    address: str
    count: int | None


def signal_list(request: MemberRequest) -> HttpResponse:
    """Show the signals that wait for an answer: those without help first, oldest first."""
    today = timezone.localdate()
    reading.note(kind="list")
    reported = reported_until(request.membership.unit, today)
    cases = open_cases(request.membership)
    selections, filters, tabs = _selections(request, request.GET, reported, cases)
    chosen = without_help_first(one_per_pupil(filters.applied_to(selections[filters.show])))
    page = Paginator(chosen, ROWS).get_page(request.GET.get("page"))
    signals, others = whole(page.object_list, selections[NEW])
    concerns = latest_concerns(signal.pupil_id for signal in signals)
    limit = lowest_share(request.membership.unit_id, today)
    context = {
        "rows": signal_rows(signals, others, concerns, cases, limit=limit, today=today),
        "page": page,
        "filters": filters,
        "tabs": tabs,
        "watched": tabs[1].count,
        "reported": reported,
    }
    part = "#signals" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"attendance/signal_list.html{part}", context)


def answer_signal(request: MemberRequest, signal_id: UUID) -> HttpResponse:
    """Watch a pupil for two weeks, or say that the signal is already handled."""
    signals = Signal.objects.visible_to(request.membership).with_page_relations()
    signal = get_object_or_404(signals, pk=signal_id)
    form = AnswerSignalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, signal, form)
    context = {
        "form": form,
        "signal": signal,
        "label": class_and_initials(signal.pupil),
        "crossed": crossed_words(signal),
    }
    return render(request, "attendance/answer_signal.html", context, status=422 if form.errors else 200)


def _selections(
    request: MemberRequest, asked: Mapping[str, str], reported: Reported, cases: dict[UUID, Any]
) -> tuple[dict[str, list[Brief]], Filters, list[Tab]]:
    """Return the signals of each tab, the filters of the one asked for, and the tabs with their counts."""
    today = timezone.localdate()
    selections = in_tabs(briefs_for(request.membership), cases, today)
    titles = {
        NEW: pgettext("signals", "New"),
        WATCHED: pgettext("signals", "Watched"),
        CASE: pgettext("signals", "Have a case"),
        ALL: pgettext("signals", "All"),
    }
    if not reads_cases(request.membership):
        del titles[CASE]
    show = asked.get("show", NEW)
    filters = Filters.read(asked, show if show in titles else NEW, selections[ALL])
    counts: dict[str, int | None] = {
        key: len({one.pupil_id for one in selections[key]}) for key in titles if key != ALL
    }
    if reported.is_stale or reported.last_day is None:
        counts[NEW] = None
    tabs = [Tab(key, title, filters.address(show=key), counts.get(key)) for key, title in titles.items()]
    return selections, filters, tabs


def _answered(request: MemberRequest, signal: Signal, form: AnswerSignalForm) -> HttpResponse:
    """Answer, and say so: in the row for HTMX, where the tabs' counts follow, else on top of the list."""
    label = class_and_initials(signal.pupil)
    try:
        signals = actions.answer_signal(signal=signal, **form.cleaned_data, by=request.membership, at=timezone.now())
        receipt = _receipt(label, signals[0])
    except actions.SignalAlreadyAnswered:
        receipt = _("%(pupil)s: a colleague has already answered.") % {"pupil": label}
        if not request.htmx:  # type: ignore[attr-defined]
            return too_late(request, receipt, form, reverse("attendance:signal_list"))
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, receipt)
        return redirect("attendance:signal_list")
    asked = dict(parse_qsl(urlsplit(request.htmx.current_url or "").query))  # type: ignore[attr-defined]
    reported = reported_until(request.membership.unit, timezone.localdate())
    _all, filters, tabs = _selections(request, asked, reported, open_cases(request.membership))
    context = {"signal": signal, "receipt": receipt, "tabs": tabs, "filters": filters, "is_oob": True}
    return render(request, "attendance/signal_list.html#receipt", context)


def _receipt(label: str, signal: Signal) -> str:
    if signal.watch_until:
        day = format_date(signal.watch_until, pgettext("date format", "j M"))
        return _("%(pupil)s is watched until %(day)s.") % {"pupil": label, "day": day}
    return _("%(pupil)s: already handled.") % {"pupil": label}
