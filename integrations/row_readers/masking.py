"""What is said of a row that could not be read: the column, the value as it may be shown, never a whole number."""

from __future__ import annotations

from ..csv_files import headings as f
from ..csv_files.days import read_day
from ..csv_files.problems import CellProblem, Problem
from ..csv_files.tables import Mapping
from ..roster import Roster

SHOWN_LENGTH = 40
BIRTH_DATE = 8
DIGITS_OF_A_NUMBER = 9


def named(number: int, column: str, problem: CellProblem, text: str) -> Problem:
    """Return the problem with its place, and its value as it may be kept."""
    return Problem(number, column, problem.code, shown(column, text.strip()), problem.details)


def shown(column: str, text: str) -> str:
    """Return the value as it may be shown and kept: a personal number is cut after the date of birth."""
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
    if column == f.PERSONAL_NUMBER or sum(map(str.isdigit, text)) >= DIGITS_OF_A_NUMBER:
        return text[:BIRTH_DATE] + "…" if len(text) > BIRTH_DATE else text
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"


def held_aside_only(problems: list[Problem]) -> list[Problem]:
    """Keep nothing but the row's number of a row about a protected pupil."""
    for problem in problems:
        if problem.code == "pupil_held_aside":
            return [Problem(problem.row_number, "", problem.code)]
    return problems


def suggestion(roster: Roster, mapping: Mapping, cells: list[str]) -> str | None:
    """Return the class of the one pupil whose name and birth date the row tells; None without one."""

    def cell(name: str) -> str:
        place = mapping.columns.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    name = cell(f.NAME) or f"{cell(f.GIVEN_NAME)} {cell(f.FAMILY_NAME)}"
    if not name.strip():
        return None
    try:
        born_on = read_day(cell(f.BORN_ON) or cell(f.PERSONAL_NUMBER)[:8])
    except CellProblem:
        return None
    return roster.class_of_the_one_named(name, born_on)
