"""The file again with two columns more: what is wrong with each row, and how to mend it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from wall.spreadsheets import BYTE_ORDER_MARK, line_of

from .csv_files.tables import Mapping, all_lines
from .models import AbsenceImport


def error_report(absence_import: AbsenceImport, text: bytes) -> Iterator[str]:
    """Give the report of the file with these rows: UTF-8 with a byte order mark and semicolons, as Excel reads it.

    Cells that Excel would take for a formula begin with an apostrophe. A row that is held aside is left empty.
    """
    mapping = Mapping.from_json(absence_import.mapping)
    problems = _problems_by_row(absence_import)
    yield BYTE_ORDER_MARK
    if not mapping.heading_row:
        yield line_of([*(mapping.headings), _("Error"), _("How to mend it")])
    for number, cells in all_lines(text, mapping):
        if number < mapping.heading_row:
            continue
        if number == mapping.heading_row:
            yield line_of([*cells, _("Error"), _("How to mend it")])
            continue
        found = problems.get(number, [])
        if any(code == "pupil_held_aside" for code, _what, _remedy in found):
            cells = [""] * len(cells)
        cells += [""] * (len(mapping.headings) - len(cells))
        whats, remedies = (" ".join(dict.fromkeys(problem[place] for problem in found)) for place in (1, 2))
        yield line_of([*cells, whats, remedies])


def _problems_by_row(absence_import: AbsenceImport) -> dict[int, list[tuple[str, str, str]]]:
    problems: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for problem in absence_import.problems.order_by("row_number", "id").iterator():
        problems[problem.row_number].append((problem.code, *problem.explanation))
    return problems
