"""Reads Excel workbooks with openpyxl, a row at a time. Formulas are read as what they last came to."""

from __future__ import annotations

import warnings
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from .sheets import Limits, Rows, text_of, trimmed


class XlsxWorkbook:
    """An Excel workbook without macros."""

    def __init__(self, package: ZipFile) -> None:
        """Open it. Raises whatever a damaged workbook makes openpyxl raise."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.book = load_workbook(package.fp, read_only=True, data_only=True, keep_links=False)
        self.seen = [sheet for sheet in self.book.worksheets if sheet.sheet_state == "visible"]
        self.is_share: dict[int, bool] = {}

    def sheets(self) -> int:
        """Return how many sheets can be seen."""
        return len(self.seen)

    def rows(self, sheet: int) -> Rows:
        """Give the rows of a sheet from the first, empty ones included."""
        limits = Limits()
        table: Any = self.seen[sheet]
        table.reset_dimensions()
        for row in table.iter_rows():
            limits.count(len(row))
            yield trimmed([text_of(cell.value, self._is_share(cell)) for cell in row])

    def _is_share(self, cell: Any) -> bool:
        """Say whether the cell shows its number as per cent."""
        style = getattr(cell, "_style_id", 0)
        if not style:
            return False
        if style not in self.is_share:
            self.is_share[style] = "%" in (cell.number_format or "")
        return self.is_share[style]
