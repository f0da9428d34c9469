"""A run from beginning to end: taken up where it stopped, one at a time for a source, told in the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from deadlines.stockholm import stockholm_day

from .client import Answer, Client
from .connecting import connected
from .models import GOES_ON_WITHIN, SchoolSource, SourceSchool, SyncRun
from .problems import SourceError

Status = SyncRun.Status
FULL_EVERY = timedelta(days=7)
Connect = Callable[[SchoolSource], AbstractContextManager[Client]]


class AlreadyRunning(Exception):
    """The source is being read at this moment by somebody else."""


@contextmanager
def only_one(source_id: UUID) -> Iterator[None]:
    """Be the only one who reads this source. A lock of the connection: it goes when the process is killed.

    Raises AlreadyRunning.
    """
    name = f"ss12000 {source_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def take_up(
    source_school: SourceSchool, kind: str, *, is_full: bool, is_dry_run: bool, is_automatic: bool, at: datetime
) -> SyncRun:
    """Return the run that stopped half-way, or a new one. One that stopped too long ago is closed."""
    with transaction.atomic():
        left = SyncRun.objects.filter(source_school=source_school, kind=kind, status__in=SyncRun.OPEN).first()
        if left is not None:
            same = (left.is_full or not is_full) and left.is_dry_run == is_dry_run
            if same and at - left.started_at < GOES_ON_WITHIN:
                left.status = Status.RUNNING
                left.add(resumed=1)
                left.save(update_fields=["status", "counts"])
                left.source_school = source_school
                return left
            close(left, Status.FAILED, failure="cut_off", at=at)
        return SyncRun.objects.create(
            source_school=source_school,
            kind=kind,
            is_full=is_full,
            is_dry_run=is_dry_run,
            is_automatic=is_automatic,
            started_at=at,
            progressed_at=timezone.now(),
        )


def synchronise(
    source_school: SourceSchool,
    kind: str,
    *,
    needs_full: Callable[[SourceSchool, date], bool],
    read: Callable[[SyncRun, Client], None],
    is_full: bool,
    is_dry_run: bool,
    is_automatic: bool,
    at: datetime,
    connect: Connect,
) -> SyncRun:
    """Take up or begin a run of a kind, alone with its source, and carry it through. Raises AlreadyRunning."""
    with only_one(source_school.source_id):
        run = take_up(
            source_school,
            kind,
            is_full=is_full or needs_full(source_school, stockholm_day(at)),
            is_dry_run=is_dry_run or source_school.source.is_dry_run,
            is_automatic=is_automatic,
            at=at,
        )
        return carry_through(run, read, connect)


def carry_through(run: SyncRun, read: Callable[[SyncRun, Client], None], connect: Connect = connected) -> SyncRun:
    """Let `read` do the work with a conversation, and write in the journal how it ended.

    What may work later pauses the run; what will not closes it. An error of ours closes it too, and is raised.
    """
    try:
        with connect(run.source_school.source) as client:
            try:
                read(run, client)
            except Answer as refused:
                raise refused.as_problem("") from refused
            finally:
                run.add(requests=client.facts.requests, retries=client.facts.retries)
    except SourceError as problem:
        if problem.may_go_on_later:
            pause(run, problem)
        else:
            close(run, Status.FAILED, failure=problem.code, details=problem.details, at=timezone.now())
    except Exception:
        close(run, Status.FAILED, failure="unexpected", at=timezone.now())
        raise
    return run


def pause(run: SyncRun, problem: SourceError) -> None:
    """Leave the run where it is: the next one goes on from there."""
    run.status, run.failure, run.details = Status.PAUSED, problem.code, problem.details
    run.progressed_at = timezone.now()
    run.save(update_fields=["status", "failure", "details", "counts", "progressed_at"])


@transaction.atomic
def close(
    run: SyncRun, status: str, *, at: datetime, failure: str = "", details: dict[str, object] | None = None
) -> None:
    """End the run, and forget every row that it had read."""
    run.status, run.failure, run.details, run.ended_at = status, failure, details or {}, at
    run.cursor = {}
    run.progressed_at = timezone.now()
    run.save(update_fields=["status", "failure", "details", "ended_at", "cursor", "counts", "progressed_at"])
    run.staged.all().delete()
