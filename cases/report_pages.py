"""What the pages of concern reports show: a row of the intake office's list, what has been done, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from deadlines.due import Due
from deadlines.stockholm import stockholm_day

from .models import ConcernReport, ReportAnswer
from .report_clocks import SOON_AGAIN, Duty, duties_of, hours_since
from .unit_times import times_for_reports

PAGES = {
    "confirm_receipt_of_report": "cases:confirm_report",
    "assess_protection": "cases:assess_report",
    "decide_open_or_not": "cases:decide_report",
    "inform_reporter": "cases:tell_reporter",
    "finish_investigation": "cases:end_report_investigation",
    "call_joint_meeting": "cases:record_report_meeting",
}
"""Where each duty is done; every page takes the report's id."""

EARLIER = "SELECT opened_at, ended_at FROM earlier_investigation(%s)"


@dataclass(frozen=True)
class Row:
    """A report in the office's list: dates and names, nothing about the child."""

    report: ConcernReport
    duties: list[Duty]
    today: date

    @property
    def duty(self) -> Duty | None:
        """What must be done first."""
        return self.duties[0] if self.duties else None

    @property
    def due(self) -> Due | None:
        """The clock of that."""
        return self.duty.due(self.today) if self.duty else None


@dataclass(frozen=True)
class Done:
    """One thing that has been done with a report; `by` is who, `private` that no school reads it."""

    at: datetime
    what: str | Promise
    by: Membership
    detail: str = ""
    private: bool = True


@dataclass(frozen=True)
class Earlier:
    """An investigation of the same child that ended before this report came."""

    opened_on: date
    ended_on: date
    days_so_far: int


def rows_of(reports: Iterable[ConcernReport], today: date) -> list[Row]:
    """Return reports fetched `with_handling` as rows, late first, then by last day and by arrival."""
    found = list(reports)
    own = times_for_reports(report.to_unit_id for report in found)
    rows = [
        Row(report, duties_of(report, report.handling, list(report.extensions.all()), own[report.to_unit_id]), today)
        for report in found
    ]
    last = date.max
    return sorted(
        rows,
        key=lambda row: (row.duty.last_day if row.duty else last, row.report.handling.arrived_at, str(row.report.pk)),
    )


def waiting_hours(report: ConcernReport, at: datetime) -> int | None:
    """Return how many hours protection has not been assessed since the report arrived; None when it has been."""
    handling = report.handling
    return None if handling.protection_at else hours_since(handling.arrived_at, at)


def earlier_of(report: ConcernReport) -> Earlier | None:
    """Return the investigation that ended at most about six months before this report arrived (law.md P11)."""
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, [report.pk])
        found = cursor.fetchone()
    if found is None:
        return None
    opened, ended = (stockholm_day(moment) for moment in found)
    arrived = stockholm_day(report.handling.arrived_at)
    if arrived - ended > SOON_AGAIN:
        return None
    return Earlier(opened, ended, (arrived - opened).days)


def history_of(report: ConcernReport) -> list[Done]:
    """Return what has been done with a report fetched `with_history`, the latest first."""
    return sorted(_history(report), key=lambda done: done.at, reverse=True)


def _history(report: ConcernReport) -> Iterator[Done]:
    handling = report.handling
    yield Done(report.noted_at, _("The school noted that the report was made"), report.reported_by, private=False)
    for answer in report.answers.all():
        yield Done(answer.given_at, _("The school was told"), answer.given_by, answer.get_word_display(), private=False)
    if handling.protection_at and handling.protection_by:
        told = handling.get_protection_display()
        yield Done(handling.protection_at, _("Protection was assessed"), handling.protection_by, told)
    for longer in report.extensions.all():
        detail = f"{longer.get_ground_display()}. {longer.words}"
        yield Done(longer.decided_at, _("The time was made longer"), longer.decided_by, detail)
    if handling.decided_at and handling.decided_by:
        why = f"{handling.reason.title}. {handling.words}" if handling.reason else ""
        yield Done(handling.decided_at, handling.get_decision_display(), handling.decided_by, why)
    if handling.not_told_at and handling.not_told_by:
        why = handling.get_not_told_why_display()
        yield Done(handling.not_told_at, _("It was decided not to tell the reporter"), handling.not_told_by, why)
    if handling.ended_at and handling.ended_by:
        yield Done(handling.ended_at, _("The investigation ended"), handling.ended_by, handling.get_outcome_display())


def told_to_school(report: ConcernReport) -> list[ReportAnswer]:
    """Return what the school has been told, the latest first. Give a report with its answers and their units."""
    return sorted(report.answers.all(), key=lambda answer: (answer.given_at, answer.pk), reverse=True)
