"""What somebody searched for, kept in the encrypted session: names and numbers travel in no address.

The address of the answer carries a code that means nothing outside the session. So going back, loading the page anew
and leafing through it work, also in two tabs, and what was searched for is gone when the session is.
"""

from __future__ import annotations

import secrets
from typing import Any

PARAMETER = "search"
KEY = "searches"
REMEMBERED = 10
"""So many searches of one session; older ones show the whole list again."""


def keep_search(session: Any, words: str) -> str:
    """Keep `words` for the rest of the session and return the code that stands for them in an address."""
    code = secrets.token_urlsafe(9)
    earlier = list(session.get(KEY, {}).items())
    session[KEY] = dict([*earlier, (code, words)][-REMEMBERED:])
    return code


def kept_search(session: Any, code: str) -> str:
    """Return the words that a code stands for in this session, nothing for any other code."""
    return session.get(KEY, {}).get(code, "")
