"""The connection is cut while something is saved: sent again, as a browser does on reload, it is stored once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, Request, Route

from tests.e2e.server import Server
from tests.e2e.test_school_work import a_pupil
from tests.e2e.walking import walk_in


class Cut:
    """Cuts the connection of what is posted to a page, before or after the server has done its work."""

    def __init__(self, page: Page, path: str, *, when: str) -> None:
        self.page, self.when = page, when
        self.sent: Request | None = None
        page.route(f"**{path}", self._route)

    def _route(self, route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        self.sent = route.request
        if self.when == "after":
            route.fetch(max_redirects=0)
        route.abort("connectionreset")

    def press(self, button: str) -> None:
        """Press the button and meet the browser's own page about the connection."""
        self.page.get_by_role("button", name=button).click(no_wait_after=True)
        try:
            self.page.wait_for_url("chrome-error://**", timeout=10_000)
        except Error:
            assert self.sent is not None, "nothing was sent"

    def send_again(self) -> int:
        """Send the same once more and return the answer's status."""
        assert self.sent is not None
        headers = {"content-type": self.sent.headers["content-type"], "referer": self.sent.url}
        again = self.page.request.post(self.sent.url, data=self.sent.post_data_buffer, headers=headers, max_redirects=0)
        return again.status


def concern_written(page: Page, server: Server, pupil: str) -> str:
    page.goto(f"{server.url}/concerns/new/?pupil={pupil}")
    page.get_by_text("Går hem tidigt").click()
    page.locator("[name=talked][value=yes]").check(force=True)
    page.locator("[name=harm_suspected][value=no]").check(force=True)
    return "Spara oron"


def measure_written(page: Page, server: Server, pupil: str) -> str:
    page.goto(f"{server.url}/pupils/{pupil}/measures/new/")
    page.get_by_label("Vad gör skolan?").select_option(label="En egen vuxen i skolan")
    page.locator("[name=pupil_agrees][value=yes]").check(force=True)
    return "Spara insatsen"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("write", "table", "path"),
    [
        (concern_written, "attendance_concern", "/concerns/new/*"),
        (measure_written, "attendance_measure", "/measures/new/"),
    ],
    ids=["concern", "measure"],
)
def test_a_save_whose_answer_never_came_is_sent_again_and_stored_once(
    fresh_demo: Server,
    open_page: Callable[..., Page],
    when: str,
    write: Callable[[Page, Server, str], str],
    table: str,
    path: str,
):
    page = open_page()
    walk_in(page, fresh_demo, "counsellor")
    pupil = a_pupil(fresh_demo, 13, 14)

    def stored() -> int:
        return fresh_demo.rows(f"SELECT count(*) FROM {table} WHERE pupil_id = %s", pupil)[0][0]

    button = write(page, fresh_demo, pupil)
    before = stored()
    cut = Cut(page, path, when=when)
    cut.press(button)
    assert stored() == before + (when == "after")

    assert cut.send_again() == 302

    assert stored() == before + 1
