"""A Chromium for the browser journeys: found, else installed, else asked for."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launcher.environment import PYTHON
from launcher.places import WINDOWS
from launcher.steps import Problem, run_child, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
PACKAGES = ["chromium", "fonts-dejavu-core"]
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)
HOW = (
    "the browser journeys need Chromium or Chrome and it could not be installed; "
    "install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to its program."
)


def chromium(environ: Mapping[str, str]) -> str:
    """Return the path of a browser, installing one when there is none."""
    if found := find(environ):
        return found
    if can_apt():
        say("Installing Chromium with apt (once) …")
        quiet = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
        run_child(["apt-get", "update", "-q"], quiet)
        run_child(["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES], quiet)
    else:
        say("Installing Playwright's own Chromium (once) …")
        run_child([str(PYTHON), "-m", "playwright", "install", "chromium"], environ)
    if found := find(environ):
        return found
    raise Problem(HOW)


def find(environ: Mapping[str, str]) -> str | None:
    """Return the browser named by CHROMIUM_PATH, else one on PATH, in its usual place, or brought by Playwright."""
    if given := environ.get("CHROMIUM_PATH"):
        if not Path(given).exists():
            raise Problem(f"CHROMIUM_PATH is {given}, but there is no such program.")
        return given
    on_path = (shutil.which(name) for name in NAMES)
    places = (place for place in PLACES if Path(place).exists())
    return next((path for path in [*on_path, *places, of_playwright()] if path), None)


def of_playwright() -> str | None:
    """Return the browser that Playwright downloaded, if it did."""
    asked = subprocess.run([str(PYTHON), "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None


def can_apt() -> bool:
    """Tell whether Debian's packages can be installed here."""
    return not WINDOWS and os.geteuid() == 0 and shutil.which("apt-get") is not None
