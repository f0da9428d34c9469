"""Erasing what has been kept long enough: proposed by one, approved by another, carried out part by part."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models.expressions import RawSQL

import audit.actions
from accounts.models import Membership
from attendance.school_years import take_away_empty_years
from deadlines.stockholm import stockholm_day

from . import erasure, selection, tombstones
from .access import may_run_retention
from .models import RetentionRun, RetentionTombstone
from .policy import COMPARTMENTS, Policy
from .selection import Selection

Status = RetentionRun.Status
END_OF_TIME = date(9000, 1, 1)
THIS_TRANSACTION = "pg_current_xact_id()::text::bigint"


class NotAllowed(Exception):
    """Only a system administrator proposes and approves."""


class NothingIsDue(Exception):
    """There is nothing to erase."""


class RunAlreadyWaiting(Exception):
    """A proposal is waiting already, or an approved one to be carried out."""


class SecondPersonNeeded(Exception):
    """The one who proposed cannot approve."""


class RunHasMovedOn(Exception):
    """Somebody was faster: the run no longer waits for this."""


class ProposalHasChanged(Exception):
    """The policy, or the list of ids, is not what was approved; propose anew."""


@transaction.atomic
def propose_retention(*, policy: Policy, today: date, by: Membership, at: datetime) -> RetentionRun:
    """Freeze what is due on `today` as a list of ids. Raises NotAllowed, RunAlreadyWaiting and NothingIsDue."""
    if not may_run_retention(by):
        raise NotAllowed
    if RetentionRun.objects.filter(status__in=[Status.PROPOSED, Status.APPROVED]).exists():
        raise RunAlreadyWaiting
    lists = selection.as_lists(selection.due(policy, today))
    if not lists:
        raise NothingIsDue
    run = RetentionRun.objects.create(
        counted_on=today,
        subjects=lists,
        counts={rule: len(names) for rule, names in lists.items()},
        subjects_sha256=selection.fingerprint(lists),
        policy_sha256=policy.fingerprint,
        proposed_at=at,
        proposed_by=by.user,
    )
    _record("retention_proposed", run, by, at, run.counts)
    return run


@transaction.atomic
def approve_retention(*, run: RetentionRun, by: Membership, at: datetime) -> RetentionRun:
    """Let the run be carried out. Raises NotAllowed, SecondPersonNeeded and RunHasMovedOn."""
    run = _waiting(run, by)
    if run.proposed_by_id == by.user_id:
        raise SecondPersonNeeded
    run.status, run.approved_at, run.approved_by = Status.APPROVED, at, by.user
    run.save(update_fields=["status", "approved_at", "approved_by"])
    _record("retention_approved", run, by, at, {"subjects_sha256": run.subjects_sha256})
    return run


@transaction.atomic
def cancel_retention(*, run: RetentionRun, by: Membership, at: datetime) -> RetentionRun:
    """Take a proposal back; its list of ids is forgotten. Raises NotAllowed and RunHasMovedOn."""
    run = _waiting(run, by)
    run.status, run.subjects = Status.CANCELLED, {}
    run.save(update_fields=["status", "subjects"])
    _record("retention_cancelled", run, by, at, {})
    return run


def carry_out_retention(*, run: RetentionRun, policy: Policy, at: datetime) -> RetentionRun:
    """Erase what was approved, one transaction for each compartment. Called outside a transaction, as the owner.

    What has changed since the proposal, or now depends on something kept, is left out and counted. A run that was
    interrupted goes on with the compartments that are left. Raises RunHasMovedOn and ProposalHasChanged.
    """
    if run.status != Status.APPROVED:
        raise RunHasMovedOn
    if run.policy_sha256 != policy.fingerprint or run.subjects_sha256 != selection.fingerprint(run.subjects):
        raise ProposalHasChanged
    for compartment in COMPARTMENTS:
        _carry_out_compartment(run, policy, compartment, at)
    with transaction.atomic():
        run = _finish(run, at)
        take_away_empty_years(stockholm_day(at))
        _record("retention_carried_out", run, None, at, {rule: told["erased"] for rule, told in run.results.items()})
    return run


@transaction.atomic
def reapply_retention(*, policy: Policy, at: datetime, today: date) -> RetentionRun:
    """Erase again what had been erased before an older backup was restored: everything that has a tombstone."""
    known = tombstones.known_digests()
    run = RetentionRun.objects.create(
        kind=RetentionRun.Kind.REAPPLIED,
        status=Status.APPROVED,
        counted_on=today,
        subjects_sha256=selection.fingerprint({}),
        policy_sha256=policy.fingerprint,
        proposed_at=at,
    )
    found = selection.select(
        policy, lambda rule, one: (rule.name, tombstones.digest_of(one)) in known, lambda rule: END_OF_TIME
    )
    _erase(run, policy, found, at, asked_for={rule: len(subjects) for rule, subjects in found.items()})
    run = _finish(run, at)
    _record("retention_reapplied", run, None, at, {rule: told["erased"] for rule, told in run.results.items()})
    return run


@transaction.atomic
def _carry_out_compartment(run: RetentionRun, policy: Policy, compartment: str, at: datetime) -> None:
    """Erase one compartment's part of the run, or all of it stays."""
    locked = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    asked_for = {rule.name: locked.subjects.get(rule.name, []) for rule in policy.of(compartment)}
    if locked.status != Status.APPROVED or asked_for.keys() & locked.results.keys():
        return
    names = {name for listed in asked_for.values() for name in listed}
    if not names:
        return
    _lock_rows(policy, compartment, asked_for)
    found = selection.due(policy, locked.counted_on, compartment=compartment, among=names)
    _erase(locked, policy, found, at, {rule: len(listed) for rule, listed in asked_for.items()})


