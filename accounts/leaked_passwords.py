"""Whether a password is known from leaks: looked up in a list on our own disk, so that nobody outside is asked."""

from __future__ import annotations

import hashlib
import os
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class NotLeakedValidator:
    """Refuse passwords that stand in the list at settings.LEAKED_PASSWORDS_FILE; without a list, none.

    The list has one SHA-1 in hexadecimal a line, in rising order, with or without a colon and a count after it, as
    published lists of leaked passwords have (docs/operations.md says where one is fetched).
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password from the list."""
        path = settings.LEAKED_PASSWORDS_FILE
        if not path:
            return
        sought = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with open(path, "rb") as lines:
            if _stands_in(lines, sought):
                raise ValidationError(
                    _("This password is known from a leak elsewhere. Choose four words that do not belong together.")
                )

    def get_help_text(self) -> str:
        """Say nothing beside the box: the other advice is enough."""
        return ""


def _stands_in(lines: BinaryIO, sought: bytes) -> bool:
    """Say whether a line of the rising list begins with `sought`, by halving: some tens of steps in any list."""
    first, last = 0, lines.seek(0, os.SEEK_END)
    while first < last:
        middle = (first + last) // 2
        lines.seek(max(0, middle - 1))
        if middle:
            lines.readline()  # the rest of a line, or the end of the one before
        line = lines.readline()
        if line and line[: len(sought)].upper() < sought:
            first = lines.tell()
        else:
            last = middle
    lines.seek(first)
    return lines.readline()[: len(sought)].upper() == sought
