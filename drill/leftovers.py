"""Looks through a browser for anything about a child after every kind of person has signed out (G21)."""

from __future__ import annotations

import os
import sys
from contextlib import closing

import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from bench.report import Report
from launcher import entrypoints
from launcher.browser import HOW, find
from launcher.places import STATE
from launcher.postgres import free_port
from launcher.serving import guarded, wait_for_answer
from tests.e2e.leftovers import WRITE, canaries_in, stores

PEOPLE = (
    "mentor",
    "counsellor",
    "principal",
    "area_manager",
    "team_worker",
    "intake_worker",
    "unit_head",
    "coordinator",
)
PATHS = ("/", "/pupils/", "/signals/", "/cases/", "/intake/", "/stalled/")
DEEPER = (
    ("/signals/", "main a[href^='/pupils/']:not([href*='?'])"),
    ("/pupils/", "main tbody a[href^='/pupils/']"),
    ("/cases/", "main tbody a[href^='/cases/']"),
    ("/intake/?show=assess", "main a[href*='/intake/']:not([href*='?'])"),
    ("/stalled/", "main tbody a[href^='/cases/']"),
)
BACK = 8


def main() -> None:
    """Let each person look around and sign out, then look for what is left."""
    report = Report()
    port = free_port(0)
    commands = {"web server": [sys.executable, *entrypoints.web(f"127.0.0.1:{port}", workers=1)]}
    canaries = names_of_pupils()
    log = STATE / "drill-leftovers.log"
    with log.open("wb") as output, guarded(commands, as_served(), output) as guard:
        wait_for_answer(port, guard)
        with sync_playwright() as playwright:
            path = find(os.environ)
            assert path, HOW
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            look(report, browser, f"http://127.0.0.1:{port}", canaries)
            browser.close()
    report.exit()


def as_served() -> dict[str, str]:
    """Return the environment of a web server: this drill reads names as the owner, the server must not."""
    return {name: value for name, value in os.environ.items() if name != "NB_LOGIN"}


def look(report: Report, browser: Browser, url: str, canaries: list[str]) -> None:
    """Count what is shown before, and what is left after."""
    shown = stored = left = back = planted = after_planting = 0
    for person in PEOPLE:
        page = browser.new_context().new_page()
        page.goto(f"{url}/demo/")
        page.locator(f'button[data-person="{person}"]').click()
        page.wait_for_url(lambda now: "/demo/" not in now)  # not everybody begins at the same page
        shown += sum(bool(canaries_in(content_of(page, url + path), canaries)) for path in [*PATHS, *deeper(page, url)])
        stored += len(canaries_in(stores(page), canaries))
        page.evaluate(WRITE, canaries[0])
        planted += stores(page).count(canaries[0])
        page.locator("form[action='/sign-out/'] button").click()
        page.wait_for_url("**/sign-in/**")
        after_planting += stores(page).count(canaries[0])
        left += len(canaries_in(stores(page), canaries))
        for _ in range(BACK):
            page.go_back()
            page.wait_for_load_state()
            back += len(canaries_in(page.content(), canaries))
        page.context.close()
    report.figure("pages that showed a child before signing out", shown, "pages", ">= 15")
    report.figure("children in the browser's stores while signed in", stored, "names", "== 0")
    report.figure("children in the browser's stores after signing out", left, "names", "== 0")
    report.figure("children shown by Back after signing out", back, "names", "== 0")
    report.figure("control: names found that were planted in four stores", planted, "names", f"== {4 * len(PEOPLE)}")
    report.figure("control: planted names left after signing out", after_planting, "names", "== 0")


def deeper(page: Page, url: str) -> list[str]:
    """Return a pupil's page, a case and a request that the lists lead to; there a child has its whole name."""
    found = []
    for path, link in DEEPER:
        page.goto(url + path)
        target = page.locator(link).first
        found += [str(target.get_attribute("href"))] if target.count() else []
    return found


def content_of(page: Page, url: str) -> str:
    """Return a page as the browser has it."""
    page.goto(url)
    return page.content()


def names_of_pupils() -> list[str]:
    """Return the whole name of every pupil, as sentences and as lists write it."""
    with closing(psycopg.connect(os.environ["OWNER_DATABASE_URL"])) as connection:
        found = connection.execute("SELECT given_name, family_name FROM schools_pupil").fetchall()
    return [name for given, family in found for name in (f"{given} {family}", f"{family}, {given}")]


if __name__ == "__main__":
    main()
