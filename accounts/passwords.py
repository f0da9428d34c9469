"""What a password must be, and how it is stored."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import User
from .secrecy import peppered


class PepperedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 over a keyed hash of the password: without the server's key a stolen hash cannot be tried.

    Passwords stored by plain Argon2 are stored anew at the next sign-in.
    """

    algorithm = "peppered_argon2"

    def encode(self, password: str, salt: str) -> str:
        """Return what is stored."""
        return super().encode(peppered(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether `password` is the one that was stored."""
        return super().verify(peppered(password), encoded)


LISTED = """
    närvarobryggan närvaro bryggan narvarobryggan narvaro stockholm stockholms stad staden kommun skola skolan elev
    elever mentor rektor kurator socialtjänsten socialtjansten orosanmälan lärare lösenord losenord hemligt hemlig
    välkommen valkommen inloggning logga användare sommar sommaren vinter vintern höst hösten vår våren
    januari februari mars april maj juni juli augusti september oktober november december måndag tisdag onsdag torsdag
    fredag lördag söndag sverige svenska hammarby djurgården djurgarden aik password pass passord passwort secret
    welcome letmein login admin administrator user qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm iloveyou
    jagälskardig älskar alskar mamma pappa hejsan hejhej fotboll kalle abc abcd abcdef test summer winter spring autumn
"""
COMMON_WORDS = frozenset(LISTED.split())
"""Words that Swedish people begin passwords with, and words of this product and city."""

ROWS = ("1234567890", "qwertyuiopå", "asdfghjklöä", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö")
LEET = str.maketrans("430$5@7", "aeossat")
FEWEST_WORDS = 3
FEWEST_SIGNS = 6
SHORT = 2
WORD = re.compile(r"[^\W\d_]+")


class NotGuessableValidator:
    """Refuse long passwords that are easy to guess. No rule about which kinds of signs there must be.

    No library that we use brings a list of leaked passwords of 15 signs or more, so this is not a lookup of leaks: it
    takes the password apart. Refused is one that repeats itself, walks along the keyboard or the alphabet, or is
    nothing but one or two of: Django's list of 20,000 common passwords, words that Swedish people begin with, the
    names of product and city, and the person's own names and address, with whatever figures and signs around them.
    Four words that do not belong together pass.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is easy to guess."""
        text = password.lower()
        if _repeats(text) or _walks(text) or _is_few_known_words(text, _own_words(user)):
            raise ValidationError(_("This password is easy to guess. Choose four words that do not belong together."))

    def get_help_text(self) -> str:
        """Return the advice shown beside the box."""
        return _("Four words that do not belong together make a good password.")


def _repeats(text: str) -> bool:
    """Say whether the text is a short piece over and over, or has very few different signs."""
    piece = (text + text).find(text, 1)
    return len(set(text)) < FEWEST_SIGNS or piece <= len(text) // 2


def _walks(text: str) -> bool:
    """Say whether most steps in the text go to a neighbour on the keyboard or in the alphabet."""
    steps = sum(any(a + b in row or b + a in row for row in ROWS) for a, b in pairwise(text))
    return steps > (len(text) - 1) * 2 / 3


def _is_few_known_words(text: str, own: frozenset[str]) -> bool:
    """Say whether nothing but one or two known words is left when figures and signs are taken away."""
    known = COMMON_WORDS | _common_passwords() | own
    return any(_known_words(way, known) < FEWEST_WORDS for way in (text, text.translate(LEET)))


def _known_words(text: str, known: frozenset[str]) -> int:
    """Return how many known words the text is made of; as many as needed when something in it is not known."""
    parts: set[str] = set()
    for word in WORD.findall(text):
        pieces = _pieces(word, known) if len(word) > SHORT else {word}
        if pieces is None:
            return FEWEST_WORDS
        parts |= pieces
    return len(parts)


def _pieces(word: str, known: frozenset[str]) -> set[str] | None:
    """Return the fewest known words that `word` is written with, or None when it is not made of them."""
    fewest: list[set[str] | None] = [set()]
    for end in range(1, len(word) + 1):
        starts = ((fewest[start], word[start:end]) for start in range(end))
        ways = [before | {piece} for before, piece in starts if before is not None and piece in known]
        fewest.append(min(ways, key=len) if ways else None)
    return fewest[-1]


@cache
def _common_passwords() -> frozenset[str]:
    words = {password.lower() for password in CommonPasswordValidator().passwords}
    return frozenset(word for word in words if len(word) > SHORT and word.isalpha())


def _own_words(user: Any) -> frozenset[str]:
    if not isinstance(user, User):
        return frozenset()
    text = f"{user.given_name} {user.family_name} {user.email}".lower()
    return frozenset(word for word in WORD.findall(text) if len(word) > 1)
