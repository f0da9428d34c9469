"""What the gate says about one request, from the name of its address, its method and who sends it."""

from __future__ import annotations

from enum import Enum, auto

from .pages import PAGES, Anybody, Everyone, Methods

ANSWERED_LIKE = {"HEAD": "GET"}


class Verdict(Enum):
    """What happens to a request."""

    OPEN = auto()
    SIGN_IN = auto()
    NO_MEMBERSHIP = auto()
    REFUSED = auto()
    NO_SUCH_METHOD = auto()


def verdict_on(name: str, method: str, *, is_signed_in: bool, role: str | None) -> Verdict:
    """Return the verdict. An address without a row is refused to everybody."""
    methods = PAGES.get(name)
    if methods is None:
        return Verdict.REFUSED
    if not any(isinstance(opens, Anybody) for opens in methods.values()):
        if not is_signed_in:
            return Verdict.SIGN_IN
        if not _opens_with_some_method(methods, role):
            return Verdict.NO_MEMBERSHIP if role is None else Verdict.REFUSED
    opens = methods.get(ANSWERED_LIKE.get(method, method))
    if opens is None:
        return Verdict.NO_SUCH_METHOD
    return Verdict.OPEN if isinstance(opens, Anybody | Everyone) or role in opens else Verdict.REFUSED


def _opens_with_some_method(methods: Methods, role: str | None) -> bool:
    return any(
        isinstance(opens, Everyone) or role in opens for opens in methods.values() if not isinstance(opens, Anybody)
    )
