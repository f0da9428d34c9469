"""OWASP ASVS 5.0.0: which requirements there are and on which level, and our own answers in docs/security/asvs.csv.

The numbers and levels are facts of the standard; its words (CC BY-SA) are not repeated here, nor in the table.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.sources import ROOT

TABLE = ROOT / "docs" / "security" / "asvs.csv"
MANUAL_CHECKS = ROOT / "docs" / "security" / "manual-checks.md"
HEAD = ["id", "level", "what", "applies", "reason_if_not", "where", "check"]
MOST_WORDS = 12

# For each section the levels of its requirements, the first standing for number 1.
LEVELS = """
1.1 22 · 1.2 1111122223 · 1.3 112222222223 · 1.4 222 · 1.5 123
2.1 122 · 2.2 112 · 2.3 12223 · 2.4 23
3.1 3 · 3.2 113 · 3.3 12223 · 3.4 11222233 · 3.5 11122333 · 3.6 3 · 3.7 22333
4.1 12233 · 4.2 23333 · 4.3 22 · 4.4 1222
5.1 2 · 5.2 112333 · 5.3 113 · 5.4 222
6.1 122 · 6.2 111111112222 · 6.3 11223333 · 6.4 112233 · 6.5 22222333 · 6.6 2223 · 6.7 33 · 6.8 2222
7.1 222 · 7.2 1111 · 7.3 22 · 7.4 11222 · 7.5 223 · 7.6 22
8.1 1233 · 8.2 1123 · 8.3 133 · 8.4 23
9.1 111 · 9.2 1222
10.1 22 · 10.2 223 · 10.3 22223 · 10.4 1111122222233333 · 10.5 22222 · 10.6 22 · 10.7 222
11.1 2233 · 11.2 22233 · 11.3 11233 · 11.4 1222 · 11.5 23 · 11.6 23 · 11.7 33
12.1 12233 · 12.2 11 · 12.3 22223
13.1 2333 · 13.2 222223 · 13.3 2233 · 13.4 1222233
14.1 22 · 14.2 12223333 · 14.3 122
15.1 12233 · 15.2 12233 · 15.3 1222222 · 15.4 3333
16.1 2 · 16.2 22222 · 16.3 2222 · 16.4 222 · 16.5 2223
17.1 23 · 17.2 22223333 · 17.3 22
"""
# 16.3.2 stands on level 2 and is answered as on level 3: every reading of sensitive data is logged.
CHOSEN_OF_LEVEL_3 = {
    "1.2.10": "exports are opened in spreadsheets",
    "2.3.5": "two persons for deletion and for the roles that see the log or the settings",
    "3.4.8": "other windows must not reach a page about a child",
    "6.3.6": "no mail or SMS as a factor",
    "6.3.8": "who works here is not told to strangers",
    "7.5.3": "sensitive acts ask once more who it is",
    "8.3.2": "a right that is withdrawn bites at once",
    "14.2.6": "only what is needed is shown",
    "14.2.7": "deletion on schedule",
    "15.4.1": "two act at once",
    "15.4.2": "two act at once",
    "15.4.3": "two act at once",
    "15.4.4": "two act at once",
}


def all_levels() -> dict[str, int]:
    """Return the level of every requirement of the standard."""
    levels = {}
    for section, numbers in re.findall(r"(\d+\.\d+) (\d+)", LEVELS):
        levels |= {f"{section}.{at}": int(level) for at, level in enumerate(numbers, start=1)}
    return levels


def wanted() -> dict[str, int]:
    """Return the requirements that must be answered: levels 1 and 2, and those chosen of level 3."""
    return {key: level for key, level in all_levels().items() if level < 3 or key in CHOSEN_OF_LEVEL_3}


def rows() -> list[dict[str, str]]:
    """Return the rows of our table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts(cell: str) -> list[str]:
    """Return what a cell lists, separated by semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def faults_of(row: dict[str, str], root: Path = ROOT) -> list[str]:
    """Return what is wrong with one row."""
    faults = []
    if len(row["what"].split()) > MOST_WORDS or not row["what"]:
        faults.append("says in other than 1 to 12 words what is wanted")
    if row["applies"] == "y":
        faults += [] if row["where"] else ["does not say where it is kept"]
        faults += [] if row["check"] else ["has no check"]
        faults += [fault for place in parts(row["where"]) for fault in faults_of_place(place, root)]
        faults += [fault for check in parts(row["check"]) for fault in faults_of_check(check, root)]
    elif row["applies"] == "n":
        faults += [] if len(row["reason_if_not"]) >= 15 else ["does not say why it does not apply"]
    else:
        faults.append("says neither y nor n")
    return [f"{row['id']} {fault}" for fault in faults]


def faults_of_place(place: str, root: Path) -> list[str]:
    """Return what is wrong with "file" or "file: WORD", where the word must stand in the file."""
    name, _, word = place.partition(": ")
    path = root / name
    if not path.exists():
        return [f"names {name}, which is not there"]
    if word and word not in path.read_text(encoding="utf-8"):
        return [f"names “{word}” in {name}, where it does not stand"]
    return []


def faults_of_check(check: str, root: Path) -> list[str]:
    """Return what is wrong with a check: a test that exists, a manual check that is described, or what is open."""
    kind, _, told = check.partition(": ")
    if kind == "open":
        return (
            [] if re.match(r"(issue [3-9]|before live use)\b", told) else [f"is open without saying until when: {told}"]
        )
    if kind == "manual":
        described = f"\n| {told} |" in MANUAL_CHECKS.read_text(encoding="utf-8")
        return [] if described else [f"names the manual check “{told}”, which is not described"]
    name, _, function = check.partition("::")
    path = root / name
    if not path.exists():
        return [f"names the test file {name}, which is not there"]
    return [] if function in names_of_tests(path) else [f"names {check}, which is not there"]


def names_of_tests(path: Path) -> set[str]:
    """Return the names of a file's tests, from its syntax."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_"}


def state(row: dict[str, str]) -> str:
    """Return how a row stands: a part that is open makes it open, one that a person checks makes it manual."""
    if row["applies"] == "n":
        return "does not apply"
    kinds = {check.partition(": ")[0] for check in parts(row["check"])}
    return "open" if "open" in kinds else "manual" if "manual" in kinds else "tested"


def summary(told: Iterable[dict[str, str]]) -> list[str]:
    """Return the table of results for docs/security/results.md."""
    counts = Counter((row["level"], state(row)) for row in told)
    states = ["tested", "manual", "open", "does not apply"]
    lines = [f"| Level | {' | '.join(states)} | all |", "| --- | " + "--- | " * (len(states) + 1)]
    for level in ("1", "2", "3"):
        numbers = [counts[level, one] for one in states]
        lines.append(f"| {level} | {' | '.join(map(str, numbers))} | {sum(numbers)} |")
    totals = [sum(counts[level, one] for level in "123") for one in states]
    lines.append(f"| all | {' | '.join(map(str, totals))} | {sum(totals)} |")
    return [line.rstrip() for line in lines]
