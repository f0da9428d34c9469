"""Finds the table in a file: its encoding, its separator, its headings; and reads its rows one by one."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from .headings import MINUTES, field_of, is_in_hours, likeliest_shape, shape_of
from .problems import FileProblem

SEPARATORS = ";\t,|"
LINES_BEFORE_HEADINGS = 30
WORKBOOK = b"PK\x03\x04"

HELD_ASIDE = "*** held aside ***"
"""What stands in a kept file where the row of a protected pupil stood; its number is all that is left of it."""

LINE_END = re.compile(rb"(\r\n|\n|\r)")
NUMBER_OF_A_PERSON = re.compile(r"\s*(\d{6}|\d{8})\s?[-+]?\s?(\d{4}|[A-Za-z]{1,2}\d{2,3})\s*")

Row = tuple[int, list[str] | None]
"""The row's number in the file, the first line being 1, and its cells; None when a quotation mark is left open."""


@dataclass(frozen=True)
class Mapping:
    """How a file is read. `columns` gives the place of each field, `hours` the fields that are in hours."""

    encoding: str
    separator: str
    heading_row: int
    headings: list[str]
    shape: str
    columns: dict[str, int] = field(default_factory=dict)
    hours: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, mapping: dict[str, Any]) -> Mapping:
        """Return the mapping kept with an import."""
        return cls(**mapping)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the import."""
        return asdict(self)

    @property
    def is_complete(self) -> bool:
        """Say whether every field the shape needs has a column."""
        return shape_of(set(self.columns)) is not None

    def header_of(self, column: str) -> str:
        """Return the heading of a field's column, nothing when it has none."""
        return self.headings[self.columns[column]] if column in self.columns else ""


def find_mapping(content: bytes) -> Mapping:
    """Return how the file seems to be meant to be read. Raises FileProblem for a file that holds no table."""
    encoding = _encoding(content)
    first_lines = list(islice(_lines(content, encoding), LINES_BEFORE_HEADINGS))
    if not any(line.strip() for line in first_lines):
        raise FileProblem("file_is_empty")
    separator, place = _find_headings(first_lines)
    headings = [cell.strip() for cell in _cells(first_lines[place].rstrip("\n"), separator) or []]
    if len(headings) < 2:
        raise FileProblem("file_has_one_column")
    if any(map(NUMBER_OF_A_PERSON.fullmatch, headings)):
        raise FileProblem("file_has_no_headings")
    columns: dict[str, int] = {}
    for index, heading in enumerate(headings):
        known = field_of(heading)
        if known and known not in columns:
            columns[known] = index
    hours = [name for name, index in columns.items() if name in MINUTES and is_in_hours(headings[index])]
    shape = shape_of(set(columns)) or likeliest_shape(set(columns))
    return Mapping(encoding, separator, place + 1, headings, shape, columns, hours)


def read_rows(content: bytes, mapping: Mapping) -> Iterator[Row]:
    """Give each row under the headings that holds anything."""
    for number, line in enumerate(_lines(content, mapping.encoding), start=1):
        if number > mapping.heading_row and line.strip(" \t\n" + mapping.separator):
            yield number, _cells(line.rstrip("\n"), mapping.separator)


def count_rows(content: bytes, mapping: Mapping) -> int:
    """Return about how many rows the file has, fast."""
    return max(0, content.count(b"\n") + (not content.endswith(b"\n")) - mapping.heading_row)


def all_lines(content: bytes, mapping: Mapping) -> Iterator[tuple[int, list[str]]]:
    """Give every line of the file as cells, headings included, for a report that repeats the file."""
    for number, line in enumerate(_lines(content, mapping.encoding), start=1):
        text = line.rstrip("\n")
        yield number, _cells(text, mapping.separator) or text.split(mapping.separator)


def without_lines(content: bytes, encoding: str, numbers: Iterable[int]) -> bytes:
    """Return the file with these lines replaced by HELD_ASIDE; all others keep their numbers and every byte."""
    gone = set(numbers)
    if not gone:
        return content
    if encoding == "utf-16":
        lines = list(_lines(content, encoding))
        kept = [HELD_ASIDE + "\n" if number in gone else line for number, line in enumerate(lines, start=1)]
        return "".join(kept).encode(encoding)
    parts = LINE_END.split(content)
    for number in gone:
        if 2 * number - 2 < len(parts):
            parts[2 * number - 2] = HELD_ASIDE.encode()
    return b"".join(parts)


def _encoding(content: bytes) -> str:
    if content.startswith(WORKBOOK):
        raise FileProblem("file_is_a_workbook")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in content:
        raise FileProblem("file_is_not_text")
    try:
        codecs.decode(content, "utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline=None)


def _find_headings(lines: list[str]) -> tuple[str, int]:
    """Return the separator and the place of the line that names most fields; the first full line if none does."""
    best = max(
        ((_known(line, separator), -place, separator) for place, line in enumerate(lines) for separator in SEPARATORS),
        key=lambda found: found[:2],
    )
    known, place, separator = best
    if known >= 2:
        return separator, -place
    first = next(place for place, line in enumerate(lines) if line.strip() and not line.startswith("sep="))
    return max(SEPARATORS, key=lines[first].count), first


def _known(line: str, separator: str) -> int:
    return len({field_of(cell) for cell in line.rstrip("\n").replace('"', "").split(separator)} - {None})


def _cells(line: str, separator: str) -> list[str] | None:
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return None
