"""Counting school days in a given calendar of terms, breaks and staff days."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from deadlines.working_days import is_working_day


class SchoolCalendarEnds(Exception):
    """The calendar has no more school days in the direction asked for."""


@dataclass(frozen=True, order=True)
class DayRange:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"A range of days cannot end ({self.last}) before it begins ({self.first}).")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        """Give every day of the range in order."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class SchoolCalendar:
    """One school's terms with what falls out of them; pupils attend on the working days that are left."""

    terms: tuple[DayRange, ...]
    breaks: tuple[DayRange, ...] = ()
    staff_days: frozenset[date] = field(default_factory=frozenset)

    @cached_property
    def school_days(self) -> tuple[date, ...]:
        """All school days the calendar knows, in order."""
        in_terms = {day for term in self.terms for day in term.days()}
        free = {day for school_break in self.breaks for day in school_break.days()} | self.staff_days
        return tuple(sorted(day for day in in_terms - free if is_working_day(day)))

    def is_school_day(self, day: date) -> bool:
        """Tell whether pupils are to attend on `day`."""
        if day in self.staff_days or not any(day in term for term in self.terms):
            return False
        return is_working_day(day) and not any(day in school_break for school_break in self.breaks)

    def add_school_days(self, start: date, days: int) -> date:
        """Return the `days`-th school day after `start`.

        Counts from the day after `start`; the returned day is the last one counted. Negative counts go backwards
        from the day before; zero gives `start` itself. Raises SchoolCalendarEnds when the calendar does not reach
        that far: a guessed date would become somebody's due date.
        """
        if days == 0:
            return start
        index = bisect_right(self.school_days, start) + days - 1
        if days < 0:
            index = bisect_left(self.school_days, start) + days
        if not 0 <= index < len(self.school_days):
            raise SchoolCalendarEnds(f"No school day {days} school days from {start}.")
        return self.school_days[index]

    def school_days_between(self, start: date, end: date) -> int:
        """Count school days after `start` up to and including `end`; negative when `end` comes first."""
        return bisect_right(self.school_days, end) - bisect_right(self.school_days, start)

    def last_school_days(self, days: int, until: date) -> tuple[date, ...]:
        """Return up to `days` latest school days up to and including `until`, oldest first."""
        end = bisect_right(self.school_days, until)
        return self.school_days[max(0, end - days) : end]

    def term_of(self, day: date) -> DayRange | None:
        """Return the term that `day` lies in, None between terms."""
        return next((term for term in self.terms if day in term), None)
