"""How an import moves from one state to the next, and who may move it; also how it is stopped or taken up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Unit
from attendance.models import AbsenceSource
from audit import actions as audit

from ..access import may_import
from ..models import AbsenceImport, ImportedFile

Status = AbsenceImport.Status
NO_SIGN_OF_LIFE = timedelta(minutes=2)


class ImportHasMovedOn(Exception):
    """The import no longer stands where this can be done: somebody was faster, or cancelled it."""


class ImportNotAllowed(Exception):
    """The member may not bring in absence for the school."""


@transaction.atomic
def cancel_import(*, absence_import: AbsenceImport, by: Membership, at: datetime) -> AbsenceImport:
    """Stop an import and forget its file; nothing of it is stored. Raises ImportHasMovedOn."""
    absence_import = lock_to_become(absence_import, by, Status.CANCELLED)
    absence_import.status = Status.CANCELLED
    absence_import.closed_at = at
    absence_import.save(update_fields=["status", "closed_at"])
    absence_import.problems.all().delete()
    ImportedFile.objects.filter(absence_import=absence_import).delete()
    audit.record(action="absence import cancelled", target=absence_import, by=by, at=at)
    return absence_import


@transaction.atomic
def resume_import(*, absence_import: AbsenceImport, by: Membership, at: datetime) -> AbsenceImport:
    """Let an import that has shown no sign of life for two minutes be taken up again. Raises ImportHasMovedOn."""
    check_may_import(by, absence_import.unit)
    absence_import = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
    if not has_stopped(absence_import, at):
        raise ImportHasMovedOn
    absence_import.progressed_at = at
    absence_import.save(update_fields=["progressed_at"])
    audit.record(action="absence import resumed", target=absence_import, by=by, at=at)
    return absence_import


def has_stopped(absence_import: AbsenceImport, at: datetime) -> bool:
    """Say whether a running import shows no sign of life."""
    return absence_import.is_running and at - absence_import.progressed_at > NO_SIGN_OF_LIFE


def give_up_import(absence_import: AbsenceImport, *, at: datetime) -> AbsenceImport:
    """Close a running import that met an error of ours; nothing of it is stored. One being undone stays read in."""
    if absence_import.status == Status.UNDOING:
        return finish(absence_import, Status.APPLIED, undone_at=None, undone_by=None)
    return finish(absence_import, Status.FAILED, failure="unexpected", closed_at=at)


def start(absence_import: AbsenceImport, waiting: set[str], status: str) -> bytes:
    """Take up the import and return its rows as text. Raises ImportHasMovedOn."""
    take_up(absence_import, waiting, status)
    return absence_import.stored_file.text


def take_up(absence_import: AbsenceImport, waiting: set[str], status: str) -> None:
    """Say that work on the import goes on. Raises ImportHasMovedOn unless it is one of those `waiting`."""
    with transaction.atomic():
        row = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
        if row.status not in waiting:
            raise ImportHasMovedOn
        AbsenceImport.objects.filter(pk=row.pk).update(status=status, progressed_at=timezone.now())
    absence_import.refresh_from_db()


def finish(absence_import: AbsenceImport, status: str, **fields: Any) -> AbsenceImport:
    """Move a running import on, unless somebody has cancelled it meanwhile."""
    running = AbsenceImport.objects.filter(pk=absence_import.pk, status__in=AbsenceImport.RUNNING)
    if not running.update(status=status, progressed_at=timezone.now(), **fields):
        raise ImportHasMovedOn
    absence_import.refresh_from_db()
    return absence_import


def progress_of(absence_import: AbsenceImport, status: str) -> Callable[[int], None]:
    """Return what tells how many rows are done, and stops the work when somebody has cancelled it."""

    def tell(rows: int) -> None:
        running = AbsenceImport.objects.filter(pk=absence_import.pk, status=status)
        if not running.update(progress_rows=rows, progressed_at=timezone.now()):
            raise ImportHasMovedOn
        absence_import.progress_rows = rows

    return tell


def lock_to_become(absence_import: AbsenceImport, by: Membership | None, status: str) -> AbsenceImport:
    """Lock the import for a member who may change it to `status`. Raises ImportHasMovedOn, ImportNotAllowed."""
    check_may_import(by, absence_import.unit)
    row = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
    if not row.can_become(status):
        raise ImportHasMovedOn
    return row


def lock_as(absence_import: AbsenceImport, status: str) -> None:
    """Lock the import as long as it still stands where it is thought to. Raises ImportHasMovedOn."""
    row = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
    if row.status != status:
        raise ImportHasMovedOn


def lock_source(absence_import: AbsenceImport) -> AbsenceSource:
    """Lock the source of an import, so that nothing else changes what it has said meanwhile."""
    return AbsenceSource.objects.select_for_update(of=("self",)).get(imports=absence_import.pk)


def check_may_import(by: Membership | None, unit: Unit) -> None:
    """Raise ImportNotAllowed unless the member may bring absence in for the school; None is the command line."""
    if by is not None and not may_import(by, unit):
        raise ImportNotAllowed
