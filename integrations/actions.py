"""Brings a file of absence in: upload, read, match columns, approve, apply; or cancel.

Pages, tasks and commands use these. Reading and applying tell between chunks of rows how far they are. Called outside a
transaction, others see each report at once; what is stored as absence is always stored in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Unit
from attendance.detection import detect_signals
from attendance.sources import source_of_files
from audit import actions as audit
from deadlines.stockholm import stockholm_day

from .access import may_import
from .csv_files.headings import MINUTES, is_in_hours
from .csv_files.problems import FileProblem, Problem
from .csv_files.tables import Mapping, count_rows, find_mapping
from .held_aside import fit_to_keep, without_held, without_known
from .models import AbsenceImport, ImportedFile, ImportProblem
from .plan import carry_out_plan, make_plan
from .roster import Roster
from .staging import stage, staging_tables

Status = AbsenceImport.Status
MOST_BYTES = 25 * 1024 * 1024
NO_SIGN_OF_LIFE = timedelta(minutes=2)
PROBLEMS_AT_A_TIME = 2000


class ImportHasMovedOn(Exception):
    """The import no longer stands where this can be done: somebody was faster, or cancelled it."""


class ImportNotAllowed(Exception):
    """The member may not bring in absence for the school."""


class NothingToReadIn(Exception):
    """No row can be read in, or the file seems to be about another school."""


@transaction.atomic
def upload_absence_file(
    *, unit: Unit, file_name: str, content: bytes, by: Membership | None, at: datetime
) -> AbsenceImport:
    """Keep the file until it is read in. `by` is None on the command line.

    Files of the school's earlier, closed imports are forgotten. Of rows about protected pupils only the place is kept.
    Raises ImportNotAllowed.
    """
    _check_may_import(by, unit)
    ImportedFile.objects.filter(absence_import__unit=unit, absence_import__status__in=AbsenceImport.CLOSED).delete()
    absence_import = AbsenceImport.objects.create(
        unit=unit,
        uploaded_by=by,
        uploaded_at=at,
        progressed_at=at,
        file_name=file_name[-120:],
        sha256=sha256(content).hexdigest(),
    )
    ImportedFile.objects.create(absence_import=absence_import, content=fit_to_keep(content))
    audit.record(action="absence file uploaded", target=absence_import, by=by, at=at)
    return absence_import


def read_import(absence_import: AbsenceImport, *, at: datetime) -> AbsenceImport:
    """Read the file and prepare the preview, or ask for its columns; a file without a table fails with a reason.

    Stores nothing as absence. Raises ImportHasMovedOn unless the import waits to be read.
    """
    content = _start(absence_import, {Status.UPLOADED, Status.READING}, Status.READING)
    content = _keep(absence_import, content, without_known(content, absence_import.unit_id))
    try:
        mapping = _mapping(absence_import, content)
        if not mapping.is_complete:
            return _finish(absence_import, Status.NEEDS_MAPPING, mapping=mapping.as_json())
        return _preview(absence_import, content, mapping, at)
    except FileProblem as problem:
        return _finish(absence_import, Status.FAILED, failure=problem.code, closed_at=at)


@transaction.atomic
def match_columns(
    *, absence_import: AbsenceImport, shape: str, columns: dict[str, int], by: Membership, at: datetime
) -> AbsenceImport:
    """Say which column is what, and let the file be read anew. Raises ImportHasMovedOn."""
    absence_import = _lock(absence_import, by, Status.UPLOADED)
    mapping = Mapping.from_json(absence_import.mapping)
    hours = [name for name, index in columns.items() if name in MINUTES and is_in_hours(mapping.headings[index])]
    absence_import.mapping = replace(mapping, shape=shape, columns=columns, hours=hours).as_json()
    absence_import.status = Status.UPLOADED
    absence_import.progress_rows = 0
    absence_import.save(update_fields=["mapping", "status", "progress_rows"])
    audit.record(action="absence columns matched", target=absence_import, by=by, at=at, details={"shape": shape})
    return absence_import


@transaction.atomic
def approve_import(absence_import: AbsenceImport, *, by: Membership | None, at: datetime) -> AbsenceImport:
    """Approve the preview; the good rows are to be stored. Raises ImportHasMovedOn, NothingToReadIn."""
    absence_import = _lock(absence_import, by, Status.APPLYING)
    if not absence_import.counts["good"] or absence_import.looks_like_another_school:
        raise NothingToReadIn
    absence_import.status = Status.APPLYING
    absence_import.approved_by = by
    absence_import.approved_at = at
    absence_import.progress_rows = 0
    absence_import.progressed_at = timezone.now()
    absence_import.save(update_fields=["status", "approved_by", "approved_at", "progress_rows", "progressed_at"])
    audit.record(action="absence import approved", target=absence_import, by=by, at=at)
    return absence_import


def apply_import(absence_import: AbsenceImport, *, at: datetime) -> AbsenceImport:
    """Store the good rows of an approved file and see which signals they give, in one transaction.

    The same file again changes nothing. Raises ImportHasMovedOn unless the import is approved and not yet applied.
    """
    content = _start(absence_import, {Status.APPLYING}, Status.APPLYING)
    mapping = Mapping.from_json(absence_import.mapping)
    school = absence_import.unit.school
    with staging_tables():
        roster = Roster(school, stockholm_day(at))
        problems = stage(content, mapping, roster, _progress(absence_import, Status.APPLYING))
        with transaction.atomic():
            _lock_as(absence_import, Status.APPLYING)
            source = source_of_files(absence_import.unit, at)
            counts = make_plan(mapping.shape, source)
            carry_out_plan(mapping.shape, source)
            is_changed = bool(counts["new"] or counts["changed"] or counts["removed"])
            signals = detect_signals(school, today=stockholm_day(at), at=at) if is_changed else []
            counts |= _row_counts(absence_import.progress_rows, problems) | {"signals": len(signals)}
            _keep_problems(absence_import, problems)
            if problems:
                _take_out_held(absence_import, content, mapping, problems)
            else:
                ImportedFile.objects.filter(absence_import=absence_import).delete()
            _finish(absence_import, Status.APPLIED, counts=counts, closed_at=at)
            audit.record(
                action="absence import applied",
                target=absence_import,
                by=absence_import.approved_by,
                at=at,
                details={key: counts[key] for key in ("new", "changed", "unchanged", "removed", "bad", "signals")},
            )
    return absence_import


@transaction.atomic
def cancel_import(*, absence_import: AbsenceImport, by: Membership, at: datetime) -> AbsenceImport:
    """Stop an import and forget its file; nothing of it is stored. Raises ImportHasMovedOn."""
    absence_import = _lock(absence_import, by, Status.CANCELLED)
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
    _check_may_import(by, absence_import.unit)
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
    """Close a running import that met an error of ours; nothing of it is stored."""
    return _finish(absence_import, Status.FAILED, failure="unexpected", closed_at=at)


def _preview(absence_import: AbsenceImport, content: bytes, mapping: Mapping, at: datetime) -> AbsenceImport:
    total = count_rows(content, mapping)
    AbsenceImport.objects.filter(pk=absence_import.pk).update(mapping=mapping.as_json(), total_rows=total)
    with staging_tables():
        roster = Roster(absence_import.unit.school, stockholm_day(at))
        problems = stage(content, mapping, roster, _progress(absence_import, Status.READING))
        if not absence_import.progress_rows:
            raise FileProblem("file_has_no_rows")
        with transaction.atomic():
            source = source_of_files(absence_import.unit, at)
            counts = make_plan(mapping.shape, source) | _row_counts(absence_import.progress_rows, problems)
            _keep_problems(absence_import, problems)
            _take_out_held(absence_import, content, mapping, problems)
            return _finish(absence_import, Status.PREVIEWED, counts=counts, mapping=mapping.as_json())


def _mapping(absence_import: AbsenceImport, content: bytes) -> Mapping:
    """Return the mapping that somebody has confirmed, now or for the school's last file with these headings."""
    if absence_import.mapping:
        return Mapping.from_json(absence_import.mapping)
    found = find_mapping(content)
    earlier = (
        AbsenceImport.objects.filter(
            unit=absence_import.unit_id, status=Status.APPLIED, mapping__headings=found.headings
        )
        .order_by("-closed_at", "pk")
        .values_list("mapping", flat=True)
        .first()
    )
    if earlier is None:
        return found
    known = Mapping.from_json(earlier)
    return replace(found, shape=known.shape, columns=known.columns, hours=known.hours)


