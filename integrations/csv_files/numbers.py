"""Reads amounts of time and shares, in every way that the systems and Excel write them. Missing is never zero."""

from __future__ import annotations

import re
from collections.abc import Callable

from .headings import HOURS, MINUTES, PERCENT
from .problems import CellProblem

SPACES = "\u00a0\u202f\u2009\u2007"
MISSING = {"", "-", "\u2013", "\u2014", ".", "..", "...", "n/a", "null", "saknas"}
"""How systems write that there is no figure; Skolverket's “..” is suppressed and “.” does not apply."""

NUMBER = re.compile(r"[-\u2212+]?\d+(?:[.,]\d+)?")
THOUSANDS = re.compile(r"([-\u2212+]?\d{1,3})((?: \d{3})+|(?:\.\d{3})+(?=,))([.,]\d+)?")
CLOCK = re.compile(r"(?P<hours>\d+)(?::| ?(?:h|t|tim|timmar) ?)(?P<minutes>[0-5]?\d)(?: ?(?:m|min|minuter))?")
ENDINGS = (
    (MINUTES, re.compile(r" ?(?:min|minuter|minutes|m)\.?$")),
    (HOURS, re.compile(r" ?(?:h|t|tim|timmar|hours?)\.?$")),
    (PERCENT, re.compile(r" ?(?:%|procent)$")),
)
MINUTES_IN_A_DAY = 24 * 60
MINUTES_IN_A_YEAR = 366 * MINUTES_IN_A_DAY


class Approximate(int):
    """An amount that the source gives as about so much: “~100”."""


def amount_reader(unit: str, *, most: int = MINUTES_IN_A_DAY, is_required: bool = True) -> Callable[[str], int | None]:
    """Return a reader of minutes, or of hundredths of a per cent when `unit` is per cent.

    40 · 40,0 · 1:20 · 1 h 20 min · 1 234,5 · 12,5 % · ~100. What is written in the cell itself counts before `unit`.
    """
    read = _percent if unit == PERCENT else _minutes

    def reader(text: str) -> int | None:
        text = _tidy(text)
        if text in MISSING:
            if is_required:
                raise CellProblem("number_missing")
            return None
        about = text.startswith(("~", "ca ", "ca. "))
        value = read(text.removeprefix("~").removeprefix("ca").removeprefix(".").strip() if about else text, unit, most)
        return Approximate(value) if about else value

    return reader


def _tidy(text: str) -> str:
    for space in SPACES:
        text = text.replace(space, " ")
    return text.strip().casefold()


def _minutes(text: str, unit: str, most: int) -> int:
    spent = CLOCK.fullmatch(text)
    if spent is not None:
        minutes = int(spent["hours"]) * 60 + int(spent["minutes"])
    else:
        told, text = _ending(text)
        if told == PERCENT:
            raise CellProblem("number_is_a_percent")
        minutes = round(_number(text) * (60 if (told or unit) == HOURS else 1))
    if minutes < 0:
        raise CellProblem("number_negative")
    if minutes > most:
        raise CellProblem("number_too_large", most=most)
    return minutes


def _percent(text: str, unit: str, most: int) -> int:
    told, text = _ending(text)
    if told not in (None, PERCENT):
        raise CellProblem("number_is_not_a_percent")
    percent = _number(text)
    if percent < 0:
        raise CellProblem("number_negative")
    if percent > 100:
        raise CellProblem("percent_over_100")
    return round(percent * 100)


def _ending(text: str) -> tuple[str | None, str]:
    """Return the unit written after the number, and the number."""
    for unit, ending in ENDINGS:
        bare = ending.sub("", text)
        if bare != text:
            return unit, bare
    return None, text


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        grouped = THOUSANDS.fullmatch(text)
        if grouped is None:
            raise CellProblem("number_damaged" if text.startswith("#") else "number_unreadable")
        text = grouped[1] + re.sub(r"[ .]", "", grouped[2]) + (grouped[3] or "")
    return float(text.replace("\u2212", "-").replace(",", "."))
