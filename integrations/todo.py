"""What imports leave to do for the school's principal: a file to look at, and what came of one."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from attendance.school_date import SchoolDate
from deadlines.stockholm import stockholm_day

from .actions import has_stopped
from .models import AbsenceImport

Status = AbsenceImport.Status
WAITING = (Status.NEEDS_MAPPING, Status.PREVIEWED)
DAYS_TO_READ = timedelta(days=3)


def import_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the imports that wait for `reader`, and the results of those that the reader has begun: one query."""
    imports = AbsenceImport.objects.visible_to(reader).filter(uploaded_by__user=reader.user_id)
    closed = Q(status__in=(Status.APPLIED, Status.FAILED, Status.UNDONE), closed_at__date__gt=today - DAYS_TO_READ)
    shown = imports.filter(Q(status__in=(*WAITING, *AbsenceImport.RUNNING)) | closed).order_by("-uploaded_at", "pk")
    return [row for one in shown if (row := _row(one, today)) is not None]


def _row(absence_import: AbsenceImport, today: date) -> SchoolDate | None:
    is_stuck = has_stopped(absence_import, timezone.now())
    if absence_import.is_running and not is_stuck:
        return None
    closed_at = absence_import.closed_at
    return SchoolDate(
        key=f"import-{absence_import.pk}",
        title=_("Take up the import that has come to a halt") if is_stuck else _title(absence_import),
        pupil_id=None,
        label=absence_import.file_name,
        due_on=stockholm_day(closed_at) + DAYS_TO_READ if closed_at else today,
        url=reverse("integrations:import_detail", args=[absence_import.pk]),
        button=pgettext_lazy("button", "Open"),
        is_reading=closed_at is not None,
    )


def _title(absence_import: AbsenceImport) -> str | Promise:
    if absence_import.status == Status.APPLIED:
        if not absence_import.is_judged:
            return _("The absence is read in")
        return format_lazy(_("The absence is read in: {signals} new signals"), signals=absence_import.counts["signals"])
    titles: dict[str, str | Promise] = {
        Status.NEEDS_MAPPING: _("Check the columns of a file"),
        Status.PREVIEWED: _("Look at a file and read it in"),
        Status.FAILED: _("A file could not be read"),
        Status.UNDONE: _("The import is undone"),
    }
    return titles[absence_import.status]
