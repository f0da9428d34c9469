"""Pupils: find one, and see what the school knows about a pupil's absence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import MemberRequest, recently_confirmed
from accounts.roles import Role
from accounts.searches import PARAMETER, keep_search, kept_search
from audit import reading
from schools.access import may_keep_readers, may_name
from schools.calendars import school_calendar
from schools.models import Pupil, PupilLink

from ..absence_calendar import absence_calendar, often_away_on
from ..access import may_ask_for_support, may_log_concern, may_log_concerns, reads_signals
from ..charts import Line
from ..figures import SCHOOL_DAYS, Day, absence_over, absences_of, days_of
from ..forms import PupilSearchForm
from ..models import Concern, Signal
from ..pupil_labels import classes_of
from ..pupil_search import found, own_classes_first
from ..reported import reported_until

ROWS = 25
TREND_WEEKS = 12
DAYS_SHOWN = timedelta(days=TREND_WEEKS * 7 + 80)
TREND_BOX = (600, 140)


def pupil_list(request: MemberRequest) -> HttpResponse:
    """Show the reader's pupils, own classes first, and find one by name or whole personal number.

    A search is sent, kept in the session and shown at an address that does not say what was searched for.
    """
    today = timezone.localdate()
    searched = kept_search(request.session, request.GET.get(PARAMETER, ""))
    form = PupilSearchForm(request.POST if request.method == "POST" else {"q": searched})
    if request.method == "POST" and form.is_valid():
        return _answer_to(request, form.cleaned_data["q"].strip())
    visible = Pupil.objects.visible_to(request.membership).with_page_relations()
    pupils = own_classes_first(found(visible, searched, today), request.membership)
    page = Paginator(pupils, ROWS).get_page(request.GET.get("page"))
    claims = PupilLink.objects.visible_to(request.membership).filter(membership=request.membership)
    reading.note(kind="search" if searched else "list")
    absences = absences_of([pupil.pk for pupil in page], today)
    context = {
        "form": form,
        "page": page,
        "searched": searched,
        "rows": [{"pupil": pupil, "absence": absences[pupil.pk]} for pupil in page],
        "is_mentor": request.membership.role == Role.MENTOR,
        "may_log_concerns": may_log_concerns(request.membership),
        "reported": reported_until(request.membership.unit, today),
        "claims": claims.running(timezone.now()).with_page_relations().order_by("ends_at", "pk"),
    }
    return render(request, "attendance/pupil_list.html", context, status=422 if form.errors else 200)


def _answer_to(request: MemberRequest, words: str) -> HttpResponse:
    """Send the reader on to the answer; an empty search shows everybody."""
    address = reverse("attendance:pupil_list")
    return redirect(f"{address}?{urlencode({PARAMETER: keep_search(request.session, words)})}" if words else address)


def pupil_detail(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show a pupil's absence in a sentence, a calendar and a line, with signals and concerns."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.membership).with_page_relations(), pk=pupil_id)
    today = timezone.localdate()
    group = classes_of(pupil)[0]
    days = days_of(pupil, today - DAYS_SHOWN, today)
    reader = request.membership
    concerns = Concern.objects.visible_to(reader).filter(pupil=pupil).with_page_relations()
    context = {
        "pupil": pupil,
        "group": group,
        "mentors": group.mentors.select_related("user").order_by("user__family_name", "pk"),
        "absence": absence_over(days, today),
        "before": _before(days, today),
        "often": often_away_on(days, today),
        "calendar": absence_calendar(days, school_calendar(group.school, today=today), today),
        "trend": _trend(days, today),
        "shows_work": reads_signals(reader),
        "signals": Signal.objects.visible_to(reader).filter(pupil=pupil).order_by("-crossed_on", "pk"),
        "concerns": concerns.order_by("-logged_at", "pk"),
        "quote": concerns.exclude(pupil_words="").order_by("-logged_at", "pk").first(),
        "may_log_concern": may_log_concern(request.membership, pupil),
        "may_ask_for_support": may_ask_for_support(request.membership),
        "may_name": may_name(request.membership, pupil),
        "reported": reported_until(group.school.unit, today),
        "today": today,
    }
    return render(request, "attendance/pupil_detail.html", context)


@recently_confirmed
def protected_pupil(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show a named reader the absence of a protected pupil: alias, share and calendar, and nothing that says where."""
    pupil = get_object_or_404(Pupil.objects.named_to(request.membership).with_page_relations(), pk=pupil_id)
    today = timezone.localdate()
    days = days_of(pupil, today - DAYS_SHOWN, today)
    context = {
        "pupil": pupil,
        "absence": absence_over(days, today),
        "calendar": absence_calendar(days, school_calendar(classes_of(pupil)[0].school, today=today), today),
        "may_keep_readers": may_keep_readers(request.membership, pupil.pk),
    }
    return render(request, "attendance/protected_pupil.html", context)


def _before(days: dict[date, Day], today: date) -> int | None:
    """Return the share in the twenty school days before the latest twenty, None when they are too few."""
    now = absence_over(days, today)
    if now.first_day is None:
        return None
    earlier = absence_over(days, now.first_day - timedelta(days=1))
    return earlier.percent if earlier.school_days == SCHOOL_DAYS else None


def _trend(days: dict[date, Day], today: date) -> dict[str, Any]:
    """Return the share over twenty school days at the end of each of the latest weeks."""
    sundays = [today - timedelta(days=today.weekday() - 6, weeks=back) for back in range(TREND_WEEKS - 1, -1, -1)]
    points = []
    for sunday in sundays:
        absence = absence_over(days, min(sunday, today))
        is_full = absence.school_days == SCHOOL_DAYS and absence.is_reliable
        points.append({"week": sunday.isocalendar().week, "percent": absence.percent if is_full else None})
    line = Line([point["percent"] for point in points], *TREND_BOX)
    labels = [{"x": line.x(place), "week": point["week"]} for place, point in enumerate(points) if place % 2]
    return {"points": points, "line": line, "labels": labels, "is_drawn": len(line.points.split()) > 1}
