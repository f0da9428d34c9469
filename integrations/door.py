"""What happens to a file at the door: every kind becomes lines of text, or is refused with a reason."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from itertools import islice

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError

from .csv_files.encodings import encoding_of
from .csv_files.headings import field_of
from .csv_files.problems import FileProblem
from .csv_files.separators import cells_of, likely_separator
from .csv_files.tables import LINES_BEFORE_HEADINGS, LINES_LOOKED_AT
from .workbooks.ods import OdsWorkbook
from .workbooks.packages import ODS, ZIP, opened
from .workbooks.sheets import Workbook
from .workbooks.xlsx import XlsxWorkbook

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ", b"PK\x05\x06", b"PK\x07\x08")
DOCUMENTS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
WEB_PAGES = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<?xml", b"mime-version")
LONGEST_CELL = 50
"""So many lines can one cell between quotation marks hold; a mark left open longer is a mistake."""

DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, ParseError, DefusedXmlException, KeyError, ValueError, TypeError,
    AttributeError, IndexError, EOFError, OSError, NotImplementedError, OverflowError, RecursionError, zlib.error,
)  # fmt: skip
"""What reading a workbook that somebody has damaged, or made to do damage, may raise."""


def as_text(content: bytes) -> bytes:
    """Return the file as text with one row a line. Raises FileProblem for what is no table of ours to read."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(ZIP):
        return _workbook(content)
    if content.startswith(OLD_WORKBOOK):
        raise FileProblem("file_is_an_old_workbook")
    if content.startswith(ARCHIVES):
        raise FileProblem("file_is_an_archive")
    if content.startswith(DOCUMENTS):
        raise FileProblem("file_is_a_document")
    if start.startswith(WEB_PAGES):
        raise FileProblem("file_is_a_web_page")
    encoding = encoding_of(content)
    if encoding is None:
        raise FileProblem("file_is_not_text")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FileProblem("file_is_empty")
    return _one_row_a_line(content, encoding)


def _workbook(content: bytes) -> bytes:
    try:
        kind, package = opened(content)
        with package:
            book: Workbook = OdsWorkbook(package) if kind == ODS else XlsxWorkbook(package)
            return _as_csv(book, _sheet_with_the_table(book))
    except FileProblem:
        raise
    except DAMAGED:
        raise FileProblem("file_is_damaged") from None


def _sheet_with_the_table(book: Workbook) -> int:
    """Return the sheet that names most of the headings we know; the first that says anything when none does."""
    best, found = (-1, 0), -1
    for sheet in range(book.sheets()):
        known, filled = 0, False
        for row in islice(book.rows(sheet), LINES_BEFORE_HEADINGS):
            filled = filled or bool(row)
            known = max(known, len({field_of(cell) for cell in row} - {None}))
        if filled and (known, -sheet) > best:
            best, found = (known, -sheet), sheet
    if found < 0:
        raise FileProblem("file_is_empty")
    return found


def _as_csv(book: Workbook, sheet: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    width = 0
    for row in book.rows(sheet):
        # An empty cell at the end of a row is a cell all the same, under its heading.
        width = max(width, len(row))
        writer.writerow(row + [""] * (width - len(row)) if row else row)
    return text.getvalue().encode()


def _one_row_a_line(content: bytes, encoding: str) -> bytes:
    """Return the text with the line breaks inside quoted cells made spaces."""
    if encoding.startswith("utf-16"):
        text = content.decode(encoding, errors="replace")
        folded = _folded(text.encode())
        return content if folded is None else folded.decode().encode(encoding)
    folded = _folded(content)
    return content if folded is None else folded


def _folded(content: bytes) -> bytes | None:
    """Return the folded text, None when no line leaves a quotation mark open."""
    if b'"' not in content or not any(line.count(b'"') % 2 for line in io.BytesIO(content)):
        return None
    lines = content.split(b"\n")
    separator, width = _usual(lines)
    kept: list[bytes] = []
    place = 0
    while place < len(lines):
        line, length = lines[place], 1
        if line.count(b'"') % 2:
            line, length = _closed(lines, place, separator, width)
        kept.append(line)
        place += length
    return b"\n".join(kept)


def _usual(lines: list[bytes]) -> tuple[str, int]:
    """Return the separator and the number of cells that rows have."""
    first = [line.decode("latin-1").rstrip("\r") for line in lines[:LINES_LOOKED_AT]]
    separator, place = likely_separator(first)
    return separator, len(cells_of(first[place], separator) or ())


def _closed(lines: list[bytes], place: int, separator: str, width: int) -> tuple[bytes, int]:
    """Return the row whose first line leaves a quotation mark open, and how many lines it takes.

    One line when nothing closes it, or what closes it would make a row of another width: then the mark is a mistake.
    """
    for length, line in enumerate(lines[place + 1 : place + LONGEST_CELL], start=2):
        if line.count(b'"') % 2:
            row = b" ".join(part.rstrip(b"\r") for part in lines[place : place + length])
            if len(cells_of(row.decode("latin-1"), separator) or ()) == width:
                return row, length
            break
    return lines[place], 1
