"""Every address of the product, with the mark that says who may enter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import Role

NOT_OURS: dict[str, str] = {}
"""Views of others without a mark of ours, by name, with the reason. None so far: django-allauth's are wrapped."""

# Values that fit an address and that no row has.
NOTHING = {
    "uuid": UUID("00000000-0000-4000-8000-000000000000"),
    "int": 987654321,
    "str": "nothing",
    "slug": "nothing",
    "path": "nothing",
}
PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Page:
    """One address."""

    route: str
    name: str
    view: Callable

    @property
    def roles(self) -> frozenset[Role] | None:
        """Who may enter; None when the view does not say."""
        return getattr(self.view, "allowed_roles", None)

    @property
    def public_reason(self) -> str | None:
        """Why everybody may enter; None when not everybody may."""
        return getattr(self.view, "public_reason", None)

    @property
    def path(self) -> str:
        """The address with values that no row has."""
        return PLACEHOLDER.sub(lambda found: str(NOTHING[found[1] or "str"]), self.route)


def all_pages() -> list[Page]:
    """Return every address, sorted by its route."""
    return sorted(walk(get_resolver().url_patterns, "/", ""), key=lambda page: page.route)


def walk(patterns: list[URLPattern | URLResolver], route: str, namespace: str) -> Iterator[Page]:
    """Give the addresses below `route`."""
    for pattern in patterns:
        below = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, below, inner)
        else:
            yield Page(below, f"{namespace}{pattern.name}", pattern.callback)


def faults_of(page: Page) -> list[str]:
    """Return what is wrong with the mark of a page."""
    if page.name in NOT_OURS:
        return []
    faults = []
    if (page.roles is None) == (page.public_reason is None):
        faults.append("needs exactly one of @allow(…), @signed_in and @public(reason=…)")
    if page.roles is not None and not page.roles:
        faults.append("is open to no role at all")
    if page.public_reason is not None and len(page.public_reason) < 15:
        faults.append("needs a reason for being public")
    asks_for_sign_in = getattr(page.view, "login_required", True)
    if asks_for_sign_in == (page.public_reason is not None):
        faults.append("has a mark that its decorators contradict: is another decorator outside it?")
    return [f"{page.route} ({page.name}) {fault}" for fault in faults]
