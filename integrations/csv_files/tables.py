"""Finds the table in a file: its encoding, its separator, its headings; and reads its rows one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from itertools import islice
from typing import Any

from . import headings as f
from .days import Orders
from .encodings import encoding_of, lines_of
from .headings import field_of, guess_columns, likeliest_shape, shape_of
from .positional import guess_positions, is_pupil
from .problems import FileProblem
from .separators import SEPARATORS, cells_of, likely_separator, told_separator

LINES_LOOKED_AT = 200
LINES_BEFORE_HEADINGS = 40
ROWS_GUESSED_FROM = 50
MOST_COLUMNS = 200

REFUSED = b"\0refused:"
"""How the kept stand-in of a file begins that was refused when it came; what follows is why."""

HELD_ASIDE = "*** held aside ***"
"""What stands in a kept file where the row of a protected pupil stood; its number is all that is left of it."""

LINE_END = re.compile(rb"(\r\n|\n|\r)")
SUM = re.compile(r"(?:summa|totalt|total|genomsnitt|medelvärde|medel|sum|average|mean)\b:?.{0,20}", re.IGNORECASE)
FOOTNOTE = re.compile(
    r"(?:källa|not|anm|obs|utskriven|utskrivet|skapad|rapport|antal|sida|page|source)\b|[*#]", re.IGNORECASE
)

Row = tuple[int, list[str] | None]
"""The row's number in the file, the first line being 1, and its cells; None when a quotation mark is left open."""


@dataclass(frozen=True)
class Mapping:
    """How a file is read.

    `heading_row` is 0 where there are no headings. `columns` gives the place of each field, `units` the unit of each
    amount that is not in minutes, `day_order` how 03/04/2026 is meant, `period` the days of a file that tells one
    period for all its rows.
    """

    encoding: str
    separator: str
    heading_row: int
    headings: list[str]
    shape: str
    columns: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    day_order: str = ""
    period: str = ""

    @classmethod
    def from_json(cls, mapping: dict[str, Any]) -> Mapping:
        """Return the mapping kept with an import."""
        return cls(**mapping)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the import."""
        return asdict(self)

    @property
    def fields(self) -> set[str]:
        """The fields that the file tells, in a column or once for all rows."""
        return set(self.columns) | ({f.PERIOD} if self.period else set())

    @property
    def is_complete(self) -> bool:
        """Say whether every field the shape needs has a column."""
        return not f.missing_in(self.shape, self.fields)

    @property
    def fingerprint(self) -> str:
        """What is the same for every file of the same kind: its headings, or its width where there are none."""
        told = self.headings if self.heading_row else [str(len(self.headings))]
        return sha256("\x1f".join(told).casefold().encode()).hexdigest()

    def header_of(self, column: str) -> str:
        """Return the heading of a field's column, nothing when it has none."""
        place = self.columns.get(column)
        return (self.headings[place] or str(place + 1)) if place is not None and place < len(self.headings) else ""

    def with_choices(self, known: Mapping) -> Mapping:
        """Return this file read as `known` says: what somebody has confirmed for files with the same headings."""
        return replace(self, shape=known.shape, columns=known.columns, units=known.units, day_order=known.day_order)


def find_mapping(content: bytes, *, encoding: str = "", separator: str = "", headings: bool | None = None) -> Mapping:
    """Return how the file seems to be meant to be read; what is given counts before our guess.

    Raises FileProblem for a file that holds no table.
    """
    if content.startswith(REFUSED):
        raise FileProblem(content.removeprefix(REFUSED).decode())
    encoding = encoding or encoding_of(content) or ""
    if not encoding:
        raise FileProblem("file_is_not_text")
    lines = [line.rstrip("\n") for line in islice(lines_of(content, encoding), LINES_LOOKED_AT)]
    if not any(line.strip() for line in lines):
        raise FileProblem("file_is_empty")
    separator, place = _find_table(lines, separator)
    cells = [cell.replace("\0", "").strip() for cell in cells_of(lines[place], separator) or []]
    if len(cells) < 2:
        raise FileProblem("file_has_one_column")
    if len(cells) > MOST_COLUMNS:
        raise FileProblem("file_has_wide_rows")
    if headings is False or (headings is None and is_pupil(cells)):
        return _without_headings(encoding, separator, lines, place)
    columns, units = guess_columns(cells)
    period = "" if f.DATE in columns or f.PERIOD in columns else _told_period(lines[:place])
    told = set(columns) | ({f.PERIOD} if period else set())
    shape = shape_of(told) or likeliest_shape(told)
    found = Mapping(encoding, separator, place + 1, cells, shape, columns, units, "", period)
    return replace(found, day_order=day_order_of(content, found).answer)


def day_order_of(content: bytes, mapping: Mapping) -> Orders:
    """Look at all dates of the file for one that tells whether the day or the month comes first."""
    orders = Orders()
    places = [mapping.columns[name] for name in (f.DATE, f.FIRST_DAY, f.LAST_DAY) if name in mapping.columns]
    if not places or b"/" not in content.replace(b"\0", b""):
        return orders
    seen: set[str] = set()
    for _number, cells in read_rows(content, mapping):
        for place in places:
            if cells and place < len(cells) and cells[place] not in seen:
                seen.add(cells[place])
                orders.look(cells[place])
    return orders


