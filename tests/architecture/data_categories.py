"""The categories of personal data for the record of processing, written from docs/personal-data.toml."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.architecture.sources import ROOT

WORDS = {
    "identity": "who a person is",
    "contact": "how a person is reached",
    "sensitive": "health, social needs or how a child is",
    "conduct": "what a person has done or been absent from",
    "staff": "who at work did something, and when",
    "secret": "passwords and keys",
    "link": "which row is about whom",
}


def data_categories(note: str) -> str:
    """Return the tables with personal data, by how long they are kept."""
    register = tomllib.loads((ROOT / "docs" / "personal-data.toml").read_text(encoding="utf-8"))
    lines = [
        "# Categories of personal data",
        note,
        "",
        "From `docs/personal-data.toml`, for `record-of-processing.md`. Whom rows are about follows from the table: "
        "`schools`, `attendance` and `cases` are about pupils and guardians, `accounts` and `audit` about staff.",
    ]
    for term, words in register["terms"].items():
        tables = {name: entry for name, entry in register["tables"].items() if entry.get("kept") == term}
        if tables:
            lines += ["", f"## Kept as {term}", "", f"{words[:1].upper()}{words[1:]}.", "", *_table(tables)]
    return "\n".join([*lines, ""])


def _table(tables: dict[str, dict[str, Any]]) -> list[str]:
    rows = [
        f"| `{name}` | {_categories(entry)} | {entry['why']} | {entry['seen_by']} |" for name, entry in tables.items()
    ]
    return ["| Table | Categories | Why | Seen by |", "| --- | --- | --- | --- |", *rows]


def _categories(entry: dict[str, Any]) -> str:
    """Return the classes of a table's columns in words; links are named only where there is nothing else."""
    found = [name for name in WORDS if entry.get(name)]
    named = [name for name in found if name != "link"] or found
    return "; ".join(f"{WORDS[name]} ({', '.join(entry[name])})" for name in named)
