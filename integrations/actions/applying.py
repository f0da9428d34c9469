"""Approves a preview, and stores the good rows of the file in one transaction; what signals they give is seen later."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

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
from .moving import Status, finish, lock_as, lock_source, lock_to_become, progress_of, take_up
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
    take_up(absence_import, {Status.APPLYING}, Status.APPLYING)
    if _changes_nothing(absence_import, at):
        return absence_import
    content = absence_import.stored_file.text
    mapping = Mapping.from_json(absence_import.mapping)
    with staging_tables():
        roster = Roster(absence_import.unit.school, stockholm_day(at))
        reading = stage(content, mapping, roster, progress_of(absence_import, Status.APPLYING))
        with transaction.atomic():
            lock_as(absence_import, Status.APPLYING)
            _store(absence_import, content, mapping, reading, at)
    return absence_import


@transaction.atomic
def _changes_nothing(absence_import: AbsenceImport, at: datetime) -> bool:
    """Close an import whose preview changed nothing, when nothing else has been stored since; say whether it was so.

    A file that is sent again is then not read a second time.
    """
    lock_as(absence_import, Status.APPLYING)
    source = lock_source(absence_import)
    counts = absence_import.counts
    if "seen_at" not in counts or any(counts[key] for key in ("new", "changed", "removed")):
        return False
    seen_at = datetime.fromisoformat(counts["seen_at"])
    others = AbsenceImport.objects.filter(source=source, approved_at__isnull=False, progressed_at__gt=seen_at)
    if others.exclude(pk=absence_import.pk).exists():
        return False
    _close(absence_import, counts | {"pupils_touched": 0}, [], at)
    return True


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
    take_out_held(absence_import, content, mapping, reading.problems)
    _close(absence_import, counts, touched, at)


def _close(absence_import: AbsenceImport, counts: dict[str, Any], touched: list[UUID], at: datetime) -> None:
    """Say that the import is stored; its file is forgotten, unless rows of it are still to be mended."""
    if not counts["bad"]:
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
