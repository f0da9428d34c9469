"""Takes back what an import stored: every row becomes what it was before, for a week after the import."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from attendance.detection import detect_signals
from audit import actions as audit
from deadlines.stockholm import stockholm_day

from ..before_images import concerned, put_back
from ..csv_files.headings import PERIOD_TOTALS
from ..models import AbsenceImport
from .moving import Status, finish, lock_as, lock_source, lock_to_become, take_up


class TooLateToUndo(Exception):
    """The week in which the import could be undone is over."""


class LaterImportTellsTheSame(Exception):
    """A later file from the same source tells of the same days: it must be undone first."""

    def __init__(self, later: AbsenceImport) -> None:
        super().__init__(later.pk)
        self.later = later


@transaction.atomic
def ask_to_undo(*, absence_import: AbsenceImport, by: Membership, at: datetime) -> AbsenceImport:
    """Let what the import stored be taken back.

    Raises ImportHasMovedOn, TooLateToUndo, LaterImportTellsTheSame.
    """
    absence_import = lock_to_become(absence_import, by, Status.UNDOING)
    _check(absence_import, at)
    absence_import.status = Status.UNDOING
    absence_import.undone_by = by
    absence_import.undone_at = at
    absence_import.progressed_at = timezone.now()
    absence_import.save(update_fields=["status", "undone_by", "undone_at", "progressed_at"])
    audit.record(action="absence import to be undone", target=absence_import, by=by, at=at)
    return absence_import


def undo_import(absence_import: AbsenceImport, *, at: datetime) -> AbsenceImport:
    """Take back what the import stored, and judge the pupils it concerned anew, in one transaction.

    Signals that it gave are facts of what was known then, and stay. Raises ImportHasMovedOn, LaterImportTellsTheSame.
    """
    take_up(absence_import, {Status.UNDOING}, Status.UNDOING)
    with transaction.atomic():
        lock_as(absence_import, Status.UNDOING)
        source = lock_source(absence_import)
        later = later_import(absence_import)
        if later is not None:
            raise LaterImportTellsTheSame(later)
        pupils = concerned(absence_import)
        touched, counts = put_back(absence_import, source)
        signals = detect_signals(pupils, today=stockholm_day(at), at=at) if pupils else []
        counts |= {"signals": len(signals), "pupils_touched": len(touched)}
        finish(absence_import, Status.UNDONE, counts=absence_import.counts | {"undone": counts})
        audit.record(
            action="absence import undone",
            target=absence_import,
            by=absence_import.undone_by,
            at=at,
            details=counts | {"pupils": sorted(map(str, touched))},
        )
    return absence_import


def later_import(absence_import: AbsenceImport) -> AbsenceImport | None:
    """Return the latest import from the same source that has stored the same days, or periods, since."""
    counts = absence_import.counts
    if not counts.get("first_day"):
        return None
    later = AbsenceImport.objects.filter(
        source=absence_import.source_id,
        status__in=AbsenceImport.STORED,
        closed_at__gt=absence_import.closed_at,
        counts__first_day__lte=counts["last_day"],
        counts__last_day__gte=counts["first_day"],
    ).exclude(pk=absence_import.pk)
    tells_periods = absence_import.mapping["shape"] == PERIOD_TOTALS
    periods = later.filter(mapping__shape=PERIOD_TOTALS)
    same = periods if tells_periods else later.exclude(mapping__shape=PERIOD_TOTALS)
    return same.order_by("-closed_at", "pk").first()


def _check(absence_import: AbsenceImport, at: datetime) -> None:
    until = absence_import.can_be_undone_until
    if until is None or at > until:
        raise TooLateToUndo
    later = later_import(absence_import)
    if later is not None:
        raise LaterImportTellsTheSame(later)
