"""Rows of a sheet as texts, whatever the workbook: dates as ISO, whole numbers without a point, shares with %."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from ..csv_files.problems import FileProblem
from ..csv_files.tables import MOST_COLUMNS

MOST_ROWS = 100_000
MOST_CELLS = 2_000_000
NEW_LINES = str.maketrans({"\n": " ", "\r": " ", "\x0b": " ", "\x0c": " ", "\x85": " ", "\u2028": " ", "\u2029": " "})

Rows = Iterator[list[str]]


class Workbook(Protocol):
    """Sheets by their number, each read as often as asked."""

    def sheets(self) -> int:
        """Return how many sheets can be seen."""

    def rows(self, sheet: int) -> Rows:
        """Give the rows of a sheet from the first, empty ones included."""


class Limits:
    """Stops the reading of a sheet that has no end."""

    def __init__(self) -> None:
        self.rows = self.cells = 0

    def count(self, cells: int) -> None:
        """Take in one row. Raises FileProblem when it is too much."""
        self.rows += 1
        self.cells += cells
        if self.rows > MOST_ROWS or self.cells > MOST_CELLS:
            raise FileProblem("file_has_too_many_rows")


def text_of(value: Any, is_share: bool = False) -> str:
    """Return the cell's value as it is written in a text file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.translate(NEW_LINES).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value * 100) + "%" if is_share else _number(value)
    if isinstance(value, datetime):
        is_day = not (value.hour or value.minute or value.second)
        return value.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return str(value).translate(NEW_LINES)


def trimmed(cells: list[str]) -> list[str]:
    """Return the row without the empty cells at its end. Raises FileProblem for one wider than any table."""
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise FileProblem("file_has_wide_rows")
    return cells


def _number(value: float) -> str:
    """Return the number without what binary fractions add to it: 12.5, 45."""
    rounded = round(value, 6)
    if rounded != rounded or rounded in (float("inf"), float("-inf")):
        return "#"
    return str(int(rounded)) if rounded == int(rounded) else repr(float(rounded))
