"""Builds workbooks as Excel and LibreOffice save them, and some that are made to do damage."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from openpyxl import Workbook

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def xlsx(rows, *, title="Frånvaro", formats=(), more_sheets=()):
    """Return an Excel workbook; `formats` maps a place (column letter and row) to how its number is shown."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for place, shown in formats:
        sheet[place].number_format = shown
    for name, cells in more_sheets:
        other = book.create_sheet(name)
        for row in cells:
            other.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def ods(rows, *, document="", before="", after=""):
    """Return a LibreOffice workbook with one sheet; a row may be XML already."""
    body = "".join(row if isinstance(row, str) else _row(row) for row in rows)
    document = document or (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {NAMES}><office:body>'
        f'<office:spreadsheet><table:table table:name="Blad1">{body}{after}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    return package({"mimetype": ODS_TYPE, "content.xml": document})


def _row(cells):
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(value):
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        told = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {told}><text:p>{value}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def package(files):
    """Return a zip of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def repacked(content, **changes):
    """Return a workbook with files added or changed: their names written with __ for / and _dot_ for a point."""
    files = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return package(files | {name.replace("__", "/").replace("_dot_", "."): text for name, text in changes.items()})
