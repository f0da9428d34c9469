"""Rows of a file that is opened in a spreadsheet: read as Excel reads them, and no cell is run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"
"""What the file begins with, so that it is read as UTF-8."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def line_of(cells: Iterable[str]) -> str:
    """Return one line with semicolons. A cell that would be taken for a formula begins with an apostrophe."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(map(_harmless, cells))
    return line.getvalue()


def _harmless(cell: str) -> str:
    """Return the cell so that no spreadsheet runs it."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
