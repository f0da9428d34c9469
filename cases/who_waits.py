"""Who waits for whom: every open case by who has the ball and who waits, with how long the ball has lain."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from accounts.models import Membership, Unit
from accounts.roles import Role, Side

from .ball import CaseState, states_of
from .medians import median_of
from .models import Case
from .stalled import label_for, overseen, with_label


@dataclass(frozen=True)
class Waiting:
    """One open case: who holds the ball, who waits for it, and for how many calendar days the holder has had it.

    `is_row` where the reader may see it as a case of its own, and not in a number alone.
    """

    state: CaseState
    label: str
    holder: Unit
    waiting: Unit
    days: int
    is_row: bool


@dataclass(frozen=True)
class Pair:
    """One cell of the matrix: the cases in which `waiting` waits for `holder`, the longest first."""

    holder: Unit
    waiting: Unit
    cases: list[Waiting]

    @property
    def rows(self) -> list[Waiting]:
        """Those of the cases that the reader may see one by one."""
        return [case for case in self.cases if case.is_row]

    @property
    def median_days(self) -> int:
        """The median of the days, half a day rounded up."""
        return median_of(case.days for case in self.cases)

    @property
    def longest(self) -> int:
        """The most days."""
        return self.cases[0].days

    def is_of(self, holder: UUID | None, waiting: UUID | None) -> bool:
        """Say whether this is the pair of the two units."""
        return self.holder.pk == holder and self.waiting.pk == waiting


def pairs_of(reader: Membership, today: date) -> list[Pair]:
    """Return the pairs in the open cases that `reader` oversees, or has in figures; the longest median first."""
    found: dict[tuple[UUID, UUID], list[Waiting]] = defaultdict(list)
    cases = with_label(Case.objects.open().counted_by(reader), reader)
    rows = set(overseen(reader).values_list("pk", flat=True)) if reader.role == Role.COORDINATOR else None
    for state in states_of(cases, today, with_words=False):
        one = _waiting(state, reader, is_row=rows is None or state.case.pk in rows)
        if one is not None:
            found[one.holder.pk, one.waiting.pk].append(one)
    pairs = [_pair(waiting) for waiting in found.values()]
    return sorted(pairs, key=lambda pair: (-pair.median_days, pair.holder.name, pair.waiting.name))


def _pair(cases: list[Waiting]) -> Pair:
    ordered = sorted(cases, key=lambda one: (-one.days, one.state.case.number))
    return Pair(ordered[0].holder, ordered[0].waiting, ordered)


def _waiting(state: CaseState, reader: Membership, *, is_row: bool) -> Waiting | None:
    """Return who waits in one case: the other side of the holder. None while no other side takes part."""
    if state.ball is None or state.referral is None:
        return None
    held = state.ball.obligation.current_intervals[0]
    waiting = state.referral.to_unit if held.unit.side == Side.SCHOOL else state.case.school_unit
    return Waiting(
        state, label_for(reader, state.case), held.unit, waiting, (state.today - timezone.localdate(held.from_at)).days,
        is_row,
    )  # fmt: skip
