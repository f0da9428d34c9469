"""Pages for bringing absence in: upload, match columns, review, approve, follow, and take out the error report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import MemberRequest, recently_confirmed
from accounts.models import Unit
from accounts.roles import UnitKind
from audit import reading

from . import actions, tasks
from .csv_files.tables import HELD_ASIDE, Mapping, read_rows
from .error_report import error_report
from .forms import FIELDS, SHAPES, MatchColumnsForm, UploadForm
from .models import AbsenceImport

ROWS = 25
PROBLEMS_SHOWN = 50
SAMPLES = 3
TABLES = {
    "lessons": gettext_lazy("Lessons with absence"),
    "days": gettext_lazy("Days with absence"),
    "class_days": gettext_lazy("Days of classes"),
}
MOVED_ON = gettext_lazy("The import has moved on meanwhile. Here is how it stands.")


def import_list(request: MemberRequest) -> HttpResponse:
    """Show the files that have been brought in, the latest first."""
    imports = AbsenceImport.objects.visible_to(request.membership).with_page_relations()
    page = Paginator(imports.order_by("-uploaded_at", "pk"), ROWS).get_page(request.GET.get("page"))
    return render(request, "integrations/import_list.html", {"page": page})


def upload_import(request: MemberRequest) -> HttpResponse:
    """Take a file and let it be read."""
    form = UploadForm(request.POST or None, request.FILES or None, units=_units(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        absence_import = actions.upload_absence_file(
            unit=form.cleaned_data["unit"],
            file_name=file.name,
            content=file.read(),
            by=request.membership,
            at=timezone.now(),
        )
        tasks.read_import.defer(import_id=str(absence_import.pk))
        return redirect("integrations:import_detail", absence_import.pk)
    status = 422 if form.errors else 200
    return render(request, "integrations/upload_import.html", {"form": form}, status=status)


def import_detail(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Show how an import stands: on its way, to be reviewed, or done. HTMX asks for the progress alone."""
    absence_import = _import(request, import_id)
    is_htmx = request.htmx  # type: ignore[attr-defined]
    if is_htmx and not absence_import.is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _standing(absence_import)
    if is_htmx:
        return render(request, "integrations/import_detail.html#progress", context)
    problems = list(absence_import.problems.order_by("row_number", "id")[:PROBLEMS_SHOWN])
    reading.note(reason=f"import:{absence_import.pk}")
    context |= {"problems": [(problem, *_named(problem, absence_import)) for problem in problems]}
    return render(request, "integrations/import_detail.html", context)


