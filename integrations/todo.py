"""Files of absence that still want something of whoever uploaded them, for Att göra."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from attendance.todo import SchoolDate
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days

from .models import AbsenceImport

DAYS_TO_MEND = 2
TITLES = {
    AbsenceImport.Status.NEEDS_MAPPING: _("Match the columns of a file of absence"),
    AbsenceImport.Status.PREVIEWED: _("Review and approve a file of absence"),
    AbsenceImport.Status.APPLIED: _("Mend the rows that could not be read in"),
}


def import_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the imports of `reader` that wait, or ended with bad rows and keep their file; one query."""
    waiting = AbsenceImport.objects.visible_to(reader).filter(uploaded_by__user=reader.user_id, status__in=TITLES)
    rows = waiting.exclude(status=AbsenceImport.Status.APPLIED) | waiting.filter(
        status=AbsenceImport.Status.APPLIED, stored_file__isnull=False
    )
    return [
        SchoolDate(
            key=f"import-{row.pk}",
            title=TITLES[AbsenceImport.Status(row.status)],
            label=row.file_name,
            due_on=add_working_days(stockholm_day(row.uploaded_at), DAYS_TO_MEND),
            url=reverse("integrations:import_detail", args=[row.pk]),
            button=pgettext_lazy("button", "Open"),
        )
        for row in rows.order_by("uploaded_at", "pk")
    ]
