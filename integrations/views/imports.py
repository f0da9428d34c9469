"""The files of a school: upload, review, approve, follow, undo, and take out the error report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, recently_confirmed
from attendance.models import AbsenceSource
from audit import reading

from .. import actions, tasks
from ..error_report import error_report
from ..forms import ApproveForm, UploadForm
from ..forms.sources import usual_definitions
from ..models import AbsenceImport
from .finding import change, files_of, import_of, moved_on, units_of
from .standing import PROBLEMS_SHOWN, standing

ROWS = 25
STEPS = {
    AbsenceImport.Status.APPLYING: tasks.apply_import,
    AbsenceImport.Status.UNDOING: tasks.undo_import,
}


def import_list(request: MemberRequest) -> HttpResponse:
    """Show the files that have been brought in, the latest first."""
    imports = AbsenceImport.objects.visible_to(request.membership).with_page_relations()
    page = Paginator(imports.order_by("-uploaded_at", "pk"), ROWS).get_page(request.GET.get("page"))
    return render(request, "integrations/import_list.html", {"page": page})


def upload_import(request: MemberRequest) -> HttpResponse:
    """Take a file and let it be read."""
    reader = request.membership
    form = UploadForm(request.POST or None, request.FILES or None, units=units_of(reader), sources=files_of(reader))
    if request.method == "POST" and form.is_valid():
        file, at = form.cleaned_data["file"], timezone.now()
        absence_import = actions.upload_absence_file(
            unit=form.cleaned_data["unit"],
            source=_source(form, request, at),
            file_name=file.name,
            content=file.read(),
            by=reader,
            at=at,
        )
        tasks.read_import.defer(import_id=str(absence_import.pk))
        return redirect("integrations:import_detail", absence_import.pk)
    status = 422 if form.errors else 200
    return render(request, "integrations/upload_import.html", {"form": form}, status=status)


def _source(form: UploadForm, request: MemberRequest, at: Any) -> AbsenceSource:
    """Return the chosen source; a school's first is made with what the words of its system usually mean."""
    chosen: AbsenceSource | None = form.cleaned_data.get("source")
    if chosen is not None:
        return chosen
    said = usual_definitions(form.cleaned_data["system"])
    return actions.create_source(unit=form.cleaned_data["unit"], said=said, by=request.membership, at=at)


def import_detail(request: MemberRequest, import_id: UUID, form: ApproveForm | None = None) -> HttpResponse:
    """Show how an import stands: on its way, to be reviewed, or done. HTMX asks for the progress alone."""
    absence_import = import_of(request, import_id)
    is_htmx = request.htmx  # type: ignore[attr-defined]
    if is_htmx and actions.is_being_judged(absence_import, timezone.now()):
        return HttpResponse(status=204)
    if is_htmx and not absence_import.is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = standing(absence_import)
    if is_htmx:
        return render(request, "integrations/import_detail.html#progress", context)
    problems = list(absence_import.problems.order_by("row_number", "id")[:PROBLEMS_SHOWN])
    reading.note(reason=f"import:{absence_import.pk}")
    context["problems"] = [
        (row, row.header_in(absence_import.mapping) or _("the whole row"), *row.explanation) for row in problems
    ]
    if absence_import.brakes:
        context["form"] = form or ApproveForm()
    status = 422 if form is not None else 200
    return render(request, "integrations/import_detail.html", context, status=status)


def approve_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Approve the preview and let the good rows be stored."""
    absence_import = import_of(request, import_id)
    form = ApproveForm(request.POST)
    if absence_import.can_become(AbsenceImport.Status.APPLYING) and absence_import.brakes and not form.is_valid():
        return import_detail(request, import_id, form)
    has_looked = form.is_valid()
    return change(
        request,
        absence_import,
        lambda: actions.approve_import(absence_import, by=request.membership, at=timezone.now(), has_looked=has_looked),
        tasks.apply_import,
    )


def cancel_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Stop an import; nothing of it is stored."""
    absence_import = import_of(request, import_id)
    return change(
        request,
        absence_import,
        lambda: actions.cancel_import(absence_import=absence_import, by=request.membership, at=timezone.now()),
    )


def resume_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Take up an import that has come to a halt."""
    absence_import = import_of(request, import_id)
    step = STEPS.get(AbsenceImport.Status(absence_import.status), tasks.read_import)
    return change(
        request,
        absence_import,
        lambda: actions.resume_import(absence_import=absence_import, by=request.membership, at=timezone.now()),
        step,
    )


def undo_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Say what undoing means, and let what the import stored be taken back."""
    absence_import = import_of(request, import_id)
    if not absence_import.can_become(AbsenceImport.Status.UNDOING):
        return moved_on(request, absence_import)
    if request.method == "POST":
        try:
            return change(
                request,
                absence_import,
                lambda: actions.ask_to_undo(absence_import=absence_import, by=request.membership, at=timezone.now()),
                tasks.undo_import,
            )
        except actions.TooLateToUndo:
            messages.error(request, _("The week in which the import could be undone is over."))
            return redirect("integrations:import_detail", absence_import.pk)
        except actions.LaterImportTellsTheSame:
            messages.error(request, _("A later file tells of the same days. Undo that one first."))
    context = standing(absence_import) | {"later": actions.later_import(absence_import)}
    return render(request, "integrations/undo_import.html", context)


@recently_confirmed
def import_errors(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Give the file again with what is wrong and how to mend it."""
    absence_import = import_of(request, import_id)
    text = absence_import.kept_text
    if not absence_import.mapping or text is None:
        raise Http404
    reading.note(kind="export", reason=f"import:{absence_import.pk}")
    # Made here and now: what is read after the answer has left is read as nobody and noted by nobody.
    response = HttpResponse("".join(error_report(absence_import, text)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("errors")}-{absence_import.pk}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
