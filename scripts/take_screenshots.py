"""Takes the pictures in docs/screens of a running demo: `.venv/bin/python -m scripts.take_screenshots [ADDRESS]
[NAME …]`, all of them or those named.

Each main screen at 320 and 1280 px, in light and dark, in Swedish. Look at them and judge them before you commit them.
With `--look FOLDER [NAME …]` every screen, or those named, goes to a folder of your own, also at 768 px and in English.
"""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

from launcher.browser import find

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
ADDRESS = "http://127.0.0.1:8000"
WIDTHS = (1280, 320)
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]

WITH_CASE = "/signals/?show=case"
SEND = "main form.form .button-row button[type=submit]"
PRESS = "!main form.form button[type=submit]"
WRITTEN = "tbody a[href*='/concerns/new/'] >> =text=Gick hem före matten. >> *[name=talked][value=yes]"
AGREED = " >> ".join(
    f"*[name={giver}_answer][value=yes] >> @{giver}_form=meeting"
    f" >> ={giver}_given_on={{today}} >> ={giver}_valid_to={{later}}"
    for giver in ("guardian_1", "pupil")
)
REQUESTED = (
    "tbody tr:nth-of-type(2) a[href^='/pupils/'] >> a[href^='/requests/new/'] >> *[name=service]"
    " >> =what_hinders=Vill inte möta klassen på morgonen."
    " >> =help_wanted=Stöd till hemmet på morgonen. >> =tried=Samtal hemma: ingen skillnad."
    f" >> {AGREED} >> *[name=guardian_2_answer][value=none] >> *[name=scope] >> =contact=Sara Lind, skolkurator"
)
MEASURE = "tbody tr:nth-of-type(2) a[href^='/pupils/'] >> +measures/ >> main h3 a[href*='/measures/']"
INVESTIGATION = "tbody tr:nth-of-type(13) a[href^='/pupils/'] >> +mapping/ >> main a[href*='/mapping/']"
"""Which pupil of the demo has one, in the lists of signals with a case and of pupils."""

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
    "pupils": ("counsellor", "/pupils/", ""),
    "protected": ("principal", "/protected/", ""),
    "people": ("principal", "/people/", ""),
    "sessions": ("mentor", "/account/sessions/", ""),
    "oversight": ("log_auditor", "/oversight/", ""),
    "rights-requests": ("principal", "/records/rights/", ""),
    "retention": ("system_admin", "/records/retention/", ""),
    "lines": ("principal", "/settings/lines/", ""),
    "imports": ("school_admin", "/imports/", ""),
    "upload": ("school_admin", "/imports/new/", ""),
    "absence-sources": ("school_admin", "/imports/absence-sources/", ""),
    "school-sources": ("system_admin", "/imports/sources/", ""),
    "new-school-source": ("system_admin", "/imports/sources/new/", ""),
    "measures": ("counsellor", "/signals/", "tbody a[href^='/pupils/'] >> main a[href$='/measures/']"),
    "add-measure": (
        "counsellor", "/signals/",
        "tbody a[href^='/pupils/'] >> main a[href$='/measures/'] >> a[href$='/measures/new/']",
    ),
    "investigations": ("counsellor", "/signals/", "tbody a[href^='/pupils/'] >> main a[href$='/mapping/']"),
    "consents": ("counsellor", "/cases/", "tbody a[href^='/cases/'] >> a[href$='/shared/'] >> a[href$='/consents/']"),
    "withdraw-consent": (
        "counsellor", "/cases/",
        "tbody a[href^='/cases/'] >> a[href$='/shared/'] >> a[href$='/consents/'] >> a[href$='/withdraw/']",
    ),
    "note-consents": (
        "counsellor", "/cases/",
        "tbody a[href^='/cases/'] >> a[href$='/shared/'] >> a[href$='/consents/'] >> main p > a[href*='/consents/']",
    ),
    "shared-about-pupil": (
        "counsellor", "/cases/",
        "tbody a[href^='/cases/'] >> a[href$='/shared/'] >> a[href$='/consents/'] >> main .actions a[href$='/shared/']",
    ),
    "request-setting": ("principal", "/settings/requests/", ""),
    "log-concern-error": ("mentor", "/concerns/new/", f"!{SEND}"),
    "log-concern-draft": (
        "mentor", "/pupils/",
        "tbody a[href*='/concerns/new/'] >> =text=Gick hem före matten igen. >> !button[name=save] >> +",
    ),
    "concern-saved": ("mentor", "/pupils/", f"{WRITTEN} >> *[name=harm_suspected][value=no] >> !{SEND}"),
    "report-duty": (
        "mentor", "/pupils/",
        f"{WRITTEN.replace('tbody', 'tbody tr:nth-of-type(2)')} >> *[name=harm_suspected][value=yes] >> !{SEND}",
    ),
    "concern": ("counsellor", "/", "main a[href^='/concerns/']"),
    "answer-concern": ("counsellor", "/", "main a[href^='/concerns/'] >> main a[href$='/answer/']"),
    "answer-concern-error": (
        "counsellor", "/", f"main a[href^='/concerns/'] >> main a[href$='/answer/'] >> !{SEND}",
    ),
    "pupils-none-found": ("counsellor", "/pupils/", "=q=Xxxxx >> !main form[role=search] button"),
    "measures-empty": ("counsellor", "/pupils/", "tbody a[href^='/pupils/'] >> main a[href$='/measures/']"),
    "add-measure-error": (
        "counsellor", "/pupils/", f"tbody a[href^='/pupils/'] >> main a[href$='/measures/'] >> +new/ >> !{SEND}",
    ),
    "measure": ("counsellor", WITH_CASE, MEASURE),
    "follow-up-measure": ("counsellor", WITH_CASE, f"{MEASURE} >> +follow-up/"),
    "follow-up-measure-error": ("counsellor", WITH_CASE, f"{MEASURE} >> +follow-up/ >> !{SEND}"),
    "end-measure-error": ("counsellor", WITH_CASE, f"{MEASURE} >> +end/ >> !{SEND}"),
    "hand-over-measure": ("counsellor", WITH_CASE, f"{MEASURE} >> +hand-over/"),
    "investigations-empty": ("principal", "/pupils/", "tbody a[href^='/pupils/'] >> main a[href$='/mapping/']"),
    "open-investigation": ("principal", "/pupils/", "tbody a[href^='/pupils/'] >> main a[href$='/mapping/'] >> +new/"),
    "investigation-not-needed-error": (
        "principal", "/pupils/",
        f"tbody a[href^='/pupils/'] >> main a[href$='/mapping/'] >> +not-needed/ >> !{SEND}",
    ),
    "investigation": ("counsellor", "/pupils/", INVESTIGATION),
    "write-task-error": ("counsellor", "/pupils/", f"{INVESTIGATION} >> main a[href*='/mapping/tasks/'] >> !{SEND}"),
    "name-causes": ("counsellor", "/pupils/", f"{INVESTIGATION} >> +causes/"),
    "record-support": ("counsellor", "/pupils/", f"{INVESTIGATION} >> +support/"),
    "record-duty": ("counsellor", "/pupils/", f"{INVESTIGATION} >> main a[href*='/mapping/told/']"),
    "finish-investigation-error": ("counsellor", "/pupils/", f"{INVESTIGATION} >> +finish/ >> !{SEND}"),
    "hand-over-investigation": ("counsellor", "/pupils/", f"{INVESTIGATION} >> +hand-over/"),
    "request-support-error": (
        "counsellor", "/signals/",
        f"tbody a[href^='/pupils/'] >> a[href^='/requests/new/'] >> =what_hinders= >> !{SEND}",
    ),
    "consent-missing": ("counsellor", "/signals/", f"{REQUESTED} >> *[name=guardian_1_answer][value=no] >> !{SEND}"),
    "check-request": ("counsellor", "/signals/", f"{REQUESTED} >> !{SEND}"),
    "queue-request-error": (
        "team_worker", "/intake/?show=assess", f"main li h3 a >> +queue/ >> =place=0 >> !#answer {SEND[5:]}",
    ),
    "in-the-queue": ("coordinator", "/stalled/", ""),
    "decline-school": (
        "team_worker", "/intake/?show=assess", "main li h3 a >> +decline/ >> *[name=reason]",
    ),
    "report-concern": ("mentor", "/pupils/", "tbody a[href^='/pupils/'] >> +report/"),
    "report-concern-error": (
        "mentor", "/pupils/", f"tbody a[href^='/pupils/'] >> +report/ >> =clock=halv tre >> !{SEND}",
    ),
    "report-how": ("mentor", "/reports/how/", ""),
    "reports-at-school": ("principal", "/reports/", ""),
    "reports-empty": ("school_admin", "/reports/", ""),
    "report-told": ("mentor", "/reports/", "main li:nth-of-type(3) h3 a"),
    "report-waits": ("mentor", "/reports/", "main li h3 a"),
    "name-report-readers": ("mentor", "/reports/", "main li h3 a >> +readers/"),
    "report-inbox": ("intake_worker", "/report-intake/", ""),
    "report-intake": ("intake_worker", "/report-intake/", "main li h3 a"),
    "report-intake-done": ("intake_worker", "/report-intake/?show=done", "main li h3 a"),
    "confirm-no": ("unit_head", "/", "main a[href$='/second/']"),
    "confirm-no-error": ("unit_head", "/", f"main a[href$='/second/'] >> {PRESS}"),
    "objection": ("area_manager", "/", "main a[href*='/answer-lift/']"),
    "objection-error": ("area_manager", "/", f"main a[href*='/answer-lift/'] >> {PRESS}"),
    "settings": ("unit_head", "/settings/", ""),
    "settings-time-error": ("unit_head", "/settings/", f"main a[href*='/times/'] >> {PRESS}"),
    "consultations": ("counsellor", "/consultations/", ""),
    "ask-consultation-error": (
        "counsellor", "/consultations/new/",
        f"@to_unit=Farsta närvaroteam >> =question=Hur gör vi med Alva Kvarnby, 070-174 06 10? >> {PRESS}",
    ),
    "call-meeting-error": (
        "counsellor", "/cases/", f"tbody a[href^='/cases/'] >> main a[href$='/meeting/'] >> {PRESS}",
    ),
    "call-meeting": ("counsellor", "/cases/", "tbody a[href^='/cases/'] >> main a[href$='/meeting/']"),
    "confirm-report": ("intake_worker", "/report-intake/", "main li h3 a >> +receipt/"),
    "assess-report": ("intake_worker", "/report-intake/", "main li h3 a >> +protection/"),
    "decide-report-error": (
        "intake_worker", "/report-intake/",
        f"main li:nth-of-type(3) h3 a >> +decide/ >> *[name=decision][value=not_opened] >> !{SEND}",
    ),
    "extend-report-error": ("intake_worker", "/report-intake/", f"main li h3 a >> +extend/ >> !{SEND}"),
    "tell-reporter": ("intake_worker", "/report-intake/", "main li:nth-of-type(2) h3 a >> +tell/"),
    "leave-untold": ("intake_worker", "/report-intake/", "main li:nth-of-type(2) h3 a >> +untold/"),
    "send-report-on": ("intake_worker", "/report-intake/", "main li h3 a >> +send-on/"),
    "respond-to-a-no": ("principal", "/", "main a[href$='/respond/']"),
}  # fmt: skip
ALSO_LOOKED_AT: dict[str, tuple[str, str, str]] = {
    "stalled-by-unit": ("coordinator", "/stalled/", ""),
    "calendar": ("counsellor", "/calendar/", ""),
    "permissions": ("", "/about/permissions/", ""),
    "lines": ("principal", "/settings/lines/", ""),
    "pupil-term": ("counsellor", "/signals/", "tbody a[href^='/pupils/'] >> .cal-links a[href*='term']"),
    "pupil-list": ("counsellor", "/signals/", "tbody a[href^='/pupils/'] >> .cal-links a[href*='view=list']"),
    "signals-filtered": ("counsellor", "/signals/?show=all&kind=total", ""),
    "claim-link": ("counsellor", "/pupils/another/", ""),
    "protection-decisions": ("principal", "/protected/decisions/", ""),
    "invite": ("principal", "/people/invite/", ""),
    "account": ("mentor", "/account/", ""),
    "mail-to-me": ("mentor", "/account/notifications/", ""),
    "mail-undelivered": ("system_admin", "/mail/undelivered/", ""),
    "people-of-all": ("system_admin", "/people/", ""),
    "second-factor": ("mentor", "/account/second-factor/", ""),
    "new-right": ("principal", "/records/rights/new/", ""),
    "sign-in": ("", "/sign-in/", ""),
    "privacy": ("", "/privacy/", ""),
    "place-request": ("coordinator", "/stalled/", "section a[href$='/place/']"),
    "place-request-error": ("coordinator", "/stalled/", f"section a[href$='/place/'] >> {PRESS}"),
    "deviation": ("counsellor", "/cases/?show=waiting", "tbody a[href^='/cases/'] >> main a[href$='/deviation/']"),
    "deviation-error": (
        "counsellor", "/cases/?show=waiting", f"tbody a[href^='/cases/'] >> main a[href$='/deviation/'] >> {PRESS}",
    ),
    "deviations": ("unit_head", "/deviations/", ""),
    "stalled-case": ("unit_head", "/stalled/", "tbody th a[href*='/stalled/']"),
    "who-waits": ("unit_head", "/stalled/waiting/", "tbody a[href^='?holder']"),
    "area-stalled": ("area_manager", "/stalled/", ""),
    "not-found": ("counsellor", "/cases/00000000-0000-4000-8000-000000000000/", ""),
}  # fmt: skip
"""Who opens which page, and what is done then, joined by " >> ": a link is followed (its selector), a button pressed
(`!`), a field filled (`=name=words`), chosen (`@name=value`) or ticked (`*`), an address made longer (`+`)."""


