"""Turns lines of a file into lines for staging, fast where everything has been seen before.

A row says who, when, and the rest. Each of the three is read once for every way it is written and remembered as the
text it becomes; a row whose parts are all known costs three look-ups. Any other row is read cell by cell, and either
teaches the memory something or has everything named that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from ..csv_files import headings as f
from ..csv_files.cells import Memory, read_kind, read_subject, read_time
from ..csv_files.days import day_reader, period_reader
from ..csv_files.numbers import MINUTES_IN_A_DAY, MINUTES_IN_A_YEAR, Approximate, amount_reader
from ..csv_files.problems import CellProblem, Problem
from ..csv_files.separators import cells_of
from ..csv_files.tables import Mapping, holds_anything, is_remark
from ..held_aside import CODE, Watch
from ..roster import Roster, Span
from .masking import held_aside_only, named, suggestion

LONGEST_LESSON = 12 * 60
MOST_REMEMBERED = 100_000
UNKNOWN = object()

Values = dict[str, Any]
When = tuple[str, str, str]
"""The text for staging, and the first and last day as ISO: texts that can be compared."""


class RowProblem(CellProblem):
    """Cells that can be read but do not go together; named at one of the columns."""

    def __init__(self, code: str, column: str, **details: Any) -> None:
        super().__init__(code, **details)
        self.column = column


@dataclass
class Staged:
    """What a piece of a file became: text for COPY, what is wrong, and how many rows there were."""

    text: str = ""
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)


class RowReader:
    """Reads rows of one shape."""

    table = ""
    who_fields: tuple[str, ...] = f.PUPIL
    when_fields: tuple[str, ...] = (f.DATE,)
    rest_fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    def __init__(self, mapping: Mapping, roster: Roster) -> None:
        """Prepare a reader for each column that the mapping names."""
        self.mapping, self.roster = mapping, roster
        self.watch = Watch(mapping)
        self.width = len(mapping.headings)
        self.needed = max(mapping.columns.values(), default=0) + 1
        wanted = (*self.who_fields, *self.when_fields, *self.rest_fields)
        self.columns = [
            (name, mapping.columns[name], Memory(self._cell_reader(name))) for name in wanted if name in mapping.columns
        ]
        self.nothing = dict.fromkeys(wanted)
        self.is_approximate = False
        self.who_of: dict[Any, list[Span]] = {}
        self.when_of: dict[Any, When] = {}
        self.rest_of: dict[Any, str] = {}
        self.pick_who, self.pick_when, self.pick_rest = (
            _picker([mapping.columns[name] for name in names if name in mapping.columns])
            for names in (self.who_fields, self.when_fields, self.rest_fields)
        )

    def read_piece(self, number: int, lines: list[str]) -> Staged:
        """Return what some lines become; `number` is that of the first. Lines that hold nothing are no rows."""
        text = "\n".join(lines)
        if "\ufffd" in text or "\0" in text:
            return self._one_by_one(number, lines)
        held: list[Problem] = []
        if self.watch.is_wanted(text):
            lines, held = self._set_aside(number, lines, has_marks=self.watch.is_marked(text))
        for memory in (self.who_of, self.when_of, self.rest_of):
            if len(memory) > MOST_REMEMBERED:
                memory.clear()
        staged = self._quickly(number, lines)
        staged.rows += len(held)
        staged.problems += held
        return staged

    def _set_aside(self, number: int, lines: list[str], *, has_marks: bool) -> tuple[list[str], list[Problem]]:
        """Return the lines, with nothing in place of those that are held aside, and these by their number alone."""
        kept, held, separator = [], [], self.mapping.separator
        for place, line in enumerate(lines, start=number):
            is_held = holds_anything(line, separator) and self.watch.holds(
                cells_of(line, separator), has_marks=has_marks
            )
            kept.append("" if is_held else line)
            held += [Problem(place, "", CODE)] if is_held else []
        return kept, held

    def _quickly(self, number: int, lines: list[str]) -> Staged:
        separator, width = self.mapping.separator, self.width
        who_of, when_of, rest_of = self.who_of, self.when_of, self.rest_of
        pick_who, pick_when, pick_rest = self.pick_who, self.pick_when, self.pick_rest
        staged = Staged(rows=len(lines))
        out: list[str] = []
        for place, line in enumerate(lines, start=number):
            cells = line.split(separator) if '"' not in line else cells_of(line, separator)
            if cells is not None and len(cells) == width:
                try:
                    spans = who_of[pick_who(cells)]
                    day, first, last = when_of[pick_when(cells)]
                    rest = rest_of[pick_rest(cells)]
                except KeyError:
                    spans = []
                for begins, ends, who in spans:
                    if begins <= last and first <= ends:
                        out.append(f"{place}\t{who}\t{day}\t{rest}\n")
                        break
                else:
                    self._slowly(place, line, cells, staged, out)
            else:
                self._slowly(place, line, cells, staged, out)
        staged.text = "".join(out)
        return staged

    def _one_by_one(self, number: int, lines: list[str]) -> Staged:
        staged = Staged(rows=len(lines))
        out: list[str] = []
        for place, line in enumerate(lines, start=number):
            cells = cells_of(line, self.mapping.separator)
            if holds_anything(line, self.mapping.separator) and self.watch.holds(cells):
                staged.problems.append(Problem(place, "", CODE))
            else:
                self._slowly(place, line, cells, staged, out)
        staged.text = "".join(out)
        return staged

    def _slowly(self, number: int, line: str, cells: list[str] | None, staged: Staged, out: list[str]) -> None:
        is_row = holds_anything(line, self.mapping.separator)
        text, problems = self._read(number, cells) if is_row else (None, [])
        if text is not None:
            out.append(text)
        elif problems:
            staged.problems += problems
        else:
            staged.rows -= 1

    def _read(self, number: int, cells: list[str] | None) -> tuple[str | None, list[Problem]]:
        """Return the line for staging, or everything that is wrong; neither for a remark."""
        if cells is not None and is_remark(cells, self.mapping):
            return None, []
        shape = self._shape_problem(cells)
        if shape or cells is None:
            return None, [Problem(number, "", shape.code, "", shape.details)] if shape else []
        values = dict(self.nothing)
        problems = []
        for name, index, memory in self.columns:
            try:
                values[name] = memory[cells[index]]
            except CellProblem as problem:
                problems.append(named(number, name, problem, cells[index]))
        if any(problem.column in f.PUPIL for problem in problems):
            return None, held_aside_only(self._with_suggestions(problems, cells))
        try:
            line = self._checked(number, cells, values, bool(problems))
        except RowProblem as problem:
            problems.insert(0, named(number, problem.column, problem, cells[self._place(problem.column)]))
            problems = self._with_suggestions(problems, cells)
        return (None, held_aside_only(problems)) if problems else (line, [])

    def _checked(self, number: int, cells: list[str], values: Values, is_bad: bool) -> str:
        """Return the line, after the checks that concern several cells; of a bad row only the pupil is looked at."""
        spans = self.who(values)
        if is_bad:
            return ""
        when = self.when(values)
        who = next((who for begins, ends, who in spans if begins <= when[2] and when[1] <= ends), None)
        if who is None:
            raise self.not_then(values, when)
        rest = "\t".join(map(_copied, self.rest(values)))
        self.is_approximate |= any(isinstance(value, Approximate) for value in values.values())
        self.who_of[self.pick_who(cells)] = spans
        self.when_of[self.pick_when(cells)] = when
        self.rest_of[self.pick_rest(cells)] = rest
        return f"{number}\t{who}\t{when[0]}\t{rest}\n"

    def who(self, values: Values) -> list[Span]:
        """Return where the pupil was when. Raises RowProblem."""
        by_id, by_number = values[f.PUPIL_ID], values[f.PERSONAL_NUMBER]
        if by_number is None and by_id is UNKNOWN:
            raise RowProblem("pupil_unknown", self._column_of(f.PUPIL_ID))
        if by_number is None and by_id is None:
            raise RowProblem("pupil_missing", self._column_of(*f.PUPIL))
        if by_number and by_id not in (None, UNKNOWN, by_number):
            raise RowProblem("pupils_disagree", f.PERSONAL_NUMBER)
        return self.roster.spans_of(by_number or by_id)

    def new_people(self) -> str:
        """Return, as COPY reads it, who has been given a number since it was asked last: only lessons number people."""
        return ""

    def when(self, values: Values) -> When:
        """Return the day."""
        day = values[f.DATE].isoformat()
        return day, day, day

    def not_then(self, values: Values, when: When) -> RowProblem:
        """Say that the pupil was in no class then."""
        return RowProblem("not_in_a_class_then", self._when_column(), day=when[2])

    def rest(self, values: Values) -> tuple[Any, ...]:
        """Return the other columns for staging, after the checks that concern several cells. Raises RowProblem."""
        raise NotImplementedError

    def _when_column(self) -> str:
        return self._column_of(*self.when_fields, *self.who_fields)

    def _column_of(self, *names: str) -> str:
        """Return the first of these fields that the file has a column for, so that a fault has a place."""
        return next((name for name in names if name in self.mapping.columns), names[0])

    def _with_suggestions(self, problems: list[Problem], cells: list[str]) -> list[Problem]:
        """Say of an unknown pupil whose name and birth date we know that it may be that one."""
        if not any(problem.code == "pupil_unknown" for problem in problems):
            return problems
        group = suggestion(self.roster, self.mapping, cells)
        if group is None:
            return problems
        return [
            Problem(row.row_number, row.column, "pupil_suggested", row.value, {"group": group})
            if row.code == "pupil_unknown"
            else row
            for row in problems
        ]

    def _pupil_with_id(self, text: str) -> Any:
        """Return the pupil; one we do not know may still be known by the personal number in the same row."""
        try:
            return self.roster.pupil_with_source_id(text)
        except CellProblem as problem:
            if problem.code == "pupil_unknown":
                return UNKNOWN
            raise

    def _place(self, column: str) -> int:
        return next((index for name, index, _memory in self.columns if name == column), 0)

    def _shape_problem(self, cells: list[str] | None) -> CellProblem | None:
        if cells is None:
            return CellProblem("quote_not_closed")
        if len(cells) < self.needed:
            return CellProblem("too_few_columns", found=len(cells), expected=self.width)
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            return CellProblem("too_many_columns")
        if any("\ufffd" in cell or "\0" in cell for cell in cells):
            return CellProblem("unreadable_characters")
        return None

    def _cell_reader(self, name: str) -> Callable[[str], Any]:
        today, order = self.roster.today, self.mapping.day_order
        readers: dict[str, Callable[[str], Any]] = {
            f.PUPIL_ID: self._pupil_with_id,
            f.PERSONAL_NUMBER: self.roster.pupil_with_number,
            f.CLASS: str,
            f.DATE: day_reader(today, order),
            f.FIRST_DAY: day_reader(today, order, any_day=True),
            f.LAST_DAY: day_reader(today, order, any_day=True),
            f.PERIOD: period_reader(self.roster.times, today, order),
            f.STARTS_AT: read_time,
            f.KIND: read_kind,
            f.SUBJECT: read_subject,
        }
        if name in readers:
            return readers[name]
        unit = self.mapping.units.get(name, f.MINUTES)
        return amount_reader(unit, most=self.most(name), is_required=name in self.required)

    def most(self, name: str) -> int:
        """Return how many minutes there can be of a field."""
        if self.when_fields != (f.DATE,):
            return MINUTES_IN_A_YEAR
        return LONGEST_LESSON if name == f.LENGTH else MINUTES_IN_A_DAY


def _picker(places: list[int]) -> Callable[[list[str]], Any]:
    """Return what takes some cells of a row, to be looked up together."""
    return itemgetter(*places) if places else lambda _cells: None


def _copied(value: Any) -> str:
    """Return a value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", " ").replace("\r", " ").replace("\n", " ")
    return str(int(value)) if isinstance(value, bool) else str(value)
