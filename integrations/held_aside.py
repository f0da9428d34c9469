"""Rows about protected pupils: found before anything is kept, and of them only the row number is (ss12000.md I10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from uuid import UUID

from schools.models import Enrolment, Protection, PupilIdentifier
from schools.protection import MARKS, is_about_protection, is_earlier_identity, is_marked, read_protection

from .csv_files.headings import PROTECTION, PUPIL_ID
from .csv_files.positional import flag_places
from .csv_files.problems import FileProblem, Problem
from .csv_files.tables import HELD_ASIDE, REFUSED, Mapping, all_lines, find_mapping, without_lines
from .door import as_text

CODE = "pupil_held_aside"
FOLD_TO_ASCII = ("\u017f".encode(), "\u212a".encode())
"""The only letters outside ASCII that are an ASCII letter in small: a long s and the sign of Kelvin."""

MOST_REMEMBERED = 200_000
LONG_ENOUGH = 6
"""A source id of so many characters is looked for in every column; a shorter one only in the column of ids."""

SIGNS = re.compile(r"[\s\-+\u2010-\u2015]|[.,]0+$")


class Watch:
    """Says of each row, from the row alone, whether it is about somebody with protected identity."""

    def __init__(self, mapping: Mapping, flags: frozenset[int] = frozenset()) -> None:
        """Find the columns that tell of protection, and those that hold an earlier identity.

        `flags` are columns without a heading that may tell of it.
        """
        told = {place for place, heading in enumerate(mapping.headings) if is_about_protection(heading)}
        if PROTECTION in mapping.columns:
            told.add(mapping.columns[PROTECTION])
        told |= flags
        self.told = sorted(told)
        self.earlier = [place for place, heading in enumerate(mapping.headings) if is_earlier_identity(heading)]
        self.needed = max([*self.told, *self.earlier], default=-1) + 1

    def is_wanted(self, text: str) -> bool:
        """Say whether any row of a text of many may have to be held aside, so that each has to be looked at."""
        return bool(self.needed) or self.is_marked(text)

    def is_marked(self, text: str) -> bool:
        """Say whether a text of one row or many holds a mark of protection, or stands where a row was taken out."""
        return HELD_ASIDE in text or is_marked(text)

    def holds(self, cells: list[str] | None, *, has_marks: bool = True) -> bool:
        """Say whether the row is to be held aside; one that ends before it tells is held as well.

        `has_marks` is false where a text that the row is part of is known to hold no mark.
        """
        if cells is None or len(cells) < self.needed:
            return bool(self.needed)
        if has_marks and (cells[0] == HELD_ASIDE or is_marked("\n".join(cells))):
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

    def names(self, cells: list[str], place_of_id: int | None) -> bool:
        """Say whether the column of ids holds the id of a protected pupil, however short."""
        return place_of_id is not None and place_of_id < len(cells) and cells[place_of_id].strip() in self.ids

    def holds(self, cells: list[str]) -> bool:
        """Say whether any cell holds the identifier of a protected pupil."""
        return any(
            cell.strip() in self.anywhere or SIGNS.sub("", cell).upper() in self.numbers for cell in cells if cell
        )


def fit_to_keep(content: bytes) -> bytes:
    """Return the file as text as it may be stored: marked rows taken out; of an unreadable file, only why.

    Of a file without headings any column of yes and no may tell of protection: rows that say yes are taken out.
    """
    try:
        text = as_text(content)
        mapping = find_mapping(text)
    except FileProblem as problem:
        return REFUSED + problem.code.encode()
    watch = Watch(mapping, _flags(text, mapping))
    if not (watch.needed or _may_be_marked(text, mapping.encoding)):
        return text
    gone = [number for number, cells in _lines(text, mapping) if _holds(watch, cells, number > mapping.heading_row)]
    return without_lines(text, mapping.encoding, gone)


def _may_be_marked(content: bytes, encoding: str) -> bool:
    """Say whether a file may hold a mark at all; fast, since most files of a million rows hold none."""
    if encoding.startswith("utf-16") or any(letter in content for letter in FOLD_TO_ASCII):
        return is_marked(content.decode(encoding, errors="replace"))
    small = content.lower()
    return any(mark.encode() in small for mark in MARKS)


def _flags(content: bytes, mapping: Mapping) -> frozenset[int]:
    """Return the columns that may tell of protection in a file that does not name its columns."""
    if mapping.heading_row:
        return frozenset()
    return frozenset(flag_places([cells for _number, cells in _lines(content, mapping)]))


def without_known(content: bytes, school_id: UUID) -> bytes:
    """Return the file without the rows of the school's protected pupils, though nothing in the file marks them.

    For the import's own role: who uploads a file does not see that there are such pupils.
    """
    known = Known(school_id)
    if not known or content.startswith(REFUSED):
        return content
    mapping = find_mapping(content)
    place_of_id = mapping.columns.get(PUPIL_ID)
    clean: set[str] = set()
    gone = []
    for number, cells in _lines(content, mapping):
        if known.names(cells, place_of_id):
            gone.append(number)
            continue
        # Cells come again and again: what has been looked at once is not looked at on every row.
        if clean.issuperset(cells):
            continue
        if known.holds(cells):
            gone.append(number)
            continue
        if len(clean) > MOST_REMEMBERED:
            clean.clear()
        clean.update(cells)
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
