"""Fixtures of the browser journeys: a real server, and pages that fail the test when anything goes wrong in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from launcher.browser import HOW, find
from tests.e2e.server import Server, make_template, running_copy
from tests.e2e.walking import watch

HERE = Path(__file__).parent
# Playwright keeps an event loop in this thread, and Django then refuses its database to every later test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Without these Chromium looks for hosts on the internet; see docs/operations.md.
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
PATIENCE = 10_000

expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every journey, and run the journeys after all other tests."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Have no common address: each server has its own. Takes the place of a plugin's fixture that pytest warns of."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Use the machine's own Chromium; as root it cannot have its sandbox."""
    path = find(os.environ)
    assert path, HOW
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """Be a person in Sweden."""
    return {**browser_context_args, "locale": "sv-SE", "timezone_id": "Europe/Stockholm"}


@pytest.fixture(scope="session")
def demo_template() -> None:
    """Have the demo city told into the template database."""
    make_template()


@pytest.fixture(scope="session")
def demo(demo_template: None) -> Iterator[Server]:
    """Return one server for all tests that only look."""
    with running_copy(worker=False) as server:
        yield server


@pytest.fixture
def fresh_demo(demo_template: None) -> Iterator[Server]:
    """Return a server and worker of the test's own, on a database where nobody has done anything yet."""
    with running_copy(worker=True) as server:
        yield server


@pytest.fixture
def open_page(new_context: Callable) -> Iterator[Callable[..., Page]]:
    """Return what opens a page in a browser of its own, one per person in the story.

    Takes what Playwright's `new_context` takes: `viewport`, `color_scheme`, `java_script_enabled`. The test fails at
    its end when any of the pages met a console error, a breach of the CSP, a missing file or a server error.
    """
    faults: list[str] = []

    def open_one(**settings: object) -> Page:
        page = new_context(**settings).new_page()
        page.set_default_timeout(PATIENCE)
        watch(page, faults)
        return page

    yield open_one
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """Return a page for a story with one person."""
    return open_page()


@pytest.fixture
def no_js_page(open_page: Callable[..., Page]) -> Page:
    """Return a page where JavaScript is off."""
    return open_page(java_script_enabled=False)
