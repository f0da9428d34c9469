"""Reads what a source says about protected identity. Whatever is not plainly “none” is protection."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass

from .models.protection import Protection

PLAINLY_NONE = {"", "n", "nej", "0", "false", "ingen", "none"}
"""All that counts as none. An unknown word, “no” and “-” too, is treated as protection: better a row too many aside."""

KINDS = (
    (Protection.FICTITIOUS_IDENTITY, re.compile(r"finger|fikti[vf]|ny ?identitet|fictitious")),
    (Protection.PROTECTED_REGISTRATION, re.compile(r"folkbok|fbf|kvarskr|protected ?regist")),
    (Protection.SECRECY_FLAG, re.compile(r"sekret|skydd|secre|protect")),
)
"""How each kind is written, the strongest first; a text that names several has the strongest."""

HEADING = re.compile(r"sekretess|sekr\b|skydd|security ?mark|secrecy|protect|fingerad|kvarskr")
MARKS = ("sekretess", "sekrmark", "sekr.mark", "skyddad", "skyddat", "fingerad", "kvarskriv", "securitymark")
EARLIER_IDENTITY = re.compile(
    r"\b(tidigare|förra|gammal|gamla|före detta|fd|f\.d\.|previous|former|old)"
    r".*(nummer|pnr|namn|number|name|ident|civic)"
)
ALIAS_LETTERS = "ABCDEFGHJKLMNPRSTUVXYZ"
ALIAS = re.compile(rf"([{ALIAS_LETTERS}])[\s\-\u2010-\u2015]?(\d{{4}})", re.ASCII)


@dataclass(frozen=True)
class PupilKey:
    """How somebody points out a pupil they do not see: a number of a kind, or the code of a hidden pupil."""

    kind: str
    value: str


def read_protection(text: str) -> Protection:
    """Return the kind of protection that a source's value stands for; a secrecy flag where it does not say which."""
    if unicodedata.normalize("NFKC", text).strip().casefold() in PLAINLY_NONE:
        return Protection.NONE
    words = folded(text)
    return next((kind for kind, spelling in KINDS if spelling.search(words)), Protection.SECRECY_FLAG)


def is_about_protection(heading: str) -> bool:
    """Say whether a column with this heading tells about protected identity: “Sekretess”, “securityMarking”."""
    return HEADING.search(folded(heading)) is not None


def is_earlier_identity(heading: str) -> bool:
    """Say whether a column holds a person's earlier number or name, which must never stand beside the new one."""
    return EARLIER_IDENTITY.search(folded(heading)) is not None


def is_marked(text: str) -> bool:
    """Say whether a text anywhere in a row plainly marks the person: “Skyddad identitet” written as the name."""
    small = text.casefold()
    return any(mark in small for mark in MARKS)


def folded(text: str) -> str:
    """Return the text in small letters with single spaces, so that spellings can be compared."""
    split = re.sub(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])", " ", unicodedata.normalize("NFKC", text))
    return " ".join(re.sub(r"[_\-\u2010-\u2015\u00ad\u200b\ufeff]+", " ", split).casefold().split())


def new_alias() -> str:
    """Return a code that follows from nothing about the pupil: “K-7341”."""
    return f"{secrets.choice(ALIAS_LETTERS)}-{secrets.randbelow(10_000):04}"


def read_alias(text: str) -> PupilKey | None:
    """Return the code that somebody wrote, in any usual writing; None when it is no such code."""
    written = ALIAS.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    return PupilKey("alias", f"{written[1]}-{written[2]}") if written else None
