"""Reads the rows of a file, one reader for each shape: lessons, a pupil's day totals, a class's day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .csv_files import headings as f
from .csv_files.cells import (
    PRESENT,
    UNREPORTED,
    Memory,
    day_reader,
    minutes_reader,
    read_kind,
    read_subject,
    read_time,
)
from .csv_files.problems import CellProblem, Problem
from .csv_files.tables import Mapping, Row
from .held_aside import Watch
from .roster import Roster

LONGEST_LESSON = 12 * 60
SHOWN_LENGTH = 40
BIRTH_DATE = 8

UNKNOWN = object()

Values = dict[str, Any]
Staged = tuple[Any, ...]


class RowReader:
    """Turns the cells of a row into a row for staging, or names everything that is wrong with it."""

    fields: tuple[str, ...] = ()
    table = ""

    def __init__(self, mapping: Mapping, roster: Roster) -> None:
        """Prepare a reader for each column that the mapping names."""
        self.roster = roster
        self.watch = Watch(mapping)
        self.width = len(mapping.headings)
        self.needed = max(mapping.columns.values()) + 1
        self.columns = [
            (name, mapping.columns[name], Memory(self._cell_reader(name, name in mapping.hours)))
            for name in self.fields
            if name in mapping.columns
        ]
        self.nothing = dict.fromkeys(self.fields)

    def read(self, row: Row) -> tuple[Staged | None, list[Problem]]:
        """Return the row for staging and no problems, or None and every problem found."""
        number, cells = row
        if self.watch.holds(cells):
            return None, [Problem(number, "", "pupil_held_aside")]
        shape = self._shape_problem(cells)
        if shape or cells is None:
            return None, [Problem(number, "", shape.code, "", shape.details)] if shape else []
        values = dict(self.nothing)
        problems = []
        for name, index, memory in self.columns:
            try:
                values[name] = memory[cells[index]]
            except CellProblem as problem:
                problems.append(_named(number, name, problem, cells[index]))
        if any(problem.column in f.PUPIL for problem in problems):
            return None, _held_aside(problems)
        check = self._check_pupil if problems else self.staged
        try:
            staged = check(values)
        except RowProblem as problem:
            problems.insert(0, _named(number, problem.column, problem, cells[self._index(problem.column)]))
        return (None, _held_aside(problems)) if problems else ((number, *staged), [])

    def staged(self, values: Values) -> Staged:
        """Return what is staged of a row, after the checks that concern several cells. Raises RowProblem."""
        raise NotImplementedError

    def pupil_of(self, values: Values) -> Any:
        """Return the pupil named by id or personal number."""
        by_id, by_number = values[f.PUPIL_ID], values[f.PERSONAL_NUMBER]
        if by_number is None and by_id is UNKNOWN:
            raise RowProblem("pupil_unknown", f.PUPIL_ID)
        if by_number is None and by_id is None:
            raise RowProblem("pupil_missing", f.PUPIL_ID)
        if by_number and by_id not in (None, UNKNOWN, by_number):
            raise RowProblem("pupils_disagree", f.PERSONAL_NUMBER)
        return by_number or by_id

    def class_of(self, pupil: Any, values: Values) -> Any:
        """Return the class the pupil was in that day."""
        try:
            return self.roster.class_on(pupil, values[f.DATE])
        except CellProblem as problem:
            raise RowProblem(problem.code, f.DATE, **problem.details) from None

    def _check_pupil(self, values: Values) -> Staged:
        """Name the pupil's problem too, in a row that has others."""
        if f.PUPIL_ID in self.fields:
            self.pupil_of(values)
        return ()

    def _pupil_with_id(self, text: str) -> Any:
        """Return the pupil; one we do not know may still be known by the personal number in the same row."""
        try:
            return self.roster.pupil_with_source_id(text)
        except CellProblem as problem:
            if problem.code == "pupil_unknown":
                return UNKNOWN
            raise

    def _index(self, column: str) -> int:
        return next((index for name, index, _memory in self.columns if name == column), 0)

    def _shape_problem(self, cells: list[str] | None) -> CellProblem | None:
        if cells is None:
            return CellProblem("quote_not_closed")
        if len(cells) < self.needed:
            return CellProblem("too_few_columns", found=len(cells), expected=self.width)
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            return CellProblem("too_many_columns")
        if any("\ufffd" in cell for cell in cells):
            return CellProblem("unreadable_characters")
        return None

    def _cell_reader(self, name: str, in_hours: bool) -> Callable[[str], Any]:
        readers: dict[str, Callable[[str], Any]] = {
            f.PUPIL_ID: self._pupil_with_id,
            f.PERSONAL_NUMBER: self.roster.pupil_with_number,
            f.CLASS: str,
            f.DATE: day_reader(self.roster.today),
            f.STARTS_AT: read_time,
            f.KIND: read_kind,
            f.SUBJECT: read_subject,
            f.LENGTH: minutes_reader(in_hours=in_hours, most=LONGEST_LESSON),
        }
        return readers.get(name) or minutes_reader(in_hours=in_hours)


