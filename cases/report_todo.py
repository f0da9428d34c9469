"""Concern reports for Att göra: what the intake office must do next with each, and what the reporter has been told."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.permissions import Action, Object, permits
from accounts.roles import Role, Side
from attendance.school_date import SchoolDate
from attendance.todo import DAYS_TO_READ
from deadlines.stockholm import stockholm_day

from .models import ConcernReport, ReportAnswer
from .report_pages import rows_of


def report_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return what reports ask of `reader` on `today`: a constant number of queries."""
    if not permits(reader, Object.CONCERN_REPORT, Action.READ):
        return []
    return _to_do(reader, today) if reader.side == Side.SOCIAL else _to_read(reader, today)


def _to_do(reader: Membership, today: date) -> list[SchoolDate]:
    """Return one row a report with what is due first; for heads only the reports that nobody has taken.

    An office that has sent a report on still sees it, and has nothing to do with it.
    """
    undone = ConcernReport.objects.visible_to(reader).open().with_handling()
    is_head = reader.role == Role.UNIT_HEAD
    undone = undone.filter(handling__handler=None) if is_head else undone.filter(to_unit=reader.unit_id)
    return [
        SchoolDate(
            key=f"report-{row.report.pk}",
            title=row.duty.task,
            pupil_id=row.report.pupil_id,
            label=row.report.label,
            due_on=row.duty.last_day,
            url=reverse("cases:report_intake", args=[row.report.pk]),
            button=pgettext_lazy("button", "Open"),
        )
        for row in rows_of(undone, today)
        if row.duty is not None
    ]


def _to_read(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the latest that the reporter has been told of each report, for two weeks."""
    told = (
        ReportAnswer.objects.filter(
            report__in=ConcernReport.objects.visible_to(reader).filter(reported_by=reader),
            given_at__date__gt=today - DAYS_TO_READ,
        )
        .select_related("report")
        .order_by("report_id", "-given_at", "-pk")
        .distinct("report_id")
    )
    return [_row(answer) for answer in told]


def _row(answer: ReportAnswer) -> SchoolDate:
    """Return something to read; a report that is not found is something to do, at once."""
    is_lost = answer.word == ReportAnswer.Word.NOT_FOUND
    day = stockholm_day(answer.given_at)
    return SchoolDate(
        key=f"told-{answer.pk}",
        title=_("Report again: the office cannot find your report")
        if is_lost
        else _("Read what you have been told of your report"),
        pupil_id=answer.report.pupil_id,
        label=answer.report.label,
        due_on=day if is_lost else day + DAYS_TO_READ,
        url=reverse("cases:report_detail", args=[answer.report_id]),
        button=pgettext_lazy("button", "Open") if is_lost else pgettext_lazy("button", "Read"),
        is_reading=not is_lost,
    )
