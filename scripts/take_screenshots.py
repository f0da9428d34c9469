"""Takes the pictures in docs/screens of a running demo: `.venv/bin/python -m scripts.take_screenshots [ADDRESS]`.

Each main screen at 320 and 1280 px, in light and dark, in Swedish. Look at them and judge them before you commit them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from launcher.browser import find

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
ADDRESS = "http://127.0.0.1:8000"
WIDTHS = (1280, 320)
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]

SCREENS: dict[str, tuple[str, str, str]] = {
    "todo": ("counsellor", "/", ""),
    "signals": ("counsellor", "/signals/", ""),
    "pupil": ("counsellor", "/signals/", "tbody a[href^='/pupils/']"),
    "log-concern": ("mentor", "/concerns/new/", ""),
    "request-support": ("counsellor", "/signals/", "tbody a[href^='/pupils/'] >> a[href^='/requests/new/']"),
    "incoming": ("team_worker", "/intake/", ""),
    "assess": ("team_worker", "/intake/?show=assess", "main a.ds-button[href*='/intake/']"),
    "case": ("counsellor", "/cases/", "tbody a[href^='/cases/']"),
    "stalled": ("unit_head", "/stalled/", ""),
    "follow-up": ("analyst", "/followup/", ""),
    "demo": ("", "/demo/", ""),
}
"""Who opens which page, and which links are then followed: selectors joined by " >> "."""


def open_screen(page: Page, address: str, path: str, links: str) -> None:
    """Open the page and follow the links."""
    page.goto(address + path)
    for selector in filter(None, links.split(" >> ")):
        target = page.locator(selector).first.get_attribute("href")
        page.goto(f"{address}{target}")


def person_page(browser: Browser, address: str, person: str, scheme: str) -> Page:
    """Return a page of somebody who has walked in through /demo/."""
    page = browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm", color_scheme=scheme).new_page()  # type: ignore[arg-type]
    if person:
        page.goto(f"{address}/demo/")
        page.locator(f"button[data-person='{person}']").click()
    return page


def main(address: str) -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(os.environ), args=[*QUIET, *(["--no-sandbox"] if root else [])]
        )
        for scheme in ("light", "dark"):
            for name, (person, path, links) in SCREENS.items():
                page = person_page(browser, address, person, scheme)
                open_screen(page, address, path, links)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ADDRESS)
