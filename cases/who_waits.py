"""Who waits for whom: every open case by who has the ball and who waits, with how long the ball has lain."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median
from uuid import UUID

from django.utils import timezone

from accounts.models import Membership, Unit
from accounts.roles import Side

from .ball import CaseState, states_of
from .stalled import label_for, overseen


@dataclass(frozen=True)
class Waiting:
    """One open case: who holds the ball, who waits for it, and for how many calendar days the holder has had it."""

    state: CaseState
    label: str
    holder: Unit
    waiting: Unit
    days: int


@dataclass(frozen=True)
class Pair:
    """One cell of the matrix: the cases in which `waiting` waits for `holder`, the longest first."""

    holder: Unit
    waiting: Unit
    cases: list[Waiting]

    @property
    def median_days(self) -> int:
        """The median of the days, half a day rounded up."""
        return int(median(case.days for case in self.cases) + 0.5)

    @property
    def longest(self) -> int:
        """The most days."""
        return self.cases[0].days

    def is_of(self, holder: UUID | None, waiting: UUID | None) -> bool:
        """Say whether this is the pair of the two units."""
        return self.holder.pk == holder and self.waiting.pk == waiting


def pairs_of(reader: Membership, today: date) -> list[Pair]:
    """Return the pairs in the open cases that `reader` oversees, those with the longest median first."""
    found: dict[tuple[UUID, UUID], list[Waiting]] = defaultdict(list)
    for state in states_of(overseen(reader), today, with_words=False):
        one = _waiting(state, reader)
        if one is not None:
            found[one.holder.pk, one.waiting.pk].append(one)
    pairs = [_pair(waiting) for waiting in found.values()]
    return sorted(pairs, key=lambda pair: (-pair.median_days, pair.holder.name, pair.waiting.name))


def _pair(cases: list[Waiting]) -> Pair:
    ordered = sorted(cases, key=lambda one: (-one.days, one.state.case.number))
    return Pair(ordered[0].holder, ordered[0].waiting, ordered)


def _waiting(state: CaseState, reader: Membership) -> Waiting | None:
    """Return who waits in one case: the other side of the holder. None while no other side takes part."""
    if state.ball is None or state.referral is None:
        return None
    held = state.ball.obligation.current_intervals[0]
    waiting = state.referral.to_unit if held.unit.side == Side.SCHOOL else state.case.school_unit
    return Waiting(
        state, label_for(reader, state.case), held.unit, waiting, (state.today - timezone.localdate(held.from_at)).days
    )
