"""Files without headings: which column seems to be what, from what stands in it. Somebody confirms every guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from schools.protection import PLAINLY_NONE

from . import headings as f
from .cells import is_kind
from .days import read_day
from .problems import CellProblem

NUMBER_OF_A_PERSON = re.compile(r"\s*(\d{6}|\d{8})\s?[-+]?\s?(\d{4}|[A-Za-z]{1,2}\d{2,3})\s*")
CLOCK = re.compile(r"\d\d?[:.]\d\d(?:[:.]\d\d)?")
CLASS_NAME = re.compile(r"(?:[1-9F][A-ZÅÄÖ]|[A-ZÅÄÖ]{2,4}\d{2}[A-ZÅÄÖ]?|[1-9]{1}[a-zåäö]?)")
AMOUNT = re.compile(r"\d{1,3}(?:[.,]\d+)?")
WORD = re.compile(r"[^\W\d_][\w .&/-]*")

SKOLA24_CHILDREN = (None, f.CLASS, f.PERSONAL_NUMBER, f.GIVEN_NAME, f.FAMILY_NAME, f.PROTECTION)
"""How Skola24 orders the columns about a pupil: school, department, number, given name, family name, secrecy."""

FLAGS = PLAINLY_NONE | {"1", "j", "ja", "yes", "y", "x", "true", "sant"}


def is_pupil(cells: Sequence[str]) -> bool:
    """Say whether a row holds a personal number and is therefore no row of headings."""
    return any(NUMBER_OF_A_PERSON.fullmatch(cell) and not _is_day(cell) for cell in cells)


def guess_positions(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the place of each field, as far as the first rows tell."""
    width = max(map(len, rows), default=0)
    cut = [[row[place].strip() for row in rows if place < len(row)] for place in range(width)]
    columns = _skola24(cut)
    taken = set(range(len(SKOLA24_CHILDREN))) if columns else set()
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        (f.PERSONAL_NUMBER, lambda cell: bool(NUMBER_OF_A_PERSON.fullmatch(cell)) and not _is_day(cell)),
        (f.DATE, _is_day),
        (f.STARTS_AT, lambda cell: bool(CLOCK.fullmatch(cell))),
        (f.KIND, is_kind),
        (f.CLASS, lambda cell: bool(CLASS_NAME.fullmatch(cell))),
    )
    for place, cells in enumerate(cut):
        told = [cell for cell in cells if cell]
        if place in taken or not told:
            continue
        for name, fits in tests:
            if name not in columns and all(map(fits, told)):
                columns[name] = place
                taken.add(place)
                break
    return columns | _amounts(cut, columns, taken)


def _skola24(cut: list[list[str]]) -> dict[str, int]:
    """Return the places of Skola24's columns about a pupil when the file begins with them."""
    if len(cut) < len(SKOLA24_CHILDREN):
        return {}
    numbers, flags = cut[2], cut[5]
    if not all(map(NUMBER_OF_A_PERSON.fullmatch, numbers)) or {flag.casefold() for flag in flags} - FLAGS:
        return {}
    return {name: place for place, name in enumerate(SKOLA24_CHILDREN) if name is not None}


def _amounts(cut: list[list[str]], columns: dict[str, int], taken: set[int]) -> dict[str, int]:
    """Return length and time away for lessons: the first column of amounts is at least as large as the second."""
    amounts = [place for place, cells in enumerate(cut) if place not in taken and _are_amounts(cells)]
    if len(amounts) >= 2 and f.STARTS_AT in columns:
        return {f.LENGTH: amounts[0], f.ABSENT: amounts[1]}
    return {}


def _are_amounts(cells: list[str]) -> bool:
    return bool(cells) and all(map(AMOUNT.fullmatch, cells))


def flag_places(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns that hold nothing but yes and no: in a file without headings any of them may be secrecy."""
    width = max(map(len, rows), default=0)
    cut = [{row[place].strip().casefold() for row in rows if place < len(row)} for place in range(width)]
    return [place for place, cells in enumerate(cut) if cells - PLAINLY_NONE and not cells - FLAGS]


def _is_day(cell: str) -> bool:
    try:
        read_day(cell)
    except CellProblem:
        return False
    return True
