"""A pupil's absence before a measure and after it: drawn only where there are three school weeks on each side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .charts import Line
from .figures import Absence, Day, absence_over

WEEK = 5
WEEKS = 3
NEEDED = WEEK * WEEKS
BOX = (600, 140)


@dataclass(frozen=True)
class Part:
    """Five school days in a row, both ends included, and the share away in whole per cent."""

    first_day: date
    last_day: date
    percent: int | None
    is_after: bool


@dataclass(frozen=True)
class Effect:
    """The share away over 15 school days before a measure and over the latest 15 since it began."""

    before: Absence
    after: Absence
    parts: list[Part]

    @property
    def line(self) -> Line:
        """Three school weeks, a gap where the measure began, three school weeks."""
        shares = [part.percent for part in self.parts]
        return Line([*shares[:WEEKS], None, *shares[WEEKS:]], *BOX)

    @property
    def start_x(self) -> str:
        """Where the measure began."""
        return self.line.x(WEEKS)


def effect_of(days: Mapping[date, Day], starts_on: date, until: date) -> Effect | None:
    """Return the absence before `starts_on` and from then to `until`, both included.

    `days` are the pupil's, oldest first. None unless there are 15 school days on each side, reported well enough.
    """
    earlier = {day: figures for day, figures in days.items() if day < starts_on and figures.offered}
    later = {day: figures for day, figures in days.items() if starts_on <= day <= until and figures.offered}
    before, after = absence_over(earlier, starts_on, NEEDED), absence_over(later, until, NEEDED)
    for side in (before, after):
        if side.school_days < NEEDED or not side.is_reliable:
            return None
    return Effect(before, after, [*_parts(earlier, is_after=False), *_parts(later, is_after=True)])


def _parts(days: Mapping[date, Day], *, is_after: bool) -> list[Part]:
    parts, latest = [], list(days)[-NEEDED:]
    for week in (latest[start : start + WEEK] for start in range(0, NEEDED, WEEK)):
        share = absence_over({day: days[day] for day in week}, week[-1], WEEK)
        parts.append(Part(week[0], week[-1], share.percent if share.is_reliable else None, is_after))
    return parts
