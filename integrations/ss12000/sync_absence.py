"""Synchronises a school's absence with its source: lesson by lesson where it can be had, else sums of months."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from attendance.detection import detect_signals
from audit import actions as audit
from deadlines.stockholm import stockholm_day

from .absence_reading import AbsenceReading
from .client import Client
from .connecting import connected
from .models import SourceSchool, SyncRun
from .problems import SourceError
from .reporting_back import report_back
from .runs import FULL_EVERY, Connect, Status, close, synchronise
from .sums import SumsReading


def sync_absence(
    source_school: SourceSchool,
    *,
    at: datetime,
    is_full: bool = False,
    is_dry_run: bool = False,
    is_automatic: bool = True,
    connect: Connect = connected,
) -> SyncRun:
    """Read one school's absence. Nightly the last days and what was mended of earlier ones; weekly the whole year.

    Raises AlreadyRunning.
    """
    return synchronise(
        source_school,
        SyncRun.Kind.ABSENCE,
        needs_full=needs_full,
        read=_read_and_conclude,
        is_full=is_full,
        is_dry_run=is_dry_run,
        is_automatic=is_automatic,
        at=at,
        connect=connect,
    )


def needs_full(source_school: SourceSchool, today: date) -> bool:
    """Say whether the whole year has to be read: the first time, and a week after the last."""
    last = source_school.absence_full_on
    return last is None or today - last >= FULL_EVERY


def _read_and_conclude(run: SyncRun, client: Client) -> None:
    source = run.source_school.source
    if source.offers("calendarEvents"):
        AbsenceReading(run, client).read()
    elif source.offers("aggregatedAttendance"):
        SumsReading(run, client).read()
    else:
        raise SourceError("no_way_to_absence")
    with transaction.atomic():
        conclude(run, at=timezone.now())
    report_back(run, client)


def conclude(run: SyncRun, *, at: datetime) -> None:
    """See which signals it gives, note where the next reading begins, and close the run: in one transaction."""
    if not run.is_dry_run:
        changed = {name: run.counts.get(name, 0) for name in ("new", "changed", "removed")}
        today = stockholm_day(run.started_at)
        if any(changed.values()):
            signals = detect_signals(run.source_school.school, today=today, at=at)
            run.add(signals=len(signals))
        source_school = run.source_school
        newest = run.cursor.get("newest")
        if newest:
            source_school.absence_until = datetime.fromisoformat(newest)
        if run.is_full:
            source_school.absence_full_on = today
        source_school.save(update_fields=["absence_until", "absence_full_on"])
        audit.record(
            action="absence synchronised",
            target=source_school.school,
            by=None,
            at=at,
            details=changed,
            authority=source_school.school.unit.authority,
        )
    close(run, Status.DONE, at=at)
