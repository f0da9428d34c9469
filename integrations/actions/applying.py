"""Approves a preview, and stores the good rows of the file in one transaction; what signals they give is seen later."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from audit import actions as audit
from deadlines.stockholm import stockholm_day

from ..before_images import keep_before_images
from ..csv_files.tables import Mapping
from ..models import AbsenceImport, ImportedFile
from ..plan import carry_out_plan, make_plan
from ..roster import Roster
from ..staging import Reading, stage, staging_tables
from .moving import Status, finish, lock_as, lock_source, lock_to_become, progress_of, start
from .reading import keep_problems, row_counts, take_out_held
from .uploading import forget_before_images


class NothingToReadIn(Exception):
    """No row can be read in, or the file seems to be about another school."""


class BrakeIsOn(Exception):
    """The file would change so much that somebody must say that it has been looked at."""


@transaction.atomic
def approve_import(
    absence_import: AbsenceImport, *, by: Membership | None, at: datetime, has_looked: bool = False
) -> AbsenceImport:
    """Approve the preview; the good rows are to be stored. `has_looked` lets what is unusual through.

    Raises ImportHasMovedOn, NothingToReadIn, BrakeIsOn.
    """
    absence_import = lock_to_become(absence_import, by, Status.APPLYING)
    if not absence_import.counts["good"] or absence_import.looks_like_another_school:
        raise NothingToReadIn
    if absence_import.brakes and not has_looked:
        raise BrakeIsOn
    absence_import.status = Status.APPLYING
    absence_import.approved_by = by
    absence_import.approved_at = at
    absence_import.progress_rows = 0
    absence_import.progressed_at = timezone.now()
    absence_import.save(update_fields=["status", "approved_by", "approved_at", "progress_rows", "progressed_at"])
    details = {"brakes": [brake["code"] for brake in absence_import.brakes]}
    audit.record(action="absence import approved", target=absence_import, by=by, at=at, details=details)
    return absence_import


def apply_import(absence_import: AbsenceImport, *, at: datetime) -> AbsenceImport:
    """Store the good rows of an approved file, in one transaction; `judge_import` then sees which signals they give.

    The same file again changes nothing. Raises ImportHasMovedOn unless the import is approved and not yet applied.
    """
    content = start(absence_import, {Status.APPLYING}, Status.APPLYING)
    mapping = Mapping.from_json(absence_import.mapping)
    with staging_tables():
        roster = Roster(absence_import.unit.school, stockholm_day(at))
        reading = stage(content, mapping, roster, progress_of(absence_import, Status.APPLYING))
        with transaction.atomic():
            lock_as(absence_import, Status.APPLYING)
            _store(absence_import, content, mapping, reading, at)
    return absence_import


def _store(absence_import: AbsenceImport, content: bytes, mapping: Mapping, reading: Reading, at: datetime) -> None:
    """Store the staged rows. The source is locked: two imports from it, or an import and an undoing, never mix."""
    source = lock_source(absence_import)
    forget_before_images(absence_import.unit, at)
    counts = make_plan(mapping.shape, source)
    touched = keep_before_images(absence_import, mapping.shape)
    carry_out_plan(mapping.shape, source)
    counts |= row_counts(reading) | {"pupils_touched": len(touched)}
    counts |= {
        key: absence_import.counts[key] for key in ("pupils", "pupils_before", "brakes") if key in absence_import.counts
    }
    keep_problems(absence_import, reading.problems)
    if reading.problems:
        take_out_held(absence_import, content, mapping, reading.problems)
    else:
        ImportedFile.objects.filter(absence_import=absence_import).delete()
    finish(absence_import, Status.APPLIED, counts=counts, closed_at=at)
    told = ("new", "changed", "unchanged", "removed", "bad", "pupils_touched")
    audit.record(
        action="absence import applied",
        target=absence_import,
        by=absence_import.approved_by,
        at=at,
        details={key: counts[key] for key in told} | {"pupils": sorted(map(str, touched))},
    )
