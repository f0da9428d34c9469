"""Readings beside the pages. Nothing is called from a web process: whatever goes out, goes out from here."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from wall import identity
from wall.roles import IMPORT

from . import subscriptions
from .connection_test import try_source as ask_source
from .models import RosterDiff, SchoolSource, SourceSchool, SyncRun
from .runs import AlreadyRunning
from .sync_absence import sync_absence
from .sync_register import carry_out_comparison, sync_register

AGAIN = timedelta(minutes=20)
TIMES = 6


@app.task(queue="imports", name="integrations.try_source")
def try_source(source_id: str) -> None:
    """Find out what a source can do."""
    with identity.working_as(IMPORT):
        ask_source(SchoolSource.objects.get(pk=source_id), at=timezone.now())


@app.task(queue="imports", name="integrations.read_school")
def read_school(
    source_school_id: int, kind: str, *, is_automatic: bool = True, is_full: bool = False, is_dry_run: bool = False
) -> None:
    """Read one school from its source; one that was stopped half-way is tried again in a while."""
    how = {"is_automatic": is_automatic, "is_full": is_full, "is_dry_run": is_dry_run}
    with identity.working_as(IMPORT):
        one = SourceSchool.objects.select_related("source", "school__unit").filter(pk=source_school_id).first()
        if one is None:
            return
        try:
            run = READERS[kind](
                one, at=timezone.now(), is_automatic=is_automatic, is_full=is_full, is_dry_run=is_dry_run
            )
        except AlreadyRunning:
            return
    if run.status == SyncRun.Status.PAUSED and run.counts.get("resumed", 0) < TIMES:
        in_a_while = read_school.configure(schedule_in={"seconds": int(AGAIN.total_seconds())})
        in_a_while.defer(source_school_id=source_school_id, kind=kind, **how)


@app.task(queue="imports", name="integrations.carry_out_comparison")
def carry_out(diff_id: str) -> None:
    """Carry out what a school has said yes to."""
    with identity.working_as(IMPORT):
        carry_out_comparison(RosterDiff.objects.get(pk=diff_id), at=timezone.now())


@app.periodic(cron="15 2 * * *")
@app.task(queue="imports", name="integrations.read_sources", queueing_lock="integrations.read_sources")
def read_sources(timestamp: int) -> None:
    """Let every school of every source that is on be read, the register before the absence; one source at a time."""
    with identity.working_as(IMPORT):
        schools = list(SourceSchool.objects.filter(source__is_on=True).values_list("pk", "source_id"))
    for kind in READERS:
        for school, source in schools:
            read_school.configure(lock=f"source {source}").defer(source_school_id=school, kind=kind)


@app.task(queue="imports", name="integrations.keep_subscription")
def keep_subscription(source_id: str) -> None:
    """Have the subscription at a source that its administrator wants."""
    with identity.working_as(IMPORT):
        subscriptions.keep_subscription(SchoolSource.objects.get(pk=source_id), at=timezone.now())


@app.periodic(cron="45 1 * * *")
@app.task(queue="imports", name="integrations.keep_subscriptions", queueing_lock="integrations.keep_subscriptions")
def keep_subscriptions(timestamp: int) -> None:
    """Renew what ends soon, and try again what failed."""
    with identity.working_as(IMPORT):
        sources = list(SchoolSource.objects.values_list("pk", flat=True))
    for source in sources:
        keep_subscription.configure(lock=f"source {source}").defer(source_id=str(source))


@app.periodic(cron="* * * * *")
@app.task(queue="imports", name="integrations.listen", queueing_lock="integrations.listen")
def listen(timestamp: int) -> None:
    """Read what has changed in the sources that have told so: the register first, one reading of a source at a time.

    A reading that already waits will read this, too.
    """
    with identity.working_as(IMPORT):
        told = subscriptions.notices_to_read(at=timezone.now())
        schools = list(SourceSchool.objects.filter(source__in=told).values_list("pk", "source_id"))
    for kind in READERS:
        for school, source in schools:
            once = read_school.configure(lock=f"source {source}", queueing_lock=f"told {school} {kind}")
            with suppress(AlreadyEnqueued):
                once.defer(source_school_id=school, kind=kind)


READERS = {SyncRun.Kind.REGISTER.value: sync_register, SyncRun.Kind.ABSENCE.value: sync_absence}
