"""Concern reports at the school: how one is made, that it has been made, and the word that comes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Membership
from accounts.permissions import Action, Object, roles_that_may
from accounts.roles import Side
from audit import reading
from cases import access
from cases.actions import reporting as actions
from cases.forms.reports import NameReadersForm, NoteReportForm
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import ConcernReport, ReportAnswer
from cases.models.report import ReportQuerySet
from cases.report_offices import intake_offices, office_of
from cases.report_pages import told_to_school
from schools.models import Pupil

from .attempt import sent

PAGE_SIZE = 25


def report_list(request: MemberRequest) -> HttpResponse:
    """List the reports that the reader may know of, the latest first."""
    found = _known(request).with_page_relations().order_by("-reported_at", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    reading.note(kind="list")
    return render(request, "cases/report_list.html", {"page": page})


def report_guidance(request: MemberRequest) -> HttpResponse:
    """Say how a concern report is made, to somebody who has no page of the pupil open."""
    return render(request, "cases/report_guidance.html", {**_channels(), "offices": intake_offices()})


def report_concern(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Say how a report about this pupil is made, and note that the reader has made one."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id)
    office = office_of(pupil)
    offices = intake_offices()
    form = NoteReportForm(sent(request), offices=offices, nearest=office.unit if office else None)
    if request.method == "POST" and form.is_valid():
        return _noted(request, pupil, form.cleaned_data)
    context = {
        **_channels(),
        "pupil": pupil,
        "office": office,
        "form": form,
        "earlier": _known(request).filter(pupil=pupil).with_page_relations().order_by("-reported_at", "pk"),
    }
    return render(request, "cases/report_concern.html", context, status=422 if form.errors else 200)


def _noted(request: MemberRequest, pupil: Pupil, told: dict[str, Any]) -> HttpResponse:
    given = {name: told[name] for name in ("to_unit", "channel", "reference", "wants_meeting", "asks", "submission")}
    try:
        report = actions.note_report(
            pupil=pupil, reported_at=told["at"], **given, by=request.membership, at=timezone.now()
        )
    except NotAllowed:
        raise PermissionDenied from None
    messages.success(request, _("Noted. %(office)s sees it now.") % {"office": report.to_unit.short_name})
    return redirect("cases:report_detail", report.pk)


def report_detail(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Show that a report was made, and what the school has been told of it."""
    report = _report(request, report_id)
    prefetch_related_objects([report], "answers__unit")
    answers = told_to_school(report)
    context = {
        "report": report,
        "answers": answers,
        "word": next((answer.word for answer in answers if answer.word in ReportAnswer.THE_THREE), ""),
        "is_lost": bool(answers) and answers[0].word == ReportAnswer.Word.NOT_FOUND,
        "readers": _people(report).filter(pk__in=report.reader_ids),
        "may_speak": access.may_speak_for_report(request.membership, report),
    }
    return render(request, "cases/report_detail.html", context)


def ask_about_report(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Ask for information under SoL 19:6 with one press."""
    report = _report(request, report_id)
    try:
        actions.ask_what_came_of_it(report=report, by=request.membership, at=timezone.now())
    except NotAllowed:
        raise PermissionDenied from None
    except AlreadyDone:
        messages.info(request, _("It has already been asked."))
    else:
        messages.success(request, _("Asked. %(office)s must answer.") % {"office": report.to_unit.short_name})
    return redirect("cases:report_detail", report.pk)


def name_report_readers(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Say who else at the school may know of the report."""
    report = _report(request, report_id)
    if not access.may_speak_for_report(request.membership, report):
        raise PermissionDenied
    people = _people(report).exclude(pk=report.reported_by_id).exclude(role="principal")
    form = NameReadersForm(sent(request), people=people, initial={"members": report.reader_ids})
    if request.method == "POST" and form.is_valid():
        members = list(form.cleaned_data["members"])
        actions.name_readers(report=report, members=members, by=request.membership, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("cases:report_detail", report.pk)
    context = {"report": report, "form": form}
    return render(request, "cases/name_report_readers.html", context, status=422 if form.errors else 200)


def _known(request: MemberRequest) -> ReportQuerySet:
    return ConcernReport.objects.visible_to(request.membership)


def _report(request: MemberRequest, report_id: UUID) -> ConcernReport:
    return get_object_or_404(_known(request).with_page_relations(), pk=report_id)


def _people(report: ConcernReport) -> Any:
    """Return those at the school who could be named: everybody who may make a report there."""
    roles = roles_that_may(Action.CREATE, Object.CONCERN_REPORT, Side.SCHOOL)
    return Membership.objects.working_in(report.school_unit, roles, timezone.localdate())


def _channels() -> dict[str, str]:
    """Return the city's own ways to report."""
    return {"e_service": settings.REPORT_E_SERVICE, "emergency_phone": settings.SOCIAL_EMERGENCY_PHONE}
