"""Synchronises a school's register with its source: read, compare, do what may happen by itself, ask about the rest."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

import audit.actions
from accounts.models import Membership
from deadlines.stockholm import stockholm_day

from ..access import may_import
from .changes import Carrier, are_few, may_happen_by_itself
from .client import Client
from .compare import Change, Comparer, Comparison
from .connecting import connected
from .models import RosterChange, RosterDiff, SourceSchool, SyncRun
from .reading import RegisterReading, next_beginning
from .reporting_back import report_back
from .runs import FULL_EVERY, Connect, Status, close, synchronise

Kind = RosterChange.Kind
HINTS = {Kind.MENTOR, Kind.CONFLICT}
ANSWERABLE = tuple(kind for kind in Kind.values if kind not in HINTS)


class ComparisonHasMovedOn(Exception):
    """The comparison is answered already, or a later one has replaced it."""


class EndsTooMany(Exception):
    """So many would be ended that it has to be said a second time."""


class NotAllowedToAnswer(Exception):
    """The member may not answer for this school."""


def sync_register(
    source_school: SourceSchool,
    *,
    at: datetime,
    is_full: bool = False,
    is_dry_run: bool = False,
    is_automatic: bool = True,
    connect: Connect = connected,
) -> SyncRun:
    """Read one school's register from its source. A week after the last full reading it is full by itself.

    Raises AlreadyRunning.
    """
    return synchronise(
        source_school,
        SyncRun.Kind.REGISTER,
        needs_full=needs_full,
        read=_read_and_conclude,
        is_full=is_full,
        is_dry_run=is_dry_run,
        is_automatic=is_automatic,
        at=at,
        connect=connect,
    )


def needs_full(source_school: SourceSchool, today: date) -> bool:
    """Say whether everything has to be read: the first time, weekly, and while a comparison waits for its answer.

    A comparison of what has changed since yesterday cannot replace one that was never answered.
    """
    last = source_school.register_full_on
    waits = source_school.diffs.filter(status=RosterDiff.Status.WAITING).exists()
    return waits or last is None or source_school.register_until is None or today - last >= FULL_EVERY


def _read_and_conclude(run: SyncRun, client: Client) -> None:
    RegisterReading(run, client).read()
    with transaction.atomic():
        conclude(run, at=timezone.now())
    report_back(run, client)


def conclude(run: SyncRun, *, at: datetime) -> None:
    """Compare, carry out what may happen by itself, keep the rest for a yes, and close the run: in one transaction."""
    today = stockholm_day(run.started_at)
    comparison = Comparer(run, today).compare()
    run.add(**{f"{kind}": number for kind, number in comparison.counts().items()}, held_aside=comparison.held_aside)
    if run.is_dry_run:
        close(run, Status.DONE, at=at)
        return
    rest = comparison.changes
    if run.is_automatic:
        rest = _by_themselves(run, comparison, today, at)
    source_school = run.source_school
    source_school.register_until = next_beginning(run)
    source_school.register_full_on = today if run.is_full else source_school.register_full_on
    source_school.save(update_fields=["register_until", "register_full_on"])
    asks = [change for change in rest if change.kind not in HINTS]
    _replace_waiting(source_school, at)
    if asks or (rest and not run.is_automatic):
        _ask(run, comparison, rest, at)
    close(run, Status.WAITING if asks else Status.DONE, at=at)


def _by_themselves(run: SyncRun, comparison: Comparison, today: date, at: datetime) -> list[Change]:
    """Carry out the changes that need no yes, and return the others."""
    mine = [change for change in comparison.changes if may_happen_by_itself(change)]
    endings = [change for change in mine if change.kind == Kind.END]
    if not are_few(len(endings), comparison.pupils_before):
        mine = [change for change in mine if change.kind != Kind.END]
    done = Carrier(run.source_school, today=today, at=at).carry_out(mine, by=None)
    run.add(**{f"done_{kind}": number for kind, number in done.items()})
    taken = {id(change) for change in mine}
    return [change for change in comparison.changes if id(change) not in taken]


def _replace_waiting(source_school: SourceSchool, at: datetime) -> None:
    for old in source_school.diffs.filter(status=RosterDiff.Status.WAITING):
        _close_diff(old, RosterDiff.Status.REPLACED)


def _ask(run: SyncRun, comparison: Comparison, changes: list[Change], at: datetime) -> None:
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.kind] = counts.get(change.kind, 0) + 1
    diff = RosterDiff.objects.create(
        unit_id=run.source_school.school_id,
        source_school=run.source_school,
        source_name=run.source_school.source.name,
        counts=counts,
        pupils_before=comparison.pupils_before,
        held_aside=comparison.held_aside + run.counts.get("protected", 0),
        made_at=at,
    )
    RosterChange.objects.bulk_create(
        (
            RosterChange(
                diff=diff, kind=change.kind, pupil=change.pupil, key=change.key, before=change.before,
                after=change.after,
            )
            for change in changes
        ),
        batch_size=1000,
    )  # fmt: skip


@transaction.atomic
def answer_comparison(
    diff: RosterDiff, *, kinds: list[str], ends_confirmed: bool, by: Membership, at: datetime
) -> RosterDiff:
    """Say yes to some kinds of change, or to none. Raises NotAllowedToAnswer, ComparisonHasMovedOn and EndsTooMany."""
    if not may_import(by, diff.unit):
        raise NotAllowedToAnswer
    diff = RosterDiff.objects.select_for_update(of=("self",)).get(pk=diff.pk)
    if diff.status != RosterDiff.Status.WAITING:
        raise ComparisonHasMovedOn
    if Kind.END in kinds and diff.ends_too_many and not ends_confirmed:
        raise EndsTooMany
    diff.kinds = [kind for kind in kinds if kind in ANSWERABLE]
    diff.answered_by, diff.answered_at = by, at
    diff.status = RosterDiff.Status.APPROVED if diff.kinds else RosterDiff.Status.REFUSED
    diff.save(update_fields=["kinds", "answered_by", "answered_at", "status"])
    audit.actions.record(
        action="register comparison answered", target=diff, by=by, at=at, details={"kinds": sorted(diff.kinds)}
    )
    return diff


@transaction.atomic
def carry_out_comparison(diff: RosterDiff, *, at: datetime) -> RosterDiff:
    """Carry out what was said yes to, and forget the rows. Done once: a second time changes nothing."""
    diff = RosterDiff.objects.select_for_update(of=("self",)).get(pk=diff.pk)
    if diff.status == RosterDiff.Status.REFUSED:
        diff.changes.all().delete()
        return diff
    if diff.status != RosterDiff.Status.APPROVED:
        return diff
    wanted = diff.changes.filter(kind__in=diff.kinds).select_related("pupil").order_by("pk")
    changes = [Change(row.kind, row.key, row.pupil, row.before, row.after) for row in wanted]
    school = SourceSchool.objects.select_related("source", "school__unit").get(pk=diff.source_school_id)
    by = diff.answered_by
    diff.result = Carrier(school, today=stockholm_day(at), at=at).carry_out(changes, by=by)
    diff.applied_at = at
    _close_diff(diff, RosterDiff.Status.APPLIED)
    return diff


def _close_diff(diff: RosterDiff, status: str) -> None:
    """What the rows said is gone with them; how many there were is kept."""
    diff.status = status
    diff.save(update_fields=["status", "result", "applied_at"])
    diff.changes.all().delete()
