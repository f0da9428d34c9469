"""Whose imports and sources a reader may open, and what follows a change of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest
from accounts.models import Membership, Unit
from accounts.roles import UnitKind
from attendance.models import AbsenceSource

from .. import actions
from ..models import AbsenceImport

MOVED_ON = gettext_lazy("The import has moved on meanwhile. Here is how it stands.")


def import_of(request: MemberRequest, import_id: UUID) -> AbsenceImport:
    """Return the import; 404 for one the reader may not see."""
    imports = AbsenceImport.objects.visible_to(request.membership).with_page_relations()
    return get_object_or_404(imports, pk=import_id)


def units_of(reader: Membership) -> QuerySet[Unit]:
    """Return the schools the reader brings absence in for: the own one."""
    schools = Unit.objects.filter(kind=UnitKind.SCHOOL, school__isnull=False).open()
    return schools.filter(pk=reader.unit_id).order_by("name", "pk")


def sources_of(reader: Membership) -> QuerySet[AbsenceSource]:
    """Return the sources of the reader's school."""
    return AbsenceSource.objects.visible_to(reader).order_by("-is_counted", "name", "pk")


def files_of(reader: Membership) -> QuerySet[AbsenceSource]:
    """Return the sources that files come from."""
    return sources_of(reader).filter(kind=AbsenceSource.Kind.FILE)


def change(
    request: MemberRequest, absence_import: AbsenceImport, make: Callable[[], object], then: Any = None
) -> HttpResponse:
    """Make one change and queue what follows it, in the same transaction; then show how the import stands."""
    try:
        make()
    except actions.ImportHasMovedOn:
        return moved_on(request, absence_import)
    except actions.NothingToReadIn:
        messages.error(request, _("No row of the file can be read in. Mend the file and upload it again."))
        return redirect("integrations:import_detail", absence_import.pk)
    if then is not None:
        then.defer(import_id=str(absence_import.pk))
    return redirect("integrations:import_detail", absence_import.pk)


def moved_on(request: MemberRequest, absence_import: AbsenceImport) -> HttpResponse:
    """Say that somebody was faster."""
    messages.warning(request, str(MOVED_ON))
    return redirect("integrations:import_detail", absence_import.pk)
