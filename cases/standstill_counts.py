"""The board of those above both sides: how many cases stand still where, and for how long. Units and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from accounts.models import Membership, Unit

from .models import StandstillCount
from .stalled import REASONS


@dataclass(frozen=True)
class CauseCount:
    """How many cases of one unit stand still for one cause, and for how many calendar days."""

    title: str | Promise
    cases: int
    median_days: int
    longest_days: int


@dataclass(frozen=True)
class UnitCount:
    """One unit: the open cases with the ball there, the child's time in them, and which of them stand still."""

    unit: Unit
    open_cases: int
    median_child_days: int
    causes: list[CauseCount]

    @property
    def stalled(self) -> int:
        """How many of them stand still."""
        return sum(cause.cases for cause in self.causes)

    @property
    def longest_days(self) -> int:
        """How long the longest of them has stood still."""
        return max((cause.longest_days for cause in self.causes), default=0)


@dataclass(frozen=True)
class Counts:
    """What was counted on `day`; the units in alphabetical order."""

    day: date
    units: list[UnitCount]

    @property
    def stalled(self) -> int:
        """How many cases stand still in all of the units."""
        return sum(one.stalled for one in self.units)

    @property
    def open_cases(self) -> int:
        """How many are open in all of the units."""
        return sum(one.open_cases for one in self.units)


def counts_for(reader: Membership, today: date) -> Counts | None:
    """Return the latest count up to `today` of what `reader` coordinates; None before the first. Two queries."""
    seen = StandstillCount.objects.visible_to(reader).filter(day__lte=today)
    day = seen.order_by("-day").values_list("day", flat=True).first()
    if day is None:
        return None
    by_unit: dict[Unit, list[StandstillCount]] = {}
    for row in seen.filter(day=day).select_related("unit").order_by("unit__name", "unit", "code"):
        by_unit.setdefault(row.unit, []).append(row)
    return Counts(day, [_unit(unit, rows) for unit, rows in by_unit.items()])


def _unit(unit: Unit, rows: list[StandstillCount]) -> UnitCount:
    whole = next((row for row in rows if not row.code), None)
    order = list(REASONS)
    causes = sorted((row for row in rows if row.code), key=lambda row: order.index(row.code))
    return UnitCount(
        unit,
        whole.cases if whole else 0,
        whole.median_days if whole else 0,
        [CauseCount(REASONS[row.code], row.cases, row.median_days, row.longest_days) for row in causes],
    )