def read_pieces(content: bytes, mapping: Mapping, most: int) -> Iterator[tuple[int, list[str]]]:
    """Give the lines under the headings, so many at a time, with the number of the first and without their ends."""
    lines = lines_of(content, mapping.encoding)
    number = 1 + sum(1 for _line in islice(lines, mapping.heading_row))
    while piece := list(islice(lines, most)):
        yield number, "".join(piece).removesuffix("\n").split("\n")
        number += len(piece)


def read_rows(content: bytes, mapping: Mapping) -> Iterator[Row]:
    """Give each row under the headings that holds anything, remarks left out."""
    for number, lines in read_pieces(content, mapping, LINES_LOOKED_AT):
        for place, line in enumerate(lines, start=number):
            if not holds_anything(line, mapping.separator):
                continue
            cells = cells_of(line, mapping.separator)
            if cells is None or len(cells) > 1 or not is_remark(cells, mapping):
                yield place, cells


def holds_anything(line: str, separator: str) -> bool:
    """Say whether there is more on a line than what stands between its cells."""
    return bool(line.strip(f" \t\n{separator}"))


def is_remark(cells: list[str], mapping: Mapping) -> bool:
    """Say whether a row is no row of the table: a title or a footnote alone on its line, a sum under the columns."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or len(mapping.headings) < 3:
        return False
    if SUM.fullmatch(filled[0]):
        return True
    return (
        len(filled) == 1
        and filled[0] != HELD_ASIDE
        and (len(cells) == 1 or cells[0].strip() == filled[0])
        and (FOOTNOTE.match(filled[0]) is not None or filled[0].count(" ") > 1)
    )


def count_rows(content: bytes, mapping: Mapping) -> int:
    """Return about how many rows the file has, fast."""
    return max(0, content.count(b"\n") + (not content.endswith(b"\n")) - mapping.heading_row)


def all_lines(content: bytes, mapping: Mapping) -> Iterator[tuple[int, list[str]]]:
    """Give every line of the file as cells, headings included, for a report that repeats the file."""
    for number, line in enumerate(lines_of(content, mapping.encoding), start=1):
        text = line.rstrip("\n")
        yield number, cells_of(text, mapping.separator) or text.split(mapping.separator)


def without_lines(content: bytes, encoding: str, numbers: Iterable[int]) -> bytes:
    """Return the file with these lines replaced by HELD_ASIDE; all others keep their numbers and every byte."""
    gone = set(numbers)
    if not gone:
        return content
    if encoding.startswith("utf-16"):
        lines = list(lines_of(content, encoding))
        kept = [HELD_ASIDE + "\n" if number in gone else line for number, line in enumerate(lines, start=1)]
        return "".join(kept).encode(encoding)
    parts = LINE_END.split(content)
    for number in gone:
        if 2 * number - 2 < len(parts):
            parts[2 * number - 2] = HELD_ASIDE.encode()
    return b"".join(parts)


def _find_table(lines: list[str], separator: str) -> tuple[str, int]:
    """Return the separator and the place of the line that names most fields; else where the densest block begins."""
    separators = separator or SEPARATORS
    heads = lines[:LINES_BEFORE_HEADINGS]
    best = max(
        ((_known(line, sign), -place, sign) for place, line in enumerate(heads) for sign in separators),
        key=lambda found: found[:2],
    )
    known, place, sign = best
    if known >= 2:
        return sign, -place
    told = separator or told_separator(lines)
    block = [line if not told or told_separator([line]) is None else "" for line in lines]
    if told:
        return told, next((place for place, line in enumerate(block) if told in line), 0)
    return likely_separator(block)


def _known(line: str, separator: str) -> int:
    return len({field_of(cell) for cell in line.replace('"', "").split(separator)[:MOST_COLUMNS]} - {None})


def _without_headings(encoding: str, separator: str, lines: list[str], place: int) -> Mapping:
    """Return the mapping of a file whose first line is a row already."""
    rows = [cells_of(line, separator) or [] for line in lines[place : place + ROWS_GUESSED_FROM] if line.strip()]
    width = max(map(len, rows))
    columns = guess_positions(rows)
    shape = shape_of(set(columns)) or likeliest_shape(set(columns))
    return Mapping(encoding, separator, 0, [""] * width, shape, columns)


PERIOD_TOLD = re.compile(r"(\d{4}-\d\d-\d\d)\s*(?:-|–|--|till|t\.?o\.?m\.?|to)\s*(\d{4}-\d\d-\d\d)", re.IGNORECASE)
TERM_TOLD = re.compile(r"\b((?:HT|VT) ?-?(?:20)?\d\d|(?:v\.?|vecka) ?\d\d?,? 20\d\d|20\d\dv\d\d?)\b", re.IGNORECASE)


def _told_period(lines: list[str]) -> str:
    """Return the period that the lines above the table tell: two days, a term or a week."""
    text = "\n".join(lines)
    days = PERIOD_TOLD.search(text)
    if days is not None:
        return f"{days[1]} - {days[2]}"
    term = TERM_TOLD.search(text)
    return term[1] if term is not None else ""
