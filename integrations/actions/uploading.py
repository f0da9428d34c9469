"""Takes a file in at the door, and keeps of it what may be kept until it is read in."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from accounts.models import Membership, Unit
from attendance.models import AbsenceSource
from attendance.sources import source_of_files
from audit import actions as audit

from ..held_aside import fit_to_keep
from ..models import TIME_TO_UNDO, AbsenceImport, BeforeImage, ImportedFile
from .moving import check_may_import

MOST_BYTES = 25 * 1024 * 1024


@transaction.atomic
def upload_absence_file(
    *,
    unit: Unit,
    file_name: str,
    content: bytes,
    by: Membership | None,
    at: datetime,
    source: AbsenceSource | None = None,
) -> AbsenceImport:
    """Keep the file until it is read in. `by` is None on the command line; without a `source` it is the school's usual.

    Files of the school's earlier, closed imports are forgotten. Of rows about protected pupils only the place is kept.
    Raises ImportNotAllowed.
    """
    check_may_import(by, unit)
    ImportedFile.objects.filter(absence_import__unit=unit, absence_import__status__in=AbsenceImport.CLOSED).delete()
    absence_import = AbsenceImport.objects.create(
        unit=unit,
        source=source or source_of_files(unit, at),
        uploaded_by=by,
        uploaded_at=at,
        progressed_at=at,
        file_name=file_name[-120:],
        sha256=sha256(content).hexdigest(),
    )
    ImportedFile.objects.create(absence_import=absence_import, content=ImportedFile.sealed(fit_to_keep(content)))
    details = {"sha256": absence_import.sha256, "source": absence_import.source_id}
    audit.record(action="absence file uploaded", target=absence_import, by=by, at=at, details=details)
    return absence_import


def earlier_with_same_content(unit: Unit, content: bytes) -> AbsenceImport | None:
    """Return the school's latest import of exactly this file that is still stored."""
    same = AbsenceImport.objects.read_in().filter(unit=unit, sha256=sha256(content).hexdigest())
    return same.order_by("-closed_at", "pk").first()


def forget_before_images(unit: Unit, at: datetime) -> None:
    """Forget what the school's imports replaced, once it is too late to undo them."""
    BeforeImage.objects.filter(absence_import__unit=unit, absence_import__closed_at__lt=at - TIME_TO_UNDO).delete()