def open_screen(page: Page, address: str, path: str, links: str) -> None:
    """Open the page and follow the links."""
    page.goto(address + path)
    if "/confirm/" in page.url:  # the page asks once more who it is
        page.locator("main button[type=submit]").click()
    for step in filter(None, links.split(" >> ")):
        take_step(page, step)


def take_step(page: Page, step: str) -> None:
    """Do one thing on the page."""
    kind, rest = step[0], step[1:]
    if kind == "!":
        with page.expect_navigation():
            page.locator(rest).first.click()
    elif kind == "=":
        name, _equals, words = rest.partition("=")
        today = date.today()  # noqa: DTZ011
        page.fill(f"main [name={name}] >> nth=0", words.format(today=today, later=today + timedelta(days=200)))
    elif kind == "@":
        name, _equals, choice = rest.partition("=")
        page.select_option(f"main [name={name}]", choice)
    elif kind == "*":
        boxes = page.locator(f"main {rest}")
        for box in boxes.all() if boxes.first.get_attribute("type") == "checkbox" else [boxes.first]:
            box.check(force=True)
    elif kind == "+":
        page.goto(urljoin(page.url, rest))
    else:
        page.goto(urljoin(page.url, page.locator(step).first.get_attribute("href")))


def person_page(browser: Browser, address: str, person: str, scheme: str, locale: str = "sv-SE") -> Page:
    """Return a page of somebody who has walked in through /demo/."""
    page = browser.new_context(locale=locale, timezone_id="Europe/Stockholm", color_scheme=scheme).new_page()  # type: ignore[arg-type]
    if person:
        page.goto(f"{address}/demo/")
        page.locator(f"button[data-person='{person}']").click()
    if person and locale.startswith("en"):  # a person's own language goes before the browser's
        page.goto(f"{address}/help/")
        page.get_by_role("button", name="In English").click()
    return page


