"""Concern reports at the intake office: the list by what is due, one report, and each thing that is done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from attendance.views.saying import too_late
from audit import reading
from cases import access
from cases.actions import report_intake as actions
from cases.forms import reports as typed
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import ConcernReport, ReportExtension
from cases.models.report import ReportQuerySet
from cases.report_clocks import extendable
from cases.report_offices import intake_offices
from cases.report_pages import PAGES, earlier_of, history_of, rows_of, told_to_school, waiting_hours
from cases.unit_times import times_for_reports
from deadlines.templatetags.days import day_words
from socialservices.models import ReasonCode

from .acting import Act
from .attempt import sent

PAGE_SIZE = 25
What = ReportExtension.What


def report_inbox(request: MemberRequest) -> HttpResponse:
    """List the reports of the reader's offices by what is due first, or those with which nothing is left to do."""
    is_done = request.GET.get("show") == "done"
    received = _received(request)
    undone = received.open()
    if is_done:
        found: Any = received.exclude(pk__in=undone.values("pk")).with_handling().order_by("-reported_at", "pk")
        page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        rows = rows_of(page.object_list, timezone.localdate())
    else:
        page = Paginator(rows_of(undone.with_handling(), timezone.localdate()), PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        rows = list(page.object_list)
    reading.note(kind="list")
    reading.only([row.report.pupil_id for row in rows])
    context = {"page": page, "rows": rows, "is_done": is_done, "names_units": request.membership.role == "unit_head"}
    return render(request, "cases/report_inbox.html", context)


def report_intake(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Show a report: what must be done by when, what has been done, and what the school has been told."""
    report = _report(request, report_id)
    today = timezone.localdate()
    row = rows_of([report], today)[0]
    context = {
        "report": report,
        "handling": report.handling,
        "duties": [(duty, duty.due(today), reverse(PAGES[duty.code], args=[report.pk])) for duty in row.duties],
        "hours": waiting_hours(report, timezone.now()),
        "history": history_of(report),
        "told": told_to_school(report),
        "earlier": earlier_of(report),
        "may_handle": access.may_handle_report(request.membership, report),
        "may_extend": extendable(What.DECISION, report.handling, []),
        "may_prolong": extendable(What.INVESTIGATION, report.handling, []),
    }
    return render(request, "cases/report_intake.html", context)


def confirm_report(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Confirm that the report has arrived, and when."""
    report = _report(request, report_id)
    act = Act(
        "confirm_report", _("Confirm that the report has arrived"), _("Confirm"),
        [_("The school sees that it has arrived. Every statutory time counts from the arrival, not from today.")],
    )  # fmt: skip
    form = typed.ConfirmReceiptForm(sent(request), report=report)
    return _act(
        request, report, act, form, actions.confirm_receipt, _("Confirmed. The school sees it now."),
        lambda told: {"arrived_at": told["at"]},
    )  # fmt: skip


def say_report_not_found(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Tell the reporter that there is no such report."""
    report = _report(request, report_id)
    act = Act(
        "say_report_not_found", _("We cannot find the report"), _("Tell the reporter to report again"),
        [
            _("Look in your case system first: under the child, the school and the receipt number."),
            _("The reporter is told that you have no such report and must report again."),
            _("If you find it later, confirm it."),
        ],
    )  # fmt: skip
    return _act(request, report, act, forms.Form(sent(request)), actions.say_not_found, _("The reporter is told."))


def send_report_on(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Send the report to the office where the child lives."""
    report = _report(request, report_id)
    act = Act(
        "send_report_on", _("Send the report on"), _("Send on"),
        [
            _("Send on within one working day. The school need not report again."),
            _("The clocks go on from the first arrival."),
            _("You see the report until the other office has confirmed it."),
        ],
    )  # fmt: skip
    offices = intake_offices().exclude(pk=report.to_unit_id)
    form = typed.SendReportOnForm(sent(request), offices=offices)
    return _act(request, report, act, form, actions.send_report_on, _("Sent on. The school sees where it is now."))


def assess_report(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Write what the assessment of the need of protection came to."""
    report = _report(request, report_id)
    act = Act(
        "assess_report", _("Assess the need of protection"), _("Save the assessment"),
        [_("The assessment itself is documented in your own case system (SoL 20:1). The school never reads this.")],
    )  # fmt: skip
    form = typed.AssessProtectionForm(sent(request))
    return _act(request, report, act, form, actions.assess_protection, _("The assessment is saved."))


def decide_report(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Decide to open an investigation or not."""
    report = _report(request, report_id)
    if request.method != "POST" and not report.handling.protection:
        messages.info(request, _("Assess the need of protection first."))
        return redirect("cases:assess_report", report.pk)
    notes = [
        _("The decision is made and documented in your own case system. Here it stops the clock of 14 days (SoL 20:2).")
    ]
    earlier = earlier_of(report)
    if earlier is not None:
        told = {"ended": day_words(earlier.ended_on), "days": earlier.days_so_far}
        notes.append(
            _("An investigation of the child ended %(ended)s. By then and until now %(days)s days have gone.") % told
        )
    act = Act("decide_report", _("Decide whether to open an investigation"), _("Save the decision"), notes)
    reasons = ReasonCode.objects.for_not_opening(timezone.localdate())
    form = typed.DecideReportForm(sent(request), reasons=reasons)
    if form.is_bound and not report.handling.protection:
        form.add_error(None, _("Assess the need of protection first."))
    return _act(request, report, act, form, actions.decide_report, _("The decision is saved."))


def extend_report(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Decide that the decision takes longer than 14 days."""
    note = _("Only for exceptional reasons (SoL 20:2). The clock runs on; the new day and the ground are kept.")
    return _extend(request, report_id, What.DECISION, _("Take longer than 14 days"), note)


def prolong_report_investigation(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Decide that the investigation takes longer than 4 months."""
    note = _("Only for special reasons and to a fixed day (SoL 20:3).")
    return _extend(request, report_id, What.INVESTIGATION, _("Prolong the investigation"), note)


def _extend(request: MemberRequest, report_id: UUID, what: What, title: str, note: str) -> HttpResponse:
    report = _report(request, report_id)
    own = times_for_reports([report.to_unit_id])[report.to_unit_id]
    duty = extendable(what, report.handling, list(report.extensions.all()), own)
    if duty is None:
        messages.info(request, _("It has been decided, or has ended; no longer time is needed."))
        return redirect("cases:report_intake", report.pk)
    page = "extend_report" if what == What.DECISION else "prolong_report_investigation"
    act = Act(page, title, _("Save the new day"), [note])
    form = typed.ExtendTimeForm(sent(request), what=what, was_due_on=duty.last_day, today=timezone.localdate())
    action = partial(actions.extend_time, what=what)
    return _act(request, report, act, form, action, _("The new day is saved."))


def tell_reporter(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Tell the reporter the one word, with one press; or go on to say why it cannot be told."""
    report = _report(request, report_id)
    handling = report.handling
    if not handling.decision or report.asked_at is None:
        messages.info(request, _("Nobody waits to be told."))
        return redirect("cases:report_intake", report.pk)
    act = Act(
        "tell_reporter", _("Tell the reporter"), _("Tell: %(word)s") % {"word": handling.get_decision_display()},
        [_("The school reads this one sentence, and no reason (SoL 19:6, OSL 26:9 a).")],
    )  # fmt: skip
    return _act(request, report, act, forms.Form(sent(request)), actions.tell_reporter, _("Told."))


def leave_untold(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Decide that it is inappropriate to tell the reporter."""
    report = _report(request, report_id)
    act = Act(
        "leave_untold", _("It is inappropriate to tell"), _("Save that the reporter is not told"),
        [_("The school sees no difference: neither that you have decided this nor why.")],
    )  # fmt: skip
    form = typed.LeaveUntoldForm(sent(request))
    return _act(request, report, act, form, actions.leave_untold, _("Saved. The reporter is not told."))


def end_report_investigation(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """End the investigation with what it came to."""
    report = _report(request, report_id)
    act = Act("end_report_investigation", _("End the investigation"), _("End the investigation"))
    form = typed.EndInvestigationForm(sent(request))
    return _act(request, report, act, form, actions.end_investigation, _("The investigation has ended."))


def record_report_meeting(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Note the joint meeting that a third report calls for."""
    report = _report(request, report_id)
    act = Act(
        "record_report_meeting", _("Joint meeting after a third report"), _("Save the day"),
        [_("Three reports in twelve months call for a meeting of the school and social services.")],
    )  # fmt: skip
    form = typed.RecordMeetingForm(sent(request))
    return _act(request, report, act, form, actions.record_meeting, _("The meeting is saved."))


def _act(
    request: MemberRequest,
    report: ConcernReport,
    act: Act,
    form: forms.Form,
    action: Callable[..., object],
    done: str,
    given: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> HttpResponse:
    """Show the form, or do `action` with it and go back to the report."""
    if not access.may_handle_report(request.membership, report):
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        address = reverse("cases:report_intake", args=[report.pk])
        try:
            action(report=report, **given(form.cleaned_data), by=request.membership, at=timezone.now())
        except AlreadyDone:
            return too_late(request, _("A colleague was faster. Nothing of yours was saved."), form, address)
        except NotAllowed:
            raise PermissionDenied from None
        messages.success(request, done)
        gone = not _received(request).filter(pk=report.pk).exists()
        return redirect("cases:report_inbox") if gone else redirect(address)
    context = {"report": report, "act": act, "form": form}
    return render(request, "cases/report_act.html", context, status=422 if form.errors else 200)


def _received(request: MemberRequest) -> ReportQuerySet:
    return ConcernReport.objects.visible_to(request.membership)


def _report(request: MemberRequest, report_id: UUID) -> ConcernReport:
    return get_object_or_404(_received(request).with_history(), pk=report_id)
