"""The lines that make signals: what applies at the school, and a stricter version tried out before it is set."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import MemberRequest
from accounts.models import Membership
from schools.models import School

from ..access import may_set_lines
from ..ladder import STEPS
from ..line_forms import LinesForm
from ..lines import Standing, coming_lines, earlier_lines, mentors_at_work, standing_lines
from ..models import Signal
from ..reported import reported_until
from ..setting_lines import set_lines
from ..trial import BUDGET, Outcome, signals_with

WEEK = timedelta(days=7)


def lines(request: MemberRequest) -> HttpResponse:
    """Show the lines; let the principal try stricter ones, which stores nothing, and set them from a later day."""
    school = School.objects.select_related("unit", "provider").filter(pk=request.membership.unit_id).first()
    if school is None:
        return render(request, "attendance/no_lines.html", {})
    today = timezone.localdate()
    standing = standing_lines(school, today)
    is_trial = "try" in request.POST
    form = _form(request, school, standing, today, is_trial=is_trial)
    context: dict[str, Any] = {"form": form, "may_set": form is not None, "trial": None}
    if form is not None and request.method == "POST" and form.is_valid():
        if not is_trial:
            return _set(request, school, form)
        context["trial"] = _trial(request.membership, school, standing, form, today)
    status = 422 if form is not None and form.errors else 200
    if is_trial and request.htmx:  # type: ignore[attr-defined]
        return render(request, "attendance/lines.html#setting", context, status=status)
    context |= {
        "school": school,
        "standing": standing,
        "coming": coming_lines(school, today),
        "earlier": earlier_lines(school, today),
        "load": _load(request.membership, today),
        "budget": BUDGET,
        "steps": list(STEPS.values()),
    }
    return render(request, "attendance/lines.html", context, status=status)


def _form(
    request: MemberRequest, school: School, standing: list[Standing], today: date, *, is_trial: bool
) -> LinesForm | None:
    if not standing or not may_set_lines(request.membership, school):
        return None
    bases, present = [one.base for one in standing], [one.rule for one in standing]
    return LinesForm(request.POST or None, bases=bases, present=present, today=today, trying=is_trial)


def _set(request: MemberRequest, school: School, form: LinesForm) -> HttpResponse:
    told = form.cleaned_data
    made = set_lines(
        school=school,
        levels=form.levels,
        valid_from=told["valid_from"],
        reason=told["reason"],
        by=request.membership,
        at=timezone.now(),
    )
    day = format_date(made[0].valid_from, pgettext("date format", "j M"))
    messages.success(request, _("Set. Applies from %(day)s, to new signals.") % {"day": day})
    return redirect("attendance:lines")


def _trial(
    reader: Membership, school: School, standing: list[Standing], form: LinesForm, today: date
) -> dict[str, Outcome] | None:
    """Return what last week would have given with the form's lines, and with those that apply; None without absence."""
    last = reported_until(reader.unit, today).last_day
    if last is None:
        return {}
    mentors = mentors_at_work(reader, today)
    return {
        "then": signals_with(school, standing, form.levels, last=last, mentors=mentors),
        "now": signals_with(school, standing, None, last=last, mentors=mentors),
    }


def _load(reader: Membership, today: date) -> dict[str, Any]:
    """Return how many of the reader's pupils the last seven days' signals are about, and how many mentors there are."""
    signals = Signal.objects.visible_to(reader).filter(created_at__date__gt=today - WEEK)
    pupils = signals.order_by().values("pupil").distinct().count()
    mentors = mentors_at_work(reader, today)
    return {"pupils": pupils, "mentors": mentors, "is_too_many": pupils > BUDGET * max(1, mentors)}