def _row_counts(rows: int, problems: list[Problem]) -> dict[str, Any]:
    bad = {problem.row_number for problem in problems}
    unknown = {problem.row_number for problem in problems if problem.code == "pupil_unknown"}
    held_aside = sum(problem.code == "pupil_held_aside" for problem in problems)
    return {
        "rows": rows,
        "good": rows - len(bad),
        "bad": len(bad),
        "unknown": len(unknown),
        "held_aside": held_aside,
        "other_school": len(unknown) * 2 > rows,
    }


def _keep_problems(absence_import: AbsenceImport, problems: list[Problem]) -> None:
    absence_import.problems.all().delete()
    ImportProblem.objects.bulk_create(
        (
            ImportProblem(
                absence_import=absence_import,
                row_number=problem.row_number,
                column=problem.column,
                code=problem.code,
                value=problem.value,
                details=problem.details,
            )
            for problem in problems
        ),
        batch_size=PROBLEMS_AT_A_TIME,
    )


def _take_out_held(absence_import: AbsenceImport, content: bytes, mapping: Mapping, problems: list[Problem]) -> None:
    """Keep the file without the rows that were held aside, where any are left in it."""
    _keep(absence_import, content, without_held(content, mapping, problems))


def _keep(absence_import: AbsenceImport, content: bytes, fit: bytes) -> bytes:
    """Keep of the file what is `fit` to be kept, and return it."""
    if fit != content:
        ImportedFile.objects.filter(absence_import=absence_import).update(content=fit)
    return fit


