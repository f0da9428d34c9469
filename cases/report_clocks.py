"""The clocks of a concern report: what the intake office must do by when, worked out from what has been done.

Nothing here pauses: a statutory time is only made longer by a decision with its ground (ReportExtension). An office
may have set itself a shorter one; what applied on the day a clock began is what counts. Days are days in Stockholm, and
the last one is in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise

from deadlines.due import Due, due_on
from deadlines.months import add_months
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days

from .models.report import THIRD, ConcernReport, ReportExtension, ReportHandling
from .obligations import KINDS, Kind
from .unit_times import OwnTimes

STANDARD = OwnTimes()
"""An office that has set no times of its own."""

NEXT_DAY = timedelta(days=1)
"""Protection is assessed at once: the same day, or the next where the report came late (law.md C4, practice)."""

SOON_AGAIN = timedelta(days=183)
"""A new investigation within about six months of the last is one that may have gone on too short (JO 2411-2017)."""


@dataclass(frozen=True)
class Duty:
    """One thing that the intake office must do with a report."""

    kind: Kind
    started_on: date
    last_day: date

    @property
    def code(self) -> str:
        """The code of its kind."""
        return self.kind.code

    @property
    def task(self) -> str | Promise:
        """What must be done, in the reader's language."""
        return self.kind.task

    def due(self, today: date) -> Due:
        """Return the clock as it stands on `today`."""
        return due_on(self.last_day, today)


def duties_of(
    report: ConcernReport, handling: ReportHandling, extensions: list[ReportExtension], own: OwnTimes = STANDARD
) -> list[Duty]:
    """Return what is left to do with `report`, the most urgent first. `extensions` are its own, `own` its office's.

    What the office has not found it can do nothing with: the reporter, whose duty it is, has been told to report again.
    """
    if handling.not_found_at is not None:
        return []
    found = [duty for duty in _duties(report, handling, extensions, own) if duty is not None]
    return sorted(found, key=lambda duty: (duty.last_day, duty.kind.rank, duty.code))


def _duties(
    report: ConcernReport, handling: ReportHandling, extensions: list[ReportExtension], own: OwnTimes
) -> Iterator[Duty | None]:
    yield receipt(report, handling)
    yield protection(handling)
    yield decision(handling, extensions, own)
    yield telling(report, handling, own)
    yield investigation(handling, extensions, own)
    yield meeting(handling, own)


def receipt(report: ConcernReport, handling: ReportHandling) -> Duty | None:
    """Confirm the same day as the office gets to know: when it is noted, or when another office has sent it on."""
    if handling.confirmed_at is not None:
        return None
    return _by_kind("confirm_receipt_of_report", stockholm_day(handling.sent_on_at or report.noted_at))


def protection(handling: ReportHandling) -> Duty | None:
    """Assess the need of protection at once (SoL 20:1); late after the end of the day after arrival."""
    if handling.protection_at is not None:
        return None
    arrived = stockholm_day(handling.arrived_at)
    return Duty(KINDS["assess_protection"], arrived, arrived + NEXT_DAY)


def decision(handling: ReportHandling, extensions: list[ReportExtension], own: OwnTimes = STANDARD) -> Duty | None:
    """Decide to open or not within 14 calendar days of arrival (SoL 20:2), never of allocation."""
    if handling.decision:
        return None
    arrived = stockholm_day(handling.arrived_at)
    until = _extended(extensions, ReportExtension.What.DECISION)
    return _by_kind("decide_open_or_not", arrived, own, until)


def telling(report: ConcernReport, handling: ReportHandling, own: OwnTimes = STANDARD) -> Duty | None:
    """Tell the reporter who has asked (SoL 19:6): within 7 calendar days of the decision.

    At once, that is at the latest the next working day, where the question comes after the decision or an investigation
    was already ongoing.
    """
    if report.asked_at is None or handling.decided_at is None or handling.told_at or handling.not_told_at:
        return None
    asked, decided = stockholm_day(report.asked_at), stockholm_day(handling.decided_at)
    at_once = handling.decision == ReportHandling.Decision.ONGOING or report.asked_at > handling.decided_at
    if at_once:
        first = max(asked, decided)
        return Duty(KINDS["inform_reporter"], first, add_working_days(first, 1))
    return _by_kind("inform_reporter", decided, own)


def investigation(handling: ReportHandling, extensions: list[ReportExtension], own: OwnTimes = STANDARD) -> Duty | None:
    """Finish within 4 months of the decision to open (SoL 20:3), or by the day it was prolonged to."""
    if handling.decision != ReportHandling.Decision.OPENED or handling.ended_at or handling.decided_at is None:
        return None
    until = _extended(extensions, ReportExtension.What.INVESTIGATION)
    return _by_kind("finish_investigation", stockholm_day(handling.decided_at), own, until)


def meeting(handling: ReportHandling, own: OwnTimes = STANDARD) -> Duty | None:
    """Call a joint meeting for the third report in twelve months, and for every later one (law.md P12)."""
    if handling.number_in_year < THIRD or handling.met_on is not None:
        return None
    return _by_kind("call_joint_meeting", stockholm_day(handling.arrived_at), own)


def _by_kind(code: str, started_on: date, own: OwnTimes = STANDARD, until: date | None = None) -> Duty:
    kind = KINDS[code]
    return Duty(kind, started_on, until or kind.due_on(started_on, own.days_of(code, started_on)))


def _extended(extensions: list[ReportExtension], what: str) -> date | None:
    return max((one.until for one in extensions if one.what == what), default=None)


def extendable(
    what: str, handling: ReportHandling, extensions: list[ReportExtension], own: OwnTimes = STANDARD
) -> Duty | None:
    """Return the duty whose time a decision of the kind `what` makes longer; None when it is done, or never was."""
    find = decision if what == ReportExtension.What.DECISION else investigation
    return find(handling, extensions, own)


def reach(what: str, was_due_on: date, today: date) -> tuple[date, date]:
    """Return the day after which a longer time must end when it is decided `today`, and the last day it may reach."""
    first = max(was_due_on, today)
    return first, longest(what, first)


def longest(what: str, was_due_on: date) -> date:
    """Return the last day to which one decision can move a time that ended on `was_due_on`: as long again.

    The law has no number for it (SoL 20:2-3: a fixed time, decided); every further time is decided anew.
    """
    if what == ReportExtension.What.INVESTIGATION:
        return add_months(was_due_on, KINDS["finish_investigation"].days or 0)
    return was_due_on + timedelta(days=KINDS["decide_open_or_not"].days or 0)


def hours_since(arrived_at: datetime, at: datetime) -> int:
    """Return the whole hours that have gone since the report arrived: elapsed time, also over a change of the clock."""
    return int((at - arrived_at) / timedelta(hours=1))
