"""Reads a file and prepares its preview, or asks what its columns are. Stores nothing as absence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from audit import actions as audit
from deadlines.stockholm import stockholm_day

from ..brakes import brakes_of
from ..class_sums import preview_of
from ..csv_files.problems import FileProblem, Problem
from ..csv_files.tables import Mapping, count_rows, day_order_of, find_mapping, read_rows
from ..held_aside import without_held, without_known
from ..models import AbsenceImport, ImportedFile, ImportProblem
from ..plan import preview_plan
from ..roster import Roster
from ..staging import Reading, stage, staging_tables
from .moving import Status, finish, lock_source, lock_to_become, progress_of, start

PROBLEMS_AT_A_TIME = 2000
CONFLICTS = {"pupil_ambiguous", "pupils_disagree", "duplicate_row", "period_overlaps"}
UNKNOWN = {"pupil_unknown", "pupil_suggested"}


def read_import(absence_import: AbsenceImport, *, at: datetime) -> AbsenceImport:
    """Read the file and prepare the preview, or ask for its columns; a file without a table fails with a reason.

    Stores nothing as absence. Raises ImportHasMovedOn unless the import waits to be read.
    """
    content = start(absence_import, {Status.UPLOADED, Status.READING}, Status.READING)
    content = keep(absence_import, content, without_known(content, absence_import.unit_id))
    try:
        mapping = _mapping(absence_import, content)
        if next(read_rows(content, mapping), None) is None:
            raise FileProblem("file_has_no_rows")
        told = {"mapping": mapping.as_json(), "fingerprint": mapping.fingerprint}
        if not absence_import.columns_confirmed_at or not can_be_read(content, mapping):
            return finish(absence_import, Status.NEEDS_MAPPING, **told)
        AbsenceImport.objects.filter(pk=absence_import.pk).update(total_rows=count_rows(content, mapping), **told)
        return _preview(absence_import, content, mapping, at)
    except FileProblem as problem:
        return finish(absence_import, Status.FAILED, failure=problem.code, closed_at=at)


def can_be_read(content: bytes, mapping: Mapping) -> bool:
    """Say whether nothing is left to ask about the columns."""
    return mapping.is_complete and bool(mapping.day_order or not day_order_of(content, mapping).must_be_asked)


@transaction.atomic
def match_columns(
    *, absence_import: AbsenceImport, mapping: Mapping, by: Membership | None, at: datetime
) -> AbsenceImport:
    """Confirm which column is what, and let the file be read anew. Raises ImportHasMovedOn."""
    absence_import = lock_to_become(absence_import, by, Status.UPLOADED)
    absence_import.mapping = mapping.as_json()
    absence_import.fingerprint = mapping.fingerprint
    absence_import.columns_confirmed_by = by
    absence_import.columns_confirmed_at = at
    absence_import.status = Status.UPLOADED
    absence_import.progress_rows = 0
    absence_import.save()
    audit.record(
        action="absence columns matched", target=absence_import, by=by, at=at, details={"shape": mapping.shape}
    )
    return absence_import


def _mapping(absence_import: AbsenceImport, content: bytes) -> Mapping:
    """Return the mapping that somebody has confirmed, now or for the last such file from the same source."""
    if absence_import.columns_confirmed_at:
        return Mapping.from_json(absence_import.mapping)
    found = find_mapping(content)
    earlier = (
        AbsenceImport.objects.filter(
            source=absence_import.source_id, fingerprint=found.fingerprint, columns_confirmed_at__isnull=False
        )
        .exclude(pk=absence_import.pk)
        .order_by("-columns_confirmed_at", "pk")
        .first()
    )
    if earlier is None:
        return found
    absence_import.columns_confirmed_at = earlier.columns_confirmed_at
    absence_import.columns_confirmed_by_id = earlier.columns_confirmed_by_id
    absence_import.save(update_fields=["columns_confirmed_at", "columns_confirmed_by"])
    return found.with_choices(Mapping.from_json(earlier.mapping))


def _preview(absence_import: AbsenceImport, content: bytes, mapping: Mapping, at: datetime) -> AbsenceImport:
    with staging_tables():
        roster = Roster(absence_import.unit.school, stockholm_day(at))
        reading = stage(content, mapping, roster, progress_of(absence_import, Status.READING))
        if not reading.rows:
            raise FileProblem("file_has_no_rows")
        with transaction.atomic():
            # Nothing else changes what the source has said before the preview stands: what is seen here is then known.
            source = lock_source(absence_import)
            seen_at = timezone.now().isoformat()
            counts = preview_plan(mapping.shape, source) | row_counts(reading) | {"seen_at": seen_at}
            counts["brakes"] = brakes_of(absence_import, mapping.shape, counts)
            keep_problems(absence_import, reading.problems)
            take_out_held(absence_import, content, mapping, reading.problems)
            ImportedFile.objects.filter(absence_import=absence_import).update(preview=preview_of(mapping.shape))
            return finish(absence_import, Status.PREVIEWED, counts=counts)


def row_counts(reading: Reading) -> dict[str, Any]:
    """Return how many rows were good, bad, in conflict, about unknown pupils, and held aside."""
    problems = reading.problems
    bad = {problem.row_number for problem in problems}
    unknown = {problem.row_number for problem in problems if problem.code in UNKNOWN}
    return {
        "rows": reading.rows,
        "good": reading.rows - len(bad),
        "bad": len(bad),
        "unknown": len(unknown),
        "conflicts": len({problem.row_number for problem in problems if problem.code in CONFLICTS}),
        "held_aside": sum(problem.code == "pupil_held_aside" for problem in problems),
        "approximate": reading.is_approximate,
        "other_school": len(unknown) * 2 > reading.rows,
    }


def keep_problems(absence_import: AbsenceImport, problems: list[Problem]) -> None:
    """Keep what was wrong this time, and nothing of last time."""
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


def take_out_held(absence_import: AbsenceImport, content: bytes, mapping: Mapping, problems: list[Problem]) -> None:
    """Keep the file without the rows that were held aside, where any are left in it."""
    keep(absence_import, content, without_held(content, mapping, problems))


def keep(absence_import: AbsenceImport, content: bytes, fit: bytes) -> bytes:
    """Keep of the file what is `fit` to be kept, and return it."""
    if fit != content:
        ImportedFile.objects.filter(absence_import=absence_import).update(content=ImportedFile.sealed(fit))
    return fit
