"""In which encoding a text file is written, and how to see whether the guess is right."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from itertools import islice

UTF_8, WINDOWS, UTF_16 = "utf-8-sig", "cp1252", "utf-16"
UTF_16_BARE = ("utf-16-le", "utf-16-be")
CHOICES = (UTF_8, WINDOWS, UTF_16)
MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LOOKED_AT = 2000
MOSTLY = 0.8

GARBLED = re.compile(r"Ã[\u0080-\u00bf¥¤¶…„–©]|Â[\u00a0-\u00bf]|â€|\ufffd")
SWEDISH = re.compile(r"[åäöÅÄÖ]")


def encoding_of(content: bytes) -> str | None:
    """Return the encoding, None for what is not text: a mark decides, else strict UTF-8, else Windows-1252."""
    if content.startswith(MARKS_16):
        return UTF_16
    if b"\0" in content:
        return _bare_utf_16(content)
    try:
        codecs.decode(content, UTF_8)
    except UnicodeDecodeError:
        return WINDOWS
    return UTF_8


def _bare_utf_16(content: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is: every other byte of it is zero."""
    start = content[:LOOKED_AT]
    for encoding, zeros, letters in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        if zeros and zeros.count(0) >= MOSTLY * len(zeros) and not letters.count(0):
            return encoding
    return None


def lines_of(content: bytes, encoding: str) -> Iterator[str]:
    """Give each line with a newline at its end, whatever the file ends its lines with."""
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline=None)


def lines_with_swedish_letters(content: bytes, encoding: str, most: int = 3) -> list[str]:
    """Return the first lines that hold å, ä, ö or signs of a wrong encoding: whoever uploads looks at them."""
    telling = (line.strip() for line in lines_of(content, encoding) if SWEDISH.search(line) or GARBLED.search(line))
    return list(islice(telling, most))


def is_garbled(lines: list[str]) -> bool:
    """Say whether lines look as if they were read in another encoding than they were written in: “Ã¥”."""
    return any(GARBLED.search(line) for line in lines)