def _start(absence_import: AbsenceImport, waiting: set[str], status: str) -> bytes:
    """Take up the import and return its file."""
    with transaction.atomic():
        row = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
        if row.status not in waiting:
            raise ImportHasMovedOn
        AbsenceImport.objects.filter(pk=row.pk).update(status=status, progressed_at=timezone.now())
    absence_import.refresh_from_db()
    return bytes(absence_import.stored_file.content)


def _finish(absence_import: AbsenceImport, status: str, **fields: Any) -> AbsenceImport:
    """Move a running import on, unless somebody has cancelled it meanwhile."""
    running = AbsenceImport.objects.filter(pk=absence_import.pk, status__in=AbsenceImport.RUNNING)
    if not running.update(status=status, progressed_at=timezone.now(), **fields):
        raise ImportHasMovedOn
    absence_import.refresh_from_db()
    return absence_import


def _progress(absence_import: AbsenceImport, status: str) -> Callable[[int], None]:
    def tell(rows: int) -> None:
        running = AbsenceImport.objects.filter(pk=absence_import.pk, status=status)
        if not running.update(progress_rows=rows, progressed_at=timezone.now()):
            raise ImportHasMovedOn
        absence_import.progress_rows = rows

    return tell


def _lock(absence_import: AbsenceImport, by: Membership | None, status: str) -> AbsenceImport:
    """Lock the import for a member who may change it to `status`."""
    _check_may_import(by, absence_import.unit)
    row = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
    if not row.can_become(status):
        raise ImportHasMovedOn
    return row


def _lock_as(absence_import: AbsenceImport, status: str) -> None:
    row = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
    if row.status != status:
        raise ImportHasMovedOn


def _check_may_import(by: Membership | None, unit: Unit) -> None:
    if by is not None and not may_import(by, unit):
        raise ImportNotAllowed
