"""Every page a person can reach by links, each kind of page once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.e2e.server import Server

LINKS = "main a[href^='/'], header a[href^='/'], footer a[href^='/']"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# Files to download, and pages outside a person's own work.
NOT_PAGES = re.compile(
    r"^/(static|demo|sign-out|set-language)/|\.csv|/report/|/error-report/|/codes/file/|/deviations/export/"
)


def kind_of(path: str) -> str:
    """Return the address with every id replaced, and of the query only the names: one for each kind of page."""
    parts = urlsplit(path)
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    return UUID.sub("*", parts.path) + ("?" + "&".join(names) if names else "")


def pages_of(page: Page, server: Server) -> Iterator[str]:
    """Open each kind of page that links lead to from the start page and yield its kind while it is open."""
    seen = {"/"}
    waiting = ["/"]
    while waiting:
        path = waiting.pop(0)
        response = page.goto(server.url + path)
        assert response is not None
        assert response.status < 400, f"{path} answered {response.status}"
        yield kind_of(path)
        for target in page.eval_on_selector_all(LINKS, "links => links.map(link => link.getAttribute('href'))"):
            if NOT_PAGES.search(target) or kind_of(target) in seen:
                continue
            seen.add(kind_of(target))
            waiting.append(target)
