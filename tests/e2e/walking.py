"""How a person comes in, and what is noticed on every page they open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

from tests.e2e.server import Server

# A page may answer 403, 404 or 422 because that is the journey; a file that a page asks for may not.
PAGES = {"document", "xhr", "fetch"}
# Chromium repeats every answer from 400 up as an error of its own; the answers are judged by `judge_response`.
REPEATED = "Failed to load resource: the server responded with a status of"


def walk_in(page: Page, server: Server, person: str) -> None:
    """Open /demo/ and walk in as one of the demo people, named by key."""
    page.goto(f"{server.url}/demo/")
    page.locator(f'button[data-person="{person}"]').click()
    expect(page).not_to_have_url(f"{server.url}/demo/")


@dataclass
class Story:
    """The server, and one window a person; everybody walks in when first needed."""

    server: Server
    open_page: Callable[..., Page]
    script: bool = True
    windows: dict[str, Page] = field(default_factory=dict)

    def go(self, person: str, path: str) -> Page:
        """Return the window of `person` at `path`."""
        if person not in self.windows:
            self.windows[person] = self.open_page(java_script_enabled=self.script)
            walk_in(self.windows[person], self.server, person)
        page = self.windows[person]
        page.goto(self.server.url + path)
        return page


def follow(page: Page, link: Locator) -> None:
    """Press a link or a button and wait until the page that it leads to has taken the place of this one."""
    with page.expect_navigation():
        link.click()


def watch(page: Page, faults: list[str]) -> None:
    """Write down every error in the browser's console (a breach of the CSP is one), failed file and server error."""
    page.on("console", lambda message: judge_message(message, faults))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("response", lambda response: judge_response(response, faults))


def judge_message(message: ConsoleMessage, faults: list[str]) -> None:
    """Write down a console message that is an error or speaks of the Content Security Policy."""
    if message.text.startswith(REPEATED):
        return
    if message.type == "error" or "Content Security Policy" in message.text:
        faults.append(f"{message.location.get('url')}: {message.text}")


def judge_response(response: Response, faults: list[str]) -> None:
    """Write down a server error, and any file that was refused or not found."""
    if response.status >= 500 or (response.status >= 400 and response.request.resource_type not in PAGES):
        faults.append(f"{response.status} {response.request.method} {response.url}")
