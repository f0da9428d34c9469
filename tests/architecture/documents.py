"""Documents written from the code: who may enter, and how a request moves."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation

from accounts.permissions.told import matrix, role_rules
from accounts.roles import Role
from cases.models import Referral
from cases.obligations import KINDS, Calendar, Kind
from tests.architecture.addresses import Page, all_pages
from tests.architecture.data_categories import data_categories

NOTE = (
    "<!-- Written by `python3 dev.py test tests/architecture/test_documents.py --write-docs`; "
    "a test keeps it current. -->"
)
MARKS = {(False, False): "", (True, False): "○", (True, True): "●", (False, True): "▸"}
COUNTED_IN = {
    Calendar.CALENDAR_DAYS: "calendar days",
    Calendar.WORKING_DAYS: "working days",
    Calendar.MONTHS: "months",
}


def who_may_enter() -> str:
    """Return the table of addresses and roles."""
    pages = all_pages()
    closed = [page for page in pages if page.public_reason is None]
    head = ["Address", "Name", *(role.label for role in Role)]
    rows = [[f"`{page.route}`", f"`{page.name}`", *(_mark(page, role) for role in Role)] for page in closed]
    public = [
        [f"`{page.route}`", f"`{page.name}`", ", ".join(page.methods), page.public_reason]
        for page in pages
        if page.public_reason
    ]
    return "\n".join(
        [
            "# Who may enter",
            NOTE,
            "",
            "The role opens the page; which rows are on it follows from the unit and from docs/permissions.md. Others "
            "get 403, and for rows out of sight 404. ○ may read the page, ● may read it and send its form, ▸ may only "
            "send. Other methods get 405. Drawn from `accounts/permissions/pages.py`, which the gate obeys.",
            "",
            *_table(head, rows),
            "",
            "## Open to everybody",
            "",
            *_table(["Address", "Name", "Methods", "Why"], public),
            "",
        ]
    )


def _mark(page: Page, role: Role) -> str:
    return MARKS[page.lets_in(role, "GET"), page.lets_in(role, "POST")]


def permissions() -> str:
    """Return object by action by scope, a table for each object."""
    lines = [
        "# Who may do what",
        NOTE,
        "",
        "Drawn from `accounts/permissions/objects.py`, which every check asks. Who is not named may not. Nobody reads "
        "beyond the own authority whatever the table says: the database keeps the two apart.",
    ]
    for part in matrix():
        lines += ["", f"## {part.title}", "", *([str(part.note), ""] if part.note else [])]
        lines += _table(["Role", "May", "Letter"], [[row.who, row.may, row.letters] for row in part.rows])
    return "\n".join([*lines, "", "## Rules about roles", "", *(f"- {rule}" for rule in role_rules()), ""])


def workflow() -> str:
    """Return how a request moves, and the table of obligations."""
    moves = [
        f"    {before.value} --> {after.value}"
        for before in Referral.Status
        for after in Referral.Status
        if after in Referral.NEXT[before]
    ]
    names = [f"    {status.value}: {status.label}" for status in Referral.Status]
    ends = [f"    {status.value} --> [*]" for status in Referral.Status if not Referral.NEXT[status]]
    head = ["Kind", "What", "Holder", "Time", "Ground"]
    rows = [[f"`{kind.code}`", str(kind.task), str(kind.holder), _time(kind), _ground(kind)] for kind in KINDS.values()]
    return "\n".join(
        [
            "# Workflow",
            NOTE,
            "",
            "## A request for support",
            "",
            "Drawn from `Referral.NEXT`; no other move is possible.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *names,
            "    [*] --> sent",
            *moves,
            *ends,
            "```",
            "",
            "## Obligations",
            "",
            "Drawn from `cases/obligations.py`. Agreed times can be changed; statutory ones can only be shortened and "
            "never pause.",
            "",
            *_table(head, rows),
            "",
        ]
    )


def _time(kind: Kind) -> str:
    if kind.days is None:
        return "its own date"
    return f"{kind.days} {COUNTED_IN[kind.calendar]}" if kind.days else "the same day"


def _ground(kind: Kind) -> str:
    return f"{kind.ground}{' (statutory)' if kind.is_statutory else ''}"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]


DOCUMENTS: dict[str, Callable[[], str]] = {
    "who-may-enter.md": who_may_enter,
    "permissions.md": permissions,
    "workflow.md": workflow,
    "data-categories.md": lambda: data_categories(NOTE),
}


def written(name: str) -> str:
    """Return a document's text, in English."""
    with translation.override("en"):
        return DOCUMENTS[name]()