class RowProblem(CellProblem):
    """Cells that can be read but do not go together; named at one of the columns."""

    def __init__(self, code: str, column: str, **details: Any) -> None:
        super().__init__(code, **details)
        self.column = column


class LessonReader(RowReader):
    """A pupil at a lesson: when, how long, how much of it away and why."""

    fields = (
        f.PUPIL_ID,
        f.PERSONAL_NUMBER,
        f.DATE,
        f.STARTS_AT,
        f.LENGTH,
        f.ABSENT,
        f.KIND,
        f.SUBJECT,
    )
    table = "staged_lesson"

    def staged(self, values: Values) -> Staged:
        """Return pupil, class, day, start, length, minutes away, kind and subject."""
        pupil = self.pupil_of(values)
        group = self.class_of(pupil, values)
        length, absent, kind = values[f.LENGTH], values[f.ABSENT], values[f.KIND]
        if length == 0:
            raise RowProblem("lesson_without_length", f.LENGTH)
        if absent > length:
            raise RowProblem("absent_longer_than_lesson", f.ABSENT, absent=absent, length=length)
        is_away = kind not in (PRESENT, UNREPORTED)
        if absent and not is_away:
            raise RowProblem("present_but_absent", f.KIND, absent=absent)
        if is_away and not absent:
            raise RowProblem("absent_without_minutes", f.ABSENT)
        return pupil, group, values[f.DATE], values[f.STARTS_AT], length, absent, kind, values[f.SUBJECT] or ""


class DayTotalReader(RowReader):
    """A pupil's day: offered and reported, and each kind of absence, in minutes."""

    fields = (
        f.PUPIL_ID,
        f.PERSONAL_NUMBER,
        f.DATE,
        f.OFFERED,
        f.REPORTED,
        f.VALID,
        f.INVALID,
        f.OTHER,
        f.LATE,
    )
    table = "staged_day"

    def staged(self, values: Values) -> Staged:
        """Return pupil, class, day, offered, reported, valid, invalid, other and late."""
        pupil = self.pupil_of(values)
        group = self.class_of(pupil, values)
        offered, reported = values[f.OFFERED], values[f.REPORTED]
        absent = values[f.VALID] + values[f.INVALID]
        if offered is not None:
            reported = offered if reported is None else reported
            _check_reported(offered, reported)
            if absent > offered:
                raise RowProblem("absent_more_than_offered", f.INVALID, absent=absent, offered=offered)
        spent = (values[f.VALID], values[f.INVALID], values[f.OTHER] or 0, values[f.LATE] or 0)
        return pupil, group, values[f.DATE], offered, None if offered is None else reported, *spent


class ClassDayReader(RowReader):
    """A class's day: how much was taught and how much of it reported."""

    fields = (f.CLASS, f.DATE, f.OFFERED, f.REPORTED)
    table = "staged_class_day"

    def staged(self, values: Values) -> Staged:
        """Return class, day, offered and reported."""
        try:
            group = self.roster.class_named(values[f.CLASS], values[f.DATE])
        except CellProblem as problem:
            raise RowProblem(problem.code, f.CLASS, **problem.details) from None
        _check_reported(values[f.OFFERED], values[f.REPORTED])
        return group, values[f.DATE], values[f.OFFERED], values[f.REPORTED]


READERS = {f.LESSONS: LessonReader, f.DAY_TOTALS: DayTotalReader, f.CLASS_DAYS: ClassDayReader}


def _check_reported(offered: int, reported: int) -> None:
    if reported > offered:
        raise RowProblem("reported_more_than_offered", f.REPORTED, reported=reported, offered=offered)


def _named(number: int, column: str, problem: CellProblem, text: str) -> Problem:
    return Problem(number, column, problem.code, _shown(column, text.strip()), problem.details)


def _shown(column: str, text: str) -> str:
    """Return the value as it may be shown and kept: a personal number is cut after the date of birth."""
    if column == f.PERSONAL_NUMBER or (column == f.PUPIL_ID and sum(map(str.isdigit, text)) >= 10):
        return text[:BIRTH_DATE] + "…" if len(text) > BIRTH_DATE else text
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"


def _held_aside(problems: list[Problem]) -> list[Problem]:
    """Keep nothing but the row's number of a row about a protected pupil."""
    for problem in problems:
        if problem.code == "pupil_held_aside":
            return [Problem(problem.row_number, "", problem.code)]
    return problems