def take(page: Page, folder: Path, name: str, widths: tuple[int, ...]) -> None:
    """Take one page in every width."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=folder / f"{name.format(width=width)}.png", full_page=True)


def keep(browser: Browser, address: str, names: list[str]) -> None:
    """Take the pictures of docs/screens, or those named."""
    for name, (person, path, links) in SCREENS.items():
        if names and name not in names:
            continue
        page = person_page(browser, address, person, "light")
        open_screen(page, address, path, links)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            take(page, FOLDER, f"{name}-{{width}}-{scheme}", WIDTHS)
        page.context.close()


def look(browser: Browser, address: str, folder: Path, names: list[str]) -> None:
    """Take pictures to judge: light in Swedish at three widths, dark in English at two."""
    for name, (person, path, links) in (SCREENS | ALSO_LOOKED_AT).items():
        if names and name not in names:
            continue
        for scheme, locale, widths in (("light", "sv-SE", (320, 768, 1280)), ("dark", "en-GB", (320, 1280))):
            page = person_page(browser, address, person, scheme, locale)
            open_screen(page, address, path, links)
            take(page, folder, f"{name}-{{width}}-{scheme}-{locale[:2]}", widths)
            page.context.close()


def main(arguments: list[str]) -> None:
    """Take every picture that is asked for."""
    address = arguments.pop(0) if arguments and arguments[0].startswith("http") else ADDRESS
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(os.environ), args=[*QUIET, *(["--no-sandbox"] if root else [])]
        )
        if arguments[:1] == ["--look"]:
            folder = Path(arguments[1])
            folder.mkdir(parents=True, exist_ok=True)
            look(browser, address, folder, arguments[2:])
        else:
            FOLDER.mkdir(parents=True, exist_ok=True)
            keep(browser, address, arguments)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
