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
from accounts.models import Membership
from accounts.roles import Role
from accounts.searches import PARAMETER, keep_search, kept_search
from audit import reading
from deadlines.school_days import SchoolCalendar
from schools.access import may_keep_readers, may_name
from schools.calendars import school_calendar
from schools.models import Pupil, PupilLink

from ..absence_calendar import absence_calendar
from ..access import (
    may_about,
    may_ask_for_support,
    may_log_concerns,
    reads_signals,
)
from ..figures import SCHOOL_DAYS, Absence, Day, absence_over, absences_of, days_of, lessons_of
from ..forms import PupilSearchForm
from ..investigation_rows import investigation_traces
from ..kept import Kept, what_is_kept
from ..lines import share_levels
from ..measure_rows import measure_rows
from ..models import AbsenceInvestigation, Concern, LessonAbsence, Measure, Signal
from ..patterns import patterns_of
from ..period_totals import period_tables
from ..pupil_calendar import LIST, Shown
from ..pupil_labels import classes_of
from ..pupil_search import found, own_classes_first
from ..reduced_timetables import reduced_words
from ..reported import reported_until
from ..timeline import timeline_of
from ..trend import WEEKS as TREND_WEEKS
from ..trend import done_about, trend_of
from .finding import pupil_of

ROWS = 25
DAYS_SHOWN = timedelta(days=TREND_WEEKS * 7 + 80)


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
    keys = [pupil.pk for pupil in page]
    absences, reduced = absences_of(keys, today), reduced_words(keys, today)
    context = {
        "form": form,
        "page": page,
        "searched": searched,
        "rows": [{"pupil": pupil, "absence": absences[pupil.pk], "reduced": reduced[pupil.pk]} for pupil in page],
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
    """Show a pupil's absence in a sentence, a calendar and a line, with signals and concerns.

    HTMX asks for the calendar alone when other weeks or a list is wanted.
    """
    pupil = pupil_of(request, pupil_id)
    today = timezone.localdate()
    group = classes_of(pupil)[0]
    school_days = school_calendar(group.school, today=today)
    kept = what_is_kept(pupil)
    shown = Shown.read(request.GET, school_days, today)
    days = days_of(pupil, min(shown.since, today - DAYS_SHOWN), today)
    absence = absence_over(days, today)
    lessons = lessons_of(pupil, _first_lesson_day(absence, shown, today), today)
    context: dict[str, Any] = {"pupil": pupil, "absence": absence}
    context |= _calendar(kept.began_on, days, lessons, school_days, shown, today)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "attendance/_calendar.html", context)
    context |= _figures(days, lessons, absence, today) | _work(request.membership, pupil, kept, today)
    levels = share_levels(group.school_id, today)
    context |= {
        "group": group,
        "mentors": group.mentors.select_related("user").order_by("user__family_name", "pk"),
        "trend": trend_of(days, context["done"], levels, today),
        "reduced": reduced_words([pupil.pk], today, today - DAYS_SHOWN)[pupil.pk],
        "periods": period_tables(pupil, shown.since) if kept.has_totals else [],
        "may": may_about(request.membership),
        "may_ask_for_support": may_ask_for_support(request.membership),
        "may_name": may_name(request.membership, pupil),
        "reported": reported_until(group.school.unit, today),
    }
    return render(request, "attendance/pupil_detail.html", context)


def _first_lesson_day(absence: Absence, shown: Shown, today: date) -> date:
    """Return since when lessons are needed: patterns look at twenty school days, the list at all that it shows."""
    first = absence.first_day or today
    return min(first, shown.since) if shown.view == LIST else first


def _calendar(
    began_on: date | None,
    days: dict[date, Day],
    lessons: list[LessonAbsence],
    school_days: SchoolCalendar,
    shown: Shown,
    today: date,
) -> dict[str, Any]:
    """Return the calendar of the weeks that are asked for; the list tells the lessons of each day."""
    told = lessons if shown.view == LIST else []
    calendar = absence_calendar(days, school_days, today, since=shown.since, began_on=began_on, lessons=told)
    is_new = began_on is not None and began_on > shown.since
    return {"calendar": calendar, "shown": shown, "began_on": began_on if is_new else None}


def _figures(days: dict[date, Day], lessons: list[LessonAbsence], absence: Absence, today: date) -> dict[str, Any]:
    """Return the change since before, and the patterns of the latest twenty school days."""
    latest = [lesson for lesson in lessons if absence.first_day and lesson.day >= absence.first_day]
    return {"before": _before(days, absence), "patterns": patterns_of(days, latest, today)}


def _work(reader: Membership, pupil: Pupil, kept: Kept, today: date) -> dict[str, Any]:
    """Return what the school has noticed and done, as far as the reader may see it."""
    concerns = _concerns(reader, pupil) if kept.has_concerns else []
    signals = list(Signal.objects.visible_to(reader, about=pupil).order_by("-crossed_on", "pk"))
    measures = _measures(reader, pupil) if kept.has_measures else []
    traces = investigation_traces([pupil.pk])[pupil.pk]
    investigations = _investigations(reader, pupil) if traces else []
    return {
        "shows_work": reads_signals(reader),
        "done": done_about(concerns, signals, measures, [trace.opened_on for trace in traces]),
        "timeline": timeline_of(signals, concerns, measures, investigations, traces),
        "investigation_words": traces[-1].words if traces else "",
        "concerns": concerns,
        "signals": signals,
        "measures": measures,
        "running": measure_rows(measures, today)[0],
        "first_signal": signals[-1].crossed_on if signals else None,
        "quote": next((concern for concern in concerns if concern.pupil_words), None),
    }


def _concerns(reader: Membership, pupil: Pupil) -> list[Concern]:
    """Return the concerns that the reader may read, the latest first."""
    visible = Concern.objects.visible_to(reader, about=pupil)
    return list(visible.for_timeline().order_by("-logged_at", "pk"))


def _measures(reader: Membership, pupil: Pupil) -> list[Measure]:
    """Return the measures that the reader may read."""
    return list(Measure.objects.visible_to(reader, about=pupil).for_timeline())


def _investigations(reader: Membership, pupil: Pupil) -> list[AbsenceInvestigation]:
    """Return the investigations that the reader may read, the latest first."""
    visible = AbsenceInvestigation.objects.visible_to(reader).filter(pupil=pupil)
    return list(visible.with_page_relations().order_by("-opened_at", "pk"))


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


def _before(days: dict[date, Day], now: Absence) -> int | None:
    """Return the share in the twenty school days before the latest twenty, None when they are too few."""
    if now.first_day is None:
        return None
    earlier = absence_over(days, now.first_day - timedelta(days=1))
    return earlier.percent if earlier.school_days == SCHOOL_DAYS else None
