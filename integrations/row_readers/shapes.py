"""The shapes of rows: what each tells, which checks its cells must pass together, and what is staged of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..csv_files import headings as f
from ..csv_files.cells import PRESENT, UNREPORTED
from ..csv_files.days import CUSTOM, SCHOOL_YEAR, Period, period_reader, within
from ..csv_files.numbers import Approximate
from ..csv_files.problems import CellProblem
from ..csv_files.tables import Mapping
from ..roster import Roster, Span
from .reader import RowProblem, RowReader, Values, When

HUNDREDTHS = 10_000
"""A whole in hundredths of a per cent, as shares are read."""


class LessonReader(RowReader):
    """A pupil at a lesson: when, how long, how much of it away and why."""

    table = "staged_lesson_row"
    rest_fields = (f.STARTS_AT, f.LENGTH, f.ABSENT, f.KIND, f.SUBJECT)
    required = (f.LENGTH, f.ABSENT)

    def __init__(self, mapping: Mapping, roster: Roster) -> None:
        """Begin to number the pupils in their classes, so that a million rows tell them by a number."""
        super().__init__(mapping, roster)
        self.numbers: dict[str, int] = {}
        self.told = 0

    def who(self, values: Values) -> list[Span]:
        """Return where the pupil was when, by numbers. Raises RowProblem."""
        numbers = self.numbers
        return [
            (begins, ends, str(numbers.setdefault(who, len(numbers) + 1))) for begins, ends, who in super().who(values)
        ]

    def new_people(self) -> str:
        """Return the number, the pupil and the class of those who have been given a number since last time."""
        new = list(self.numbers.items())[self.told :]
        self.told = len(self.numbers)
        return "".join(f"{number}\t{who}\n" for who, number in new)

    def rest(self, values: Values) -> tuple[Any, ...]:
        """Return start, length, minutes away, kind and subject."""
        length, kind = values[f.LENGTH], values[f.KIND]
        absent = _part_of(length, values[f.ABSENT], self.mapping.units.get(f.ABSENT))
        if length == 0:
            raise RowProblem("lesson_without_length", f.LENGTH)
        if absent > length:
            raise RowProblem("absent_longer_than_lesson", f.ABSENT, absent=absent, length=length)
        is_away = kind not in (PRESENT, UNREPORTED)
        if absent and not is_away:
            raise RowProblem("present_but_absent", f.KIND, absent=absent)
        if is_away and not absent:
            raise RowProblem("absent_without_minutes", f.ABSENT)
        return values[f.STARTS_AT], length, absent, kind, values[f.SUBJECT] or ""


class Totals:
    """What the amounts of a row come to, in minutes, with shares taken of what was offered."""

    def __init__(self, values: Values, units: dict[str, str]) -> None:
        """Turn what can be turned into minutes; what cannot stays None."""
        self.offered: int | None = values[f.OFFERED]
        self.units = units
        amounts = {name: self._minutes(name, values[name]) for name in (f.VALID, f.INVALID, f.OTHER, f.LATE, f.PRESENT)}
        self.valid, self.invalid = amounts[f.VALID], amounts[f.INVALID]
        self.other, self.late, self.present = amounts[f.OTHER], amounts[f.LATE], amounts[f.PRESENT]
        self.reported = self._reported(values)

    def _minutes(self, name: str, value: int | None) -> int | None:
        if value is None or self.units.get(name) != f.PERCENT:
            return value
        return None if self.offered is None else _part_of(self.offered, value, f.PERCENT)

    def _reported(self, values: Values) -> int | None:
        """Return the minutes reported: told, or what is left of the unreported, or what the kinds add up to."""
        if values[f.REPORTED] is not None:
            return self._minutes(f.REPORTED, values[f.REPORTED])
        unreported = self._minutes(f.UNREPORTED, values[f.UNREPORTED])
        if unreported is not None and self.offered is not None:
            return max(0, self.offered - unreported)
        if self.present is not None and self.valid is not None and self.invalid is not None:
            told = self.present + self.valid + self.invalid
            return told if self.offered is None else min(told, self.offered)
        return None


class DayTotalReader(RowReader):
    """A pupil's day: offered and reported, and each kind of absence, in minutes."""

    table = "staged_day"
    rest_fields = (f.OFFERED, f.REPORTED, f.UNREPORTED, f.PRESENT, f.VALID, f.INVALID, f.OTHER, f.LATE)
    required = (f.VALID, f.INVALID)

    def rest(self, values: Values) -> tuple[Any, ...]:
        """Return offered, reported, valid, invalid, other and late."""
        totals = Totals(values, self.mapping.units)
        offered = totals.offered
        if totals.valid is None or totals.invalid is None:
            raise RowProblem("percent_of_nothing", f.VALID if totals.valid is None else f.INVALID)
        reported = None
        if offered is not None:
            reported = offered if totals.reported is None else totals.reported
            _check_reported(offered, reported)
            absent = totals.valid + totals.invalid
            if absent > offered:
                raise RowProblem("absent_more_than_offered", f.INVALID, absent=absent, offered=offered)
        return offered, reported, totals.valid, totals.invalid, totals.other or 0, totals.late or 0


