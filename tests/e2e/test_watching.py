"""What goes wrong in a browser is noticed: without this the journeys could pass over anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.server import Server
from tests.e2e.walking import watch


@pytest.fixture
def watched(new_context: Callable) -> tuple[Page, list[str]]:
    faults: list[str] = []
    page = new_context().new_page()
    watch(page, faults)
    return page, faults


def test_console_error_is_noticed(watched, demo: Server):
    page, faults = watched
    page.goto(demo.url)

    page.evaluate("console.error('something broke')")

    assert any("something broke" in fault for fault in faults)


def test_uncaught_error_is_noticed(watched, demo: Server):
    page, faults = watched
    page.goto(demo.url)

    page.evaluate("setTimeout(() => { throw new Error('thrown late') })")
    page.wait_for_timeout(200)

    assert any("thrown late" in fault for fault in faults)


def test_breach_of_content_security_policy_is_noticed(watched, demo: Server):
    page, faults = watched
    page.goto(demo.url)

    page.evaluate("document.body.setAttribute('style', 'color: red')")

    assert any("Content Security Policy" in fault for fault in faults)


def test_missing_file_is_noticed(watched, demo: Server):
    page, faults = watched
    page.goto(demo.url)

    page.evaluate("document.body.append(Object.assign(new Image(), {src: '/static/nowhere.png'}))")
    page.wait_for_timeout(500)

    assert any("404" in fault and "nowhere.png" in fault for fault in faults)


def test_refused_form_is_no_fault(watched, demo: Server):
    page, faults = watched

    page.goto(f"{demo.url}/there-is-no-such-page/")

    assert faults == []
