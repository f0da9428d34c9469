"""What can be wrong with a file, a cell or a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class FileProblem(Exception):
    """The whole file cannot be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CellProblem(Exception):
    """A cell cannot be read; `code` says why and `details` fill in the explanation."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one row: the field it concerns, the code, the value as it may be shown."""

    row_number: int
    column: str
    code: str
    value: str = ""
    details: dict[str, Any] = field(default_factory=dict)
