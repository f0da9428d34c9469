"""What a zip file is, and whether it may be opened: a workbook that is no bomb and carries no program."""

from __future__ import annotations

import io
import zipfile
from zipfile import ZipFile

from ..csv_files.problems import FileProblem

ZIP = b"PK\x03\x04"
XLSX, ODS = "xlsx", "ods"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

MOST_PACKED = 10 * 1024 * 1024
MOST_ENTRIES = 1000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_UNPACKED_STRINGS = 40 * 1024 * 1024
MOST_RATIO = 150
SMALL = 1024 * 1024
"""An entry so small when unpacked is no bomb, however tightly it is packed."""

DOCUMENTS = ("word/", "ppt/", "Pictures/")
PROGRAMS = ("vbaproject", "macrosheets/", "activex/", "basic/", "scripts/")


def opened(content: bytes) -> tuple[str, ZipFile]:
    """Return the kind of workbook and the open package. Raises FileProblem for anything else."""
    try:
        package = ZipFile(io.BytesIO(content))
        entries = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise FileProblem("file_is_damaged") from None
    kind = _kind(package, [entry.filename for entry in entries])
    _check_size(content, entries)
    return kind, package


def _kind(package: ZipFile, names: list[str]) -> str:
    if any(entry.flag_bits & 1 for entry in package.infolist()):
        raise FileProblem("file_is_an_old_workbook")
    folded = [name.casefold() for name in names]
    if "xl/workbook.xml" in folded or "xl/workbook.bin" in folded:
        if any(program in name for name in folded for program in PROGRAMS) or b"macroEnabled" in _read(
            package, "[Content_Types].xml", SMALL
        ):
            raise FileProblem("file_has_macros")
        if "xl/workbook.bin" in folded:
            raise FileProblem("file_is_an_old_workbook")
        return XLSX
    if "content.xml" in names and _read(package, "mimetype", 200).strip() == ODS_TYPE:
        if any(name.startswith(PROGRAMS) for name in folded):
            raise FileProblem("file_has_macros")
        return ODS
    is_document = any(name.startswith(DOCUMENTS) for name in names) or "content.xml" in names
    raise FileProblem("file_is_a_document" if is_document else "file_is_an_archive")


def _check_size(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse what would swell when opened; zipfile itself never unpacks more of an entry than it says it holds."""
    if len(content) > MOST_PACKED or len(entries) > MOST_ENTRIES:
        raise FileProblem("file_has_too_many_rows")
    strings = sum(entry.file_size for entry in entries if "sharedstrings" in entry.filename.casefold())
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    is_tight = any(
        entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1) for entry in entries
    )
    if unpacked > MOST_UNPACKED or strings > MOST_UNPACKED_STRINGS or is_tight or packed > len(content):
        raise FileProblem("file_unpacks_too_large")


def _read(package: ZipFile, name: str, most: int) -> bytes:
    try:
        with package.open(name) as entry:
            return entry.read(most)
    except (KeyError, zipfile.BadZipFile, OSError, NotImplementedError, EOFError, ValueError):
        return b""
