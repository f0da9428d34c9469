"""Every address of the product, with the row that says who may enter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.permissions import PAGES, Anybody, Everyone, Opens
from accounts.roles import Role

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
    def methods(self) -> dict[str, Opens]:
        """Who may send what here; nothing when the address has no row."""
        return PAGES.get(self.name, {})

    @property
    def public_reason(self) -> str | None:
        """Why everybody may enter; None when not everybody may."""
        return next((opens.reason for opens in self.methods.values() if isinstance(opens, Anybody)), None)

    @property
    def roles(self) -> frozenset[Role] | None:
        """Who may enter with some method; None for a public address and for one without a row."""
        if self.public_reason is not None or not self.methods:
            return None
        return frozenset(role for role in Role for method in self.methods if self.lets_in(role, method))

    def lets_in(self, role: Role, method: str) -> bool:
        """Say whether the table lets somebody in `role` send `method` here."""
        opens = self.methods.get("GET" if method == "HEAD" else method)
        return isinstance(opens, Anybody | Everyone) or (opens is not None and role in opens)

    @property
    def path(self) -> str:
        """The address with values that no row has."""
        return self.path_with({})

    def path_with(self, values: Mapping[str, object]) -> str:
        """Return the address with the `values` by name, and for the other names values that no row has."""
        return PLACEHOLDER.sub(lambda found: str(values.get(found[2], NOTHING[found[1] or "str"])), self.route)


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
    """Return what is wrong with the row of an address."""
    faults = []
    if not page.methods:
        faults.append("has no row in accounts/permissions/pages.py")
    if any(opens == frozenset() for opens in page.methods.values()):
        faults.append("is open to no role at all")
    if not set(page.methods) <= {"GET", "POST"}:
        faults.append("is open to a method that no page of ours answers")
    kinds = {isinstance(opens, Anybody) for opens in page.methods.values()}
    if len(kinds) > 1:
        faults.append("is public with one method and closed with another")
    if page.public_reason is not None and len(page.public_reason) < 15:
        faults.append("needs a reason for being public")
    return [f"{page.route} ({page.name}) {fault}" for fault in faults]