def match_columns(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Say which column of the file is what."""
    absence_import = _import(request, import_id)
    if not absence_import.can_become(AbsenceImport.Status.UPLOADED):
        return _moved_on(request, absence_import)
    mapping = Mapping.from_json(absence_import.mapping)
    form = MatchColumnsForm(request.POST or None, mapping=mapping, samples=_samples(absence_import, mapping))
    if request.method == "POST" and form.is_valid():
        told = {"shape": form.cleaned_data["shape"], "columns": form.cleaned_data["columns"]}
        return _change(
            request,
            absence_import,
            lambda: actions.match_columns(
                absence_import=absence_import, **told, by=request.membership, at=timezone.now()
            ),
            tasks.read_import,
        )
    reading.note(reason=f"import:{absence_import.pk}")
    context = {"form": form, "absence_import": absence_import}
    return render(request, "integrations/match_columns.html", context, status=422 if form.errors else 200)


def approve_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Approve the preview and let the good rows be stored."""
    absence_import = _import(request, import_id)
    return _change(
        request,
        absence_import,
        lambda: actions.approve_import(absence_import, by=request.membership, at=timezone.now()),
        tasks.apply_import,
    )


def cancel_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Stop an import; nothing of it is stored."""
    absence_import = _import(request, import_id)
    return _change(
        request,
        absence_import,
        lambda: actions.cancel_import(absence_import=absence_import, by=request.membership, at=timezone.now()),
    )


def resume_import(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Take up an import that has come to a halt."""
    absence_import = _import(request, import_id)
    is_applying = absence_import.status == AbsenceImport.Status.APPLYING
    return _change(
        request,
        absence_import,
        lambda: actions.resume_import(absence_import=absence_import, by=request.membership, at=timezone.now()),
        tasks.apply_import if is_applying else tasks.read_import,
    )


@recently_confirmed
def import_errors(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Give the file again with what is wrong and how to mend it."""
    absence_import = _import(request, import_id)
    if not absence_import.mapping or not absence_import.has_file:
        raise Http404
    reading.note(kind="export", reason=f"import:{absence_import.pk}")
    # Made here and now: what is read after the answer has left is read as nobody and noted by nobody.
    response = HttpResponse("".join(error_report(absence_import)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("errors")}-{absence_import.pk}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _change(
    request: MemberRequest, absence_import: AbsenceImport, change: Callable[[], object], then: Any = None
) -> HttpResponse:
    """Make one change and queue what follows it, in the same transaction; then show how the import stands."""
    try:
        change()
    except actions.ImportHasMovedOn:
        return _moved_on(request, absence_import)
    except actions.NothingToReadIn:
        messages.error(request, _("No row of the file can be read in. Mend the file and upload it again."))
        return redirect("integrations:import_detail", absence_import.pk)
    if then is not None:
        then.defer(import_id=str(absence_import.pk))
    return redirect("integrations:import_detail", absence_import.pk)


def _moved_on(request: MemberRequest, absence_import: AbsenceImport) -> HttpResponse:
    messages.warning(request, str(MOVED_ON))
    return redirect("integrations:import_detail", absence_import.pk)


def _import(request: MemberRequest, import_id: UUID) -> AbsenceImport:
    imports = AbsenceImport.objects.visible_to(request.membership).with_page_relations()
    return get_object_or_404(imports, pk=import_id)


def _units(request: MemberRequest) -> QuerySet[Unit]:
    schools = Unit.objects.filter(kind=UnitKind.SCHOOL, school__isnull=False).open()
    return schools.filter(pk=request.membership.unit_id).order_by("name", "pk")


def _samples(absence_import: AbsenceImport, mapping: Mapping) -> list[list[str]]:
    rows = read_rows(bytes(absence_import.stored_file.content), mapping)
    return [cells for _number, cells in islice(rows, SAMPLES) if cells and cells[0] != HELD_ASIDE]


def _named(problem: Any, absence_import: AbsenceImport) -> tuple[str, str, str]:
    return problem.header_in(absence_import.mapping), *problem.explanation


def _standing(absence_import: AbsenceImport) -> dict[str, Any]:
    """Return what the page says about an import, numbers written out."""
    counts = absence_import.counts
    done, total = absence_import.progress_rows, max(absence_import.total_rows, absence_import.progress_rows, 1)
    return {
        "absence_import": absence_import,
        "has_stopped": actions.has_stopped(absence_import, timezone.now()),
        "has_file": absence_import.has_file,
        "done": done,
        "total": total,
        "progress_text": _("%(done)s of %(total)s rows") % {"done": _number(done), "total": _number(total)},
        "columns": _columns(absence_import),
        "shape": SHAPES.get(absence_import.mapping.get("shape", "")),
        "facts": _facts(counts) if counts else [],
        "differences": [
            (title, *(_number(counts[key][change]) for change in ("new", "changed", "unchanged", "removed")))
            for key, title in TABLES.items()
            if key in counts
        ],
        "span": [date.fromisoformat(counts[key]) for key in ("first_day", "last_day") if counts.get(key)],
        "good": counts.get("good", 0),
        "good_text": _number(counts.get("good", 0)),
        "bad": counts.get("bad", 0),
    }


def _facts(counts: dict[str, Any]) -> list[str]:
    """Return the counts of rows as short phrases."""
    numbers = {key: _number(counts[key]) for key in ("rows", "good", "bad", "unknown", "held_aside")}
    facts = [
        ngettext("%(n)s row", "%(n)s rows", counts["rows"]) % {"n": numbers["rows"]},
        _("%(n)s can be read in") % {"n": numbers["good"]},
        _("%(n)s with errors") % {"n": numbers["bad"]},
    ]
    if counts["unknown"]:
        facts.append(_("%(n)s about unknown pupils") % {"n": numbers["unknown"]})
    if counts["held_aside"]:
        facts.append(_("%(n)s held aside") % {"n": numbers["held_aside"]})
    return facts


def _columns(absence_import: AbsenceImport) -> list[tuple[str, Any]]:
    if not absence_import.mapping:
        return []
    mapping = Mapping.from_json(absence_import.mapping)
    named = {index: FIELDS[name] for name, index in mapping.columns.items()}
    return [(heading, named.get(index)) for index, heading in enumerate(mapping.headings)]


def _number(value: int) -> str:
    return str(number_format(value, use_l10n=True, force_grouping=True))
