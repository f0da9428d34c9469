"""What the settings page says: what applies at a unit, since when, by whom and why, and what is planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext, ngettext

from accounts.models import Membership, Unit
from socialservices.models import ReasonCode

from .models import UnitReason, UnitTime
from .models.settings import Settled
from .obligations import Calendar, Kind
from .unit_reasons import KEPT_REASONS
from .unit_times import kinds_of

S = TypeVar("S", bound=Settled)


def time_words(days: int, calendar: Calendar) -> str:
    """Return a time in words: "2 working days", "14 days", "4 months", "the same day"."""
    if not days:
        return gettext("the same day")
    match calendar:
        case Calendar.WORKING_DAYS:
            words = ngettext("%(n)d working day", "%(n)d working days", days)
        case Calendar.MONTHS:
            words = ngettext("%(n)d month", "%(n)d months", days)
        case _:
            words = ngettext("%(n)d day", "%(n)d days", days)
    return words % {"n": days}


@dataclass(frozen=True)
class TimeRow:
    """One kind of obligation at a unit. `since` is what the unit has set and applies; None while the standard does."""

    kind: Kind
    since: UnitTime | None
    planned: list[UnitTime]

    @property
    def days(self) -> int:
        """The time that applies."""
        return self.since.days if self.since else self.kind.days or 0

    @property
    def told(self) -> str:
        """The time that applies, in words."""
        return time_words(self.days, self.kind.calendar)

    @property
    def standard(self) -> str:
        """The kind's own time, in words."""
        return time_words(self.kind.days or 0, self.kind.calendar)

    @property
    def to_come(self) -> list[tuple[UnitTime, str]]:
        """What is planned, the nearest day first, each with its time in words."""
        return [(one, time_words(one.days, self.kind.calendar)) for one in self.planned]


@dataclass(frozen=True)
class ReasonRow:
    """One reason at a unit. `since` is what the unit has said about it last; None where it has said nothing."""

    reason: ReasonCode
    since: UnitReason | None
    planned: list[UnitReason]

    @property
    def is_hidden(self) -> bool:
        """Whether the unit's list leaves it out."""
        return self.since is not None and self.since.is_hidden

    @property
    def is_kept(self) -> bool:
        """Whether no unit can hide it."""
        return self.reason.code in KEPT_REASONS


def time_rows(unit: Unit, reader: Membership, today: date) -> list[TimeRow]:
    """Return every kind that `unit` can hold with its time: one query."""
    settled = list(UnitTime.objects.visible_to(reader).of(unit))
    rows = []
    for kind in kinds_of(unit):
        ours = [one for one in settled if one.kind == kind.code]
        rows.append(TimeRow(kind, _applying(ours, today), _planned(ours, today)))
    return rows


def reason_rows(unit: Unit, reader: Membership, today: date) -> list[ReasonRow]:
    """Return every reason in force with what `unit` has said about it: two queries."""
    settled = list(UnitReason.objects.visible_to(reader).of(unit))
    rows = []
    for reason in ReasonCode.objects.for_declining(today):
        ours = [one for one in settled if one.code == reason.code]
        rows.append(ReasonRow(reason, _applying(ours, today), _planned(ours, today)))
    return rows


def _applying(settled: Iterable[S], today: date) -> S | None:
    """Return what applies on `today` of what was settled, given the latest day first."""
    return next((one for one in settled if one.valid_from <= today), None)


def _planned(settled: Iterable[S], today: date) -> list[S]:
    """Return what is to come, the nearest day first; of two for one day only the one written last."""
    nearest: dict[date, S] = {}
    for one in settled:
        if one.valid_from > today:
            nearest.setdefault(one.valid_from, one)
    return [nearest[day] for day in sorted(nearest)]
