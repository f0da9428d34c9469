"""The copy somebody has a right to (GDPR 15): made anew from what was screened, as a readable page and as JSON.

Nothing of it is stored: what a person decided about each text is, so the copy can be made again as it was.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from .extract import MASKED, Entry, Extract, Item, filled_in
from .models import RightsRequest, Screening

Choices = dict[str, str]
"""What was decided about each item, by its key."""


@dataclass(frozen=True)
class Screened:
    """An item, what was decided about it, and whether it has changed since."""

    item: Item
    choice: str
    is_new: bool


def screened(extract: Extract, decisions: Iterable[Screening]) -> list[Screened]:
    """Return every item with what was decided; what nobody has read in its present words is new."""
    known = {one.item: one for one in decisions}
    rows = []
    for item in extract.items:
        decided = known.get(item.key)
        is_new = decided is None or decided.content_sha256 != item.digest
        default = Screening.Choice.MASK if item.is_protected else Screening.Choice.KEEP
        rows.append(Screened(item, default if is_new or decided is None else decided.choice, is_new))
    return rows


def archive_of(request: RightsRequest, extract: Extract, rows: list[Screened], at: datetime) -> bytes:
    """Return the copy as a zip with one page and one JSON file; everything masked is masked in both."""
    choices = {row.item.key: row.choice for row in rows}
    people = {item.key: _given_out(item, choices) for item in extract.people}
    sections = [(title, [_entry(one, choices, people) for one in entries]) for title, entries in extract.sections]
    context = {"sections": sections, "made_at": at, "unit": request.unit, "asked_on": request.received_on}
    page = render_to_string("records/archive.html", context)
    told = {
        "controller_unit": request.unit.name,
        "asked_on": request.received_on.isoformat(),
        "made_at": at.isoformat(),
        "sections": [{"title": title, "entries": entries} for title, entries in sections],
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_("copy of your data") + ".html", page)
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))
    return content.getvalue()


def _entry(entry: Entry, choices: Choices, people: dict[str, str]) -> list[tuple[str, str]]:
    facts = [(name, filled_in(text, people)) for name, text in entry.facts.items()]
    return facts + [(item.title, _given_out(item, choices)) for item in entry.items]


def _given_out(item: Item, choices: Choices) -> str:
    """Return the text, or that it is masked: also when nobody has decided."""
    return item.text if choices.get(item.key) == Screening.Choice.KEEP else str(MASKED)
