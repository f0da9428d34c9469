"""Reads OpenDocument workbooks (LibreOffice) as a stream, an element at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from defusedxml.ElementTree import iterparse

from ..csv_files.problems import FileProblem
from ..csv_files.tables import MOST_COLUMNS
from .sheets import MOST_ROWS, Limits, Rows, text_of, trimmed

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")


class OdsWorkbook:
    """An OpenDocument workbook."""

    def __init__(self, package: ZipFile) -> None:
        """Keep the package; the document is read anew for each sheet."""
        self.package = package
        self.count = sum(1 for kind, _element in self._events() if kind == "table")

    def sheets(self) -> int:
        """Return how many sheets there are."""
        return self.count

    def rows(self, sheet: int) -> Rows:
        """Give the rows of a sheet from the first, empty ones included, but not those after the last that says any."""
        limits, place, empty = Limits(), -1, 0
        for kind, element in self._events():
            if kind == "table":
                place += 1
            elif place == sheet:
                cells = trimmed(_cells(element))
                times = _times(element, "rows")
                if not cells:
                    empty = min(empty + times, MOST_ROWS + 1)
                    continue
                blank: list[str] = []
                for row in [blank] * empty + [cells] * min(times, MOST_ROWS + 1):
                    limits.count(len(row) + 1)
                    yield list(row)
                empty = 0

    def _events(self) -> Iterator[tuple[str, Any]]:
        """Give each table as it begins and each row as it ends; what has been read is let go."""
        with self.package.open("content.xml") as document:
            for event, element in iterparse(document, events=("start", "end")):
                if event == "start" and element.tag == f"{TABLE}table":
                    yield "table", element
                elif event == "end" and element.tag == f"{TABLE}table-row":
                    yield "row", element
                    element.clear()


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in CELLS:
            continue
        text = _text(cell)
        times = _times(cell, "columns")
        if text and times > MOST_COLUMNS:
            raise FileProblem("file_has_wide_rows")
        cells += [text] * min(times, MOST_COLUMNS)
    return cells


def _text(cell: Any) -> str:
    kind, value = cell.get(f"{OFFICE}value-type"), cell.get(f"{OFFICE}value")
    if kind == "percentage" and value is not None:
        return text_of(float(value), is_share=True)
    if kind in ("float", "currency") and value is not None:
        return text_of(float(value))
    if kind == "date":
        return str(cell.get(f"{OFFICE}date-value", "")).removesuffix("T00:00:00").replace("T", " ")
    if kind == "time":
        spent = DURATION.fullmatch(cell.get(f"{OFFICE}time-value", ""))
        return f"{int(spent[1] or 0):02}:{int(spent[2] or 0):02}" if spent else ""
    if kind == "boolean":
        return str(cell.get(f"{OFFICE}boolean-value", ""))
    return text_of(" ".join("".join(part.itertext()) for part in cell.iter(f"{TEXT}p")))


def _times(element: Any, what: str) -> int:
    """Return how many times a cell or row stands there."""
    told = element.get(f"{TABLE}number-{what}-repeated", "1")
    return max(1, int(told)) if told.isdigit() else 1
