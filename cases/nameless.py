"""What in a text says who somebody is: numbers, addresses and names. A consultation is sent only where nothing does.

A text is refused rather than cleaned: whoever wrote it says the same in other words, and is told which word it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_NUMBER = 6
"""Digits in a row, whatever stands between them, that are still no telephone or personal number."""

SCHOOL_AGE = 4
"""Years back from today in which a date is no birth date of anybody at a school."""

BETWEEN = r"[\s.\-‐‑–—−+/·_:()*]{0,3}"
NUMBER = re.compile(rf"\d(?:{BETWEEN}\d){{{LONGEST_NUMBER},}}|\d{{{LONGEST_NUMBER},}}")
ALONE = r"(?<!\d)(?<!\d[\s.:\-–+/])"
NO_MORE = r"(?![\s.:\-–+/]{0,3}\d)"
CLOCK = r"(?:[01]?\d|2[0-3])[.:][0-5]\d"
CLOCKS = re.compile(rf"{ALONE}{CLOCK}(?:\s?[-–]\s?{CLOCK})?{NO_MORE}")
SCHOOL_YEAR = re.compile(rf"{ALONE}20\d\d[/–-](?:20)?\d\d{NO_MORE}")
DAY = re.compile(rf"{ALONE}(20\d\d)-[01]\d-[0-3]\d{NO_MORE}")
MAIL = re.compile(r"[\w.+%-]+\s?(?:@|[(\[]\s?(?:at|snabel-?a)\s?[)\]])\s?[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)
INITIALS = re.compile(r"\b[A-ZÅÄÖ]\.\s?(?:[A-ZÅÄÖ]\b\.?)(?!\w)")
CALLED = re.compile(
    r"\b(?:heter|vid namn|namnet är|kallas|[Ee]leven|[Ff]lickan|[Pp]ojken|[Bb]arnet|named|called|[Pp]upil)\s+"
    r"([A-ZÅÄÖ][^\W\d_]*[a-zåäöéü][^\W\d_]*)"
)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
CLASS = re.compile(r"\b(?:[1-9]|F)\s?[A-ZÅÄÖ]\b")


@dataclass(frozen=True)
class Found:
    """What was found in a text, as it was written, and how to say it instead."""

    word: str
    mend: str | Promise


def identities_in(text: str, names: Iterable[tuple[str, str]], today: date) -> list[Found]:
    """Return everything in `text` that says who somebody is, in order of kind and each once.

    `names` are the given and family names of those the writer knows of.
    """
    plain = _plain(text)
    found = [*_mails(plain), *_numbers(plain, today), *_patterns(plain), *_names(plain, names)]
    return list({one.word: one for one in found}.values())


def class_in(text: str) -> str:
    """Return a school class named in `text`, such as 7B: in a small school it can point somebody out; "" if none is."""
    found = CLASS.search(_plain(text))
    return found[0] if found else ""


def _plain(text: str) -> str:
    """Return `text` with one way of writing each sign, and without signs that nobody sees."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")


def _mails(text: str) -> Iterator[Found]:
    for match in MAIL.finditer(text):
        yield Found(match[0], _("Take the e-mail address out."))


def _numbers(text: str, today: date) -> Iterator[Found]:
    """Find numbers, once times, school years and the dates of late years are put aside."""
    aside = SCHOOL_YEAR.sub("x", CLOCKS.sub("x", text))
    aside = DAY.sub(lambda day: "x" if int(day[1]) > today.year - SCHOOL_AGE else day[0], aside)
    for match in NUMBER.finditer(aside):
        yield Found(
            match[0],
            _("It can be a personal number, a birth date or a telephone number. Take it out, or write the age."),
        )


def _patterns(text: str) -> Iterator[Found]:
    for match in INITIALS.finditer(text):
        yield Found(match[0], _("Initials point out a person. Write “the pupil” instead."))
    for match in CALLED.finditer(text):
        yield Found(match[1], _("It looks like a name. Write “the pupil” or “the guardian” instead."))


def _names(text: str, names: Iterable[tuple[str, str]]) -> Iterator[Found]:
    """Find given name and family name of one person: side by side however written, or both with a capital letter."""
    words = [(match[0], _stem(match[0])) for match in WORD.finditer(text)]
    if not words:
        return
    capitals = {stem for word, stem in words if word[0].isupper()}
    pairs = {frozenset(pair) for pair in zip((s for _w, s in words), (s for _w, s in words[1:]), strict=False)}
    for given, family in names:
        if _tells(given, family, capitals, pairs):
            yield Found(f"{given} {family}", _("It is the name of a pupil. Write “the pupil” instead."))


def _tells(given: str, family: str, capitals: set[str], pairs: set[frozenset[str]]) -> bool:
    firsts, lasts = ({_stem(word) for word in WORD.findall(name)} for name in (given, family))
    beside = any(frozenset((first, last)) in pairs for first in firsts for last in lasts)
    return beside or bool(firsts & capitals and lasts & capitals)


def _stem(word: str) -> str:
    """Return `word` in small letters and without the s of a genitive, the same for "Alva" and "Alvas"."""
    small = word.casefold().replace("’", "'").removesuffix("'s")
    return small.removesuffix("s") if len(small) > 2 else small