class ClassDayReader(RowReader):
    """A class's day: how much was taught and how much of it reported."""

    table = "staged_class_day"
    who_fields = (f.CLASS,)
    rest_fields = (f.OFFERED, f.REPORTED)
    required = (f.OFFERED, f.REPORTED)

    def who(self, values: Values) -> list[Span]:
        """Return the school's classes with this name, a year each."""
        if not values[f.CLASS]:
            raise RowProblem("class_missing", f.CLASS)
        return self.roster.spans_of_class(values[f.CLASS])

    def not_then(self, values: Values, when: When) -> RowProblem:
        """Say that there was no such class then."""
        return RowProblem("class_unknown", f.CLASS, day=when[2])

    def rest(self, values: Values) -> tuple[Any, ...]:
        """Return offered and reported."""
        reported = _part_of(values[f.OFFERED], values[f.REPORTED], self.mapping.units.get(f.REPORTED))
        _check_reported(values[f.OFFERED], reported)
        return values[f.OFFERED], reported


class PeriodReader(RowReader):
    """A pupil's week, month, term or other period: minutes, or per cent of something unknown."""

    table = "staged_period"
    when_fields = (f.PERIOD, f.FIRST_DAY, f.LAST_DAY)
    rest_fields = (
        f.SUBJECT, f.OFFERED, f.REPORTED, f.UNREPORTED, f.PRESENT, f.ABSENT, f.VALID, f.INVALID, f.OTHER, f.LATE,
    )  # fmt: skip

    def __init__(self, mapping: Mapping, roster: Roster) -> None:
        """Read the period that the file tells for all rows, too."""
        super().__init__(mapping, roster)
        read = period_reader(roster.times, roster.today, mapping.day_order)
        self.of_the_file = read(mapping.period) if mapping.period else None

    def when(self, values: Values) -> When:
        """Return granularity, first and last day."""
        if values[f.FIRST_DAY] and values[f.LAST_DAY]:
            try:
                told: Period | None = within((CUSTOM, values[f.FIRST_DAY], values[f.LAST_DAY]), self.roster.today)
            except CellProblem as problem:
                raise RowProblem(problem.code, f.LAST_DAY) from None
        else:
            told = values[f.PERIOD] or self.of_the_file
        if told is None:
            raise RowProblem("period_missing", self._when_column())
        granularity, first, last = told
        granularity = CUSTOM if granularity == SCHOOL_YEAR else granularity
        return f"{granularity}\t{first}\t{last}", first.isoformat(), last.isoformat()

    def rest(self, values: Values) -> tuple[Any, ...]:
        """Return subject; valid, invalid, other, late, reported and offered minutes; the shares; approximate or not."""
        units = self.mapping.units
        totals = Totals(values, units)
        shares = {name: _share(values, units, name) for name in (f.ABSENT, f.VALID, f.INVALID, f.UNREPORTED)}
        if shares[f.UNREPORTED] is None and units.get(f.REPORTED) == f.PERCENT and values[f.REPORTED] is not None:
            shares[f.UNREPORTED] = _percent(HUNDREDTHS - values[f.REPORTED])
        absent, offered = values[f.ABSENT], totals.offered
        if shares[f.ABSENT] is None and absent is not None and offered and absent <= offered:
            shares[f.ABSENT] = _percent(round(absent * HUNDREDTHS / offered))
        if (
            totals.valid is None
            and totals.invalid is None
            and not any(shares[name] is not None for name in (f.ABSENT, f.VALID, f.INVALID))
        ):
            raise RowProblem("nothing_told", self._column_of(f.VALID, f.INVALID, f.ABSENT))
        if offered is not None:
            _check_reported(offered, totals.reported or 0)
            away = (totals.valid or 0) + (totals.invalid or 0)
            if away > offered:
                column = self._column_of(f.INVALID, f.VALID)
                raise RowProblem("absent_more_than_offered", column, absent=away, offered=offered)
        about = any(isinstance(value, Approximate) for value in values.values())
        minutes = (totals.valid, totals.invalid, totals.other, totals.late, totals.reported, offered)
        return values[f.SUBJECT] or "", *minutes, *shares.values(), about


def _share(values: Values, units: dict[str, str], name: str) -> Decimal | None:
    """Return the share that a column in per cent tells."""
    return _percent(values[name]) if values[name] is not None and units.get(name) == f.PERCENT else None


def _percent(hundredths: int) -> Decimal:
    return Decimal(hundredths) / 100


def _part_of(whole: int, value: int, unit: str | None) -> int:
    """Return minutes, where they are told as a share of the whole."""
    return round(whole * value / HUNDREDTHS) if unit == f.PERCENT else value


def _check_reported(offered: int, reported: int) -> None:
    if reported > offered:
        raise RowProblem("reported_more_than_offered", f.REPORTED, reported=reported, offered=offered)
