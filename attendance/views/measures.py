"""Measures: what the school does for a pupil, added, followed up and ended."""

from __future__ import annotations

from datetime import date
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
from deadlines.templatetags.days import day_words
from schools.models import Pupil

from .. import taking_measures as actions
from ..access import may_add_measure, may_ask_for_support, may_change_measure
from ..actions import NotAllowed
from ..figures import reported_percent
from ..follow_up_days import usual_day_to_follow_up
from ..investigation_rows import investigation_traces
from ..ladder import standing_of
from ..ladder_rows import rungs_of
from ..measure_forms import AddMeasureForm, EndMeasureForm, FollowUpForm, HandOverForm
from ..measure_rows import effect_for, measure_rows
from ..models import AbsenceInvestigation, Concern, Measure, Signal
from ..reduced_timetables import reduced_words
from ..signal_rows import open_cases
from .finding import pupil_of
from .saying import say_which_days, too_late


def measure_list(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show where on the ladder a pupil stands, and everything the school does and has done, what runs first."""
    pupil = pupil_of(request, pupil_id)
    today = timezone.localdate()
    measures = list(Measure.objects.visible_to(request.membership).filter(pupil=pupil).with_page_relations())
    running, ended = measure_rows(measures, today)
    context = {
        "pupil": pupil,
        "running": running,
        "ended": ended,
        "may_add": may_add_measure(request.membership, pupil),
        "may_ask_for_support": may_ask_for_support(request.membership),
        "reduced": reduced_words([pupil.pk], today)[pupil.pk],
    }
    context |= _ladder(request, pupil, measures, today)
    return render(request, "attendance/measure_list.html", context)


def _ladder(request: MemberRequest, pupil: Pupil, measures: list[Measure], today: date) -> dict[str, Any]:
    """Return where the pupil stands and what has been done at each step, as far as the reader may know."""
    reader = request.membership
    concerns = Concern.objects.visible_to(reader).filter(pupil=pupil)
    investigations = AbsenceInvestigation.objects.visible_to(reader).filter(pupil=pupil)
    signals = Signal.objects.visible_to(reader).filter(pupil=pupil).select_related("rule")
    traces, case = investigation_traces([pupil.pk])[pupil.pk], open_cases(reader).get(pupil.pk)
    return {
        "rungs": rungs_of(concerns, measures, investigations, traces, case),
        "standing": standing_of(
            signals, actions.calendar_of(reader, timezone.now()), today, reported_percent(pupil, today)
        ),
    }


def add_measure(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Add a measure for one of the reader's pupils."""
    pupil = pupil_of(request, pupil_id)
    at = timezone.now()
    form = AddMeasureForm(
        request.POST or None,
        colleagues=actions.colleagues(request.membership, at),
        initial=_usual(request, timezone.localdate()),
    )
    if request.method == "POST" and form.is_valid():
        measure = _added(request, pupil, form)
        if measure is not None:
            messages.success(request, _("Saved. %(day)s it is asked whether it helps.") % {
                "day": day_words(measure.follow_up_on)})  # fmt: skip
            return redirect("attendance:measure_detail", pupil.pk, measure.pk)
    return render(
        request, "attendance/add_measure.html", {"form": form, "pupil": pupil}, status=422 if form.errors else 200
    )


def measure_detail(request: MemberRequest, pupil_id: UUID, measure_id: UUID) -> HttpResponse:
    """Show a measure, what its follow-ups said, and the absence before and after it began."""
    measure = _read(request, pupil_id, measure_id)
    today = timezone.localdate()
    context = {
        "measure": measure,
        "due": due_on(measure.follow_up_on, today),
        "may_change": measure.ended_on is None and may_change_measure(request.membership, measure),
    } | effect_for(measure, today)
    return render(request, "attendance/measure_detail.html", context)


def follow_up_measure(request: MemberRequest, pupil_id: UUID, measure_id: UUID) -> HttpResponse:
    """Say whether a measure helps."""
    measure = _read(request, pupil_id, measure_id)
    form = FollowUpForm(request.POST or None, initial={"asked_on": measure.follow_up_on.isoformat()})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        told.pop("goes_on")
        answer = _done(request, measure, form, lambda: actions.follow_up_measure(
            measure=measure, **told, by=request.membership, at=timezone.now()))  # fmt: skip
        if answer is not None:
            return answer
    context = {"form": form, "measure": measure} | effect_for(measure, timezone.localdate())
    return render(request, "attendance/follow_up_measure.html", context, status=422 if form.errors else 200)


def end_measure(request: MemberRequest, pupil_id: UUID, measure_id: UUID) -> HttpResponse:
    """End a measure, with the reason."""
    measure = _read(request, pupil_id, measure_id)
    form = EndMeasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = _done(request, measure, form, lambda: actions.end_measure(
            measure=measure, **form.cleaned_data, by=request.membership, at=timezone.now()))  # fmt: skip
        if answer is not None:
            return answer
    context = {"form": form, "measure": measure}
    return render(request, "attendance/end_measure.html", context, status=422 if form.errors else 200)


def hand_over_measure(request: MemberRequest, pupil_id: UUID, measure_id: UUID) -> HttpResponse:
    """Let somebody else see to a measure."""
    measure = _read(request, pupil_id, measure_id)
    people = actions.colleagues(request.membership, timezone.now())
    form = HandOverForm(request.POST or None, colleagues=people, initial={"responsible": measure.responsible_id})
    if request.method == "POST" and form.is_valid():
        answer = _done(request, measure, form, lambda: actions.hand_over_measure(
            measure=measure, **form.cleaned_data, by=request.membership, at=timezone.now()))  # fmt: skip
        if answer is not None:
            return answer
    context = {"form": form, "measure": measure}
    return render(request, "attendance/hand_over_measure.html", context, status=422 if form.errors else 200)


def _added(request: MemberRequest, pupil: Pupil, form: AddMeasureForm) -> Measure | None:
    """Add the measure; None when a day is wrong, which the form then says."""
    try:
        return actions.add_measure(pupil=pupil, **form.cleaned_data, by=request.membership, at=timezone.now())
    except actions.WrongDay as wrong:
        say_which_days(form, wrong)
    except NotAllowed:
        raise PermissionDenied from None
    return None


def _done(request: MemberRequest, measure: Measure, form: forms.Form, act: Any) -> HttpResponse | None:
    """Do what was asked and go back to the measure; None when a day is wrong, which the form then says."""
    try:
        act()
    except actions.WrongDay as wrong:
        say_which_days(form, wrong)
        return None
    except actions.MeasureHasEnded:
        ended = _("A colleague has already ended this measure. Nothing of yours was saved.")
        return too_late(request, ended, form, reverse("attendance:measure_detail", args=[measure.pupil_id, measure.pk]))
    except actions.AlreadyFollowedUp:
        told = _("A colleague has said meanwhile whether this measure helps. Nothing of yours was saved.")
        return too_late(request, told, form, reverse("attendance:measure_detail", args=[measure.pupil_id, measure.pk]))
    except NotAllowed:
        raise PermissionDenied from None
    messages.success(request, _("Saved."))
    return redirect("attendance:measure_detail", measure.pupil_id, measure.pk)


def _usual(request: MemberRequest, today: date) -> dict[str, Any]:
    calendar = actions.calendar_of(request.membership, timezone.now())
    return {
        "submission": uuid4(),
        "responsible": request.membership.pk,
        "starts_on": today,
        "follow_up_on": usual_day_to_follow_up(calendar, today, today),
    }


def _read(request: MemberRequest, pupil_id: UUID, measure_id: UUID) -> Measure:
    """Fetch a measure that the reader may see."""
    measures = Measure.objects.visible_to(request.membership).with_page_relations()
    return get_object_or_404(measures, pk=measure_id, pupil=pupil_id)
