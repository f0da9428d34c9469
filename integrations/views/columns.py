"""Says which column of a file is what, and how the file is to be read at all."""

from __future__ import annotations

from itertools import islice
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import MemberRequest
from attendance.definitions import definitions_of
from audit import reading

from .. import actions, tasks
from ..csv_files.encodings import is_garbled, lines_with_swedish_letters
from ..csv_files.problems import FileProblem
from ..csv_files.tables import Mapping, day_order_of, find_mapping, read_rows
from ..forms import MatchColumnsForm, ReadAsForm
from ..held_aside import Watch
from ..models import AbsenceImport
from ..roster import school_times
from .finding import change, import_of, moved_on

SAMPLES = 3
LONGEST_SAMPLE = 60


def match_columns(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Show the columns as we guess them, and take what somebody says they are."""
    absence_import = import_of(request, import_id)
    content = absence_import.kept_text
    if content is None or not absence_import.can_become(AbsenceImport.Status.UPLOADED):
        return moved_on(request, absence_import)
    mapping, read_as = _read_as(request, content, Mapping.from_json(absence_import.mapping))
    form = MatchColumnsForm(
        request.POST or None,
        mapping=mapping,
        samples=_samples(content, mapping),
        times=school_times(absence_import.unit.school),
        today=timezone.localdate(),
        asks_order=day_order_of(content, mapping).must_be_asked,
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data["mapping"]
        return change(
            request,
            absence_import,
            lambda: actions.match_columns(
                absence_import=absence_import, mapping=told, by=request.membership, at=timezone.now()
            ),
            tasks.read_import,
        )
    reading.note(reason=f"import:{absence_import.pk}")
    lines = _lines(content, mapping)
    context = {
        "form": form,
        "read_as": read_as,
        "absence_import": absence_import,
        "lines": [line[:LONGEST_SAMPLE] for line in lines],
        "is_garbled": is_garbled(lines),
        "definitions": definitions_of(absence_import.source) if absence_import.source else [],
    }
    return render(request, "integrations/match_columns.html", context, status=422 if form.errors else 200)


def _read_as(request: MemberRequest, content: bytes, mapping: Mapping) -> tuple[Mapping, ReadAsForm]:
    """Return the mapping for the way of reading that the address asks for, else the one that is kept."""
    asked = ReadAsForm(request.GET)
    if not asked.is_valid():
        return mapping, ReadAsForm.of(mapping)
    told = asked.cleaned_data
    try:
        found = find_mapping(
            content, encoding=told["encoding"], separator=told["separator"], headings=told["headings"] == "yes"
        )
    except (FileProblem, UnicodeError):
        asked.add_error(None, "unreadable")
        return mapping, asked
    return found, asked


def _samples(content: bytes, mapping: Mapping) -> list[list[str]]:
    """Return the first rows as they would be read, without those that would be held aside."""
    watch = Watch(mapping)
    rows = (cells for _number, cells in read_rows(content, mapping) if cells and not watch.holds(cells))
    return [[cell[:LONGEST_SAMPLE] for cell in cells] for cells in islice(rows, SAMPLES)]


def _lines(content: bytes, mapping: Mapping) -> list[str]:
    """Return some lines with å, ä or ö, without those that would be held aside."""
    watch = Watch(mapping)
    lines = lines_with_swedish_letters(content, mapping.encoding, most=SAMPLES * 3)
    return [line for line in lines if not watch.is_wanted(line) or not watch.needed][:SAMPLES]
