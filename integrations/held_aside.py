"""Rows about protected pupils: found before anything is kept, and of them only the row number is (ss12000.md I10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from uuid import UUID

from schools.models import Enrolment, Protection, PupilIdentifier
from schools.protection import is_about_protection, is_earlier_identity, is_marked, read_protection

from .csv_files.headings import PROTECTION, PUPIL_ID
from .csv_files.problems import FileProblem, Problem
from .csv_files.tables import HELD_ASIDE, Mapping, all_lines, find_mapping, without_lines

CODE = "pupil_held_aside"
LONG_ENOUGH = 6
"""A source id of so many characters is looked for in every column; a shorter one only in the column of ids."""

SIGNS = re.compile(r"[\s\-+\u2010-\u2015]")
STAND_INS = {
    "file_is_a_workbook": b"PK\x03\x04",
    "file_is_not_text": b"x\0",
    "file_is_empty": b"",
    "file_has_one_column": b"x\n",
    "file_has_no_headings": b"20170101-2393;x\n",
}
"""What is kept of a file that holds no table: enough to give the same answer again, and nothing of the file."""


class Watch:
    """Says of each row, from the row alone, whether it is about somebody with protected identity."""

    def __init__(self, mapping: Mapping) -> None:
        """Find the columns that tell of protection, and those that hold an earlier identity."""
        told = {place for place, heading in enumerate(mapping.headings) if is_about_protection(heading)}
        if PROTECTION in mapping.columns:
            told.add(mapping.columns[PROTECTION])
        self.told = sorted(told)
        self.earlier = [place for place, heading in enumerate(mapping.headings) if is_earlier_identity(heading)]
        self.needed = max([*self.told, *self.earlier], default=-1) + 1

    def holds(self, cells: list[str] | None) -> bool:
        """Say whether the row is to be held aside; one that ends before it tells is held as well."""
        if cells is None or len(cells) < self.needed:
            return bool(self.needed)
        if cells[0] == HELD_ASIDE or is_marked("\n".join(cells)):
            return True
        if any(_is_protection(cells[place]) for place in self.told):
            return True
        # An old and a new identity in one row: the link between them must not exist here (OSL 21:3 third paragraph).
        return any(cells[place].strip() for place in self.earlier)


class Known:
    """The identifiers of a school's protected pupils, to find their rows in a file that does not mark them."""

    def __init__(self, school_id: UUID) -> None:
        """Read the identifiers: one query."""
        here = Enrolment.objects.filter(class_group__school=school_id).exclude(pupil__protection=Protection.NONE)
        rows = PupilIdentifier.objects.filter(pupil__in=here.values("pupil")).values_list("kind", "value")
        found = list(rows)
        is_source = PupilIdentifier.Kind.SOURCE_ID
        self.ids = {value for kind, value in found if kind == is_source}
        self.anywhere = {value for value in self.ids if len(value) >= LONG_ENOUGH}
        self.numbers = {form for kind, value in found if kind != is_source for form in (value, value[2:])}

    def __bool__(self) -> bool:
        """Say whether there is anybody to look for."""
        return bool(self.ids or self.numbers)

    def holds(self, cells: list[str], place_of_id: int | None) -> bool:
        """Say whether a cell holds the identifier of a protected pupil."""
        if place_of_id is not None and place_of_id < len(cells) and cells[place_of_id].strip() in self.ids:
            return True
        return any(
            cell.strip() in self.anywhere or SIGNS.sub("", cell).upper() in self.numbers for cell in cells if cell
        )


def fit_to_keep(content: bytes) -> bytes:
    """Return the file as it may be stored: marked rows taken out; of an unreadable file, nothing."""
    try:
        mapping = find_mapping(content)
    except FileProblem as problem:
        return STAND_INS[problem.code]
    watch = Watch(mapping)
    if not (watch.needed or is_marked(content.decode(mapping.encoding, errors="replace"))):
        return content
    gone = [number for number, cells in _lines(content, mapping) if _holds(watch, cells, number > mapping.heading_row)]
    return without_lines(content, mapping.encoding, gone)


def without_known(content: bytes, school_id: UUID) -> bytes:
    """Return the file without the rows of the school's protected pupils, though nothing in the file marks them.

    For the import's own role: who uploads a file does not see that there are such pupils.
    """
    known = Known(school_id)
    if not known or content in STAND_INS.values():
        return content
    mapping = find_mapping(content)
    place_of_id = mapping.columns.get(PUPIL_ID)
    gone = [number for number, cells in _lines(content, mapping) if known.holds(cells, place_of_id)]
    return without_lines(content, mapping.encoding, gone)


def _lines(content: bytes, mapping: Mapping) -> Iterator[tuple[int, list[str]]]:
    """Give the lines that hold anything, but for the headings."""
    for number, cells in all_lines(content, mapping):
        if number != mapping.heading_row and any(cells):
            yield number, cells


def without_held(content: bytes, mapping: Mapping, problems: Iterable[Problem]) -> bytes:
    """Return the file without the lines that reading it has held aside."""
    held = [problem.row_number for problem in problems if problem.code == CODE]
    return without_lines(content, mapping.encoding, held)


def _holds(watch: Watch, cells: list[str], is_row: bool) -> bool:
    """Say whether a line goes; one before the headings only if it is plainly marked."""
    return watch.holds(cells) if is_row else is_marked("\n".join(cells))


@lru_cache(maxsize=512)
def _is_protection(text: str) -> bool:
    return read_protection(text) != Protection.NONE