def _lock_rows(policy: Policy, compartment: str, asked_for: dict[str, list[str]]) -> None:
    """Hold the rows that the subjects are about, so that nothing is added to them meanwhile."""
    for rule in policy.of(compartment):
        if rule.kind.period != "month":
            ids = {name.partition(":")[2].partition("|")[0] for name in asked_for[rule.name]}
            rows = apps.get_model(rule.kind.model)._base_manager.filter(pk__in=ids).order_by("pk")
            list(rows.select_for_update(of=("self",)).values_list("pk"))


def _erase(run: RetentionRun, policy: Policy, found: Selection, at: datetime, asked_for: dict[str, int]) -> None:
    """Erase the subjects, leave tombstones, and note how it went; only meanwhile are append-only tables open."""
    RetentionRun.objects.filter(pk=run.pk).update(erasing_in=RawSQL(THIS_TRANSACTION, []))  # noqa: S611 - a constant
    left: list[RetentionTombstone] = []
    for rule in policy.rules:
        erased = list(erasure.erase(rule, found.get(rule.name, [])))
        left += tombstones.leave_tombstones(run, rule, erased, at)
        if asked_for.get(rule.name):
            rows = sum(sum(counts.values()) for _, counts in erased)
            run.results[rule.name] = {
                "erased": len(erased), "left_out": asked_for[rule.name] - len(erased), "rows": rows,
            }  # fmt: skip
    # Something kept that points at something erased: known now, while all of it can still be undone.
    connection.check_constraints()
    RetentionRun.objects.filter(pk=run.pk).update(erasing_in=None, results=run.results)
    tombstones.write_journal(left)


def _finish(run: RetentionRun, at: datetime) -> RetentionRun:
    """Close the run and forget its list of ids."""
    run = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    run.status, run.subjects, run.done_at = Status.DONE, {}, at
    run.save(update_fields=["status", "subjects", "done_at"])
    return run


def _waiting(run: RetentionRun, by: Membership) -> RetentionRun:
    """Lock a run that waits for a second person."""
    if not may_run_retention(by):
        raise NotAllowed
    run = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.status != Status.PROPOSED:
        raise RunHasMovedOn
    return run


def _record(action: str, run: RetentionRun, by: Membership | None, at: datetime, details: dict[str, Any]) -> None:
    audit.actions.record(action=action, target=run, by=by, at=at, details=details)
