"""What stands between the cells of a line."""

from __future__ import annotations

import csv
import re
from collections import Counter

SEPARATORS = ";\t,|"
TOLD = re.compile(r'"?sep=(.)"?[;,\t|]*\s*', re.IGNORECASE)


def cells_of(line: str, separator: str) -> list[str] | None:
    """Return the cells of a line; None when a quotation mark is left open."""
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader((line,), delimiter=separator, strict=True))
    except csv.Error:
        return None


def told_separator(lines: list[str]) -> str | None:
    """Return what Excel's own first line says: sep=;"""
    first = next((line for line in lines if line.strip()), "")
    told = TOLD.fullmatch(first.lstrip("\ufeff"))
    return told[1] if told and told[1] in SEPARATORS else None


def likely_separator(lines: list[str]) -> tuple[str, int]:
    """Return the separator that cuts most lines in the same number of cells, and the place of the first such line.

    A sign that stands the same number of times on every line separates; one that comes and goes belongs to the text.
    """
    best = max((_block(lines, separator) for separator in SEPARATORS), key=lambda block: block[0])
    (_lines, _columns), separator, place = best
    return separator, place


def _block(lines: list[str], separator: str) -> tuple[tuple[int, int], str, int]:
    widths = [len(cells_of(line, separator) or ()) if line.strip() else 0 for line in lines]
    counted = Counter(width for width in widths if width > 1)
    if not counted:
        return (0, 0), separator, next((place for place, line in enumerate(lines) if line.strip()), 0)
    width, times = max(counted.items(), key=lambda item: (item[1], item[0]))
    return (times, width), separator, widths.index(width)
