"""Stannade ärenden as one reader meets them: their own side first, each row with the one thing the reader can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Membership, Unit
from accounts.roles import Side

from . import access
from .acts import last_acts
from .ball import Ball
from .obligations import KINDS, LIFT, PLACE, REMIND_EVERY_DAYS
from .stalled import REASONS, Stalled, label_for, stalled_cases

REMIND = "remind"


@dataclass(frozen=True)
class Row:
    """A stalled case for one reader. `remedy` is what the reader can do; `url` where."""

    stalled: Stalled
    label: str
    who: str
    is_mine: bool
    remedy: str
    button: str | Promise
    url: str
    reminded_at: datetime | None

    @property
    def key(self) -> str:
        """The row's id on the page."""
        return f"case-{self.stalled.case.pk}"

    @property
    def unit(self) -> Unit:
        """The unit that can act."""
        return self.stalled.ball.unit  # type: ignore[union-attr]

    @property
    def side(self) -> str:
        """The side that can act."""
        return self.unit.side


@dataclass(frozen=True)
class Place:
    """One row among those shown: its number, counted from one, and the rows before and after it."""

    row: Row
    number: int
    total: int
    before: Row | None
    after: Row | None


@dataclass(frozen=True)
class Board:
    """All rows the reader oversees; `shown` those of the chosen cause."""

    rows: list[Row]
    cause: str

    @property
    def shown(self) -> list[Row]:
        """The rows of the chosen cause, all of them without one."""
        return [row for row in self.rows if not self.cause or row.stalled.cause.code == self.cause]

    def place_of(self, case_id: UUID) -> Place | None:
        """Return where the case stands among the rows shown; None where it is not among them."""
        shown = self.shown
        for number, row in enumerate(shown):
            if row.stalled.case.pk == case_id:
                before = shown[number - 1] if number else None
                return Place(row, number + 1, len(shown), before, next(iter(shown[number + 1 :]), None))
        return None

    @property
    def sides(self) -> dict[str, int]:
        """How many wait for each side."""
        counted = Counter(row.side for row in self.rows)
        return {side: counted[side] for side in (Side.SOCIAL, Side.SCHOOL)}

    @property
    def causes(self) -> list[tuple[str, str | Promise, int]]:
        """Each cause there is with its words and its count."""
        counted = Counter(row.stalled.cause.code for row in self.rows)
        return [(code, words, counted[code]) for code, words in REASONS.items() if counted[code]]


def board_of(reader: Membership, today: date, cause: str = "") -> Board:
    """Return what `reader` oversees that stands still, the reader's own side first, the longest first."""
    found = stalled_cases(reader, today)
    reminders = last_reminders(row.case.pk for row in found)
    rows = [row_of(stalled, reader, today, reminders.get(stalled.case.pk)) for stalled in found]
    rows.sort(key=lambda row: row.side != reader.side)
    return Board(rows, cause)


def last_reminders(case_ids: Iterable[UUID]) -> dict[object, datetime]:
    """Return when each case was last reminded of."""
    reminders: dict[object, datetime] = {}
    for case_id, _unit, at in last_acts(case_ids, "reminded"):
        reminders[case_id] = max(at, reminders.get(case_id, at))
    return reminders


def row_of(stalled: Stalled, reader: Membership, today: date, reminded_at: datetime | None) -> Row:
    """Return one row. Give obligations fetched `with_page_relations()`."""
    remedy = _remedy(stalled, reader)
    ball = stalled.ball
    person = ball.person if ball else None
    is_mine = person is not None and person.user_id == reader.user_id
    return Row(
        stalled,
        label=label_for(reader, stalled.case),
        who=_("you") if is_mine else (person.user.short_name if person else ""),
        is_mine=is_mine,
        remedy=remedy,
        button=_button(stalled, remedy),
        url=_address(stalled, remedy),
        reminded_at=reminded_at if reminded_at and _is_recent(reminded_at, today) else None,
    )


def _remedy(stalled: Stalled, reader: Membership) -> str:
    """Return the remedy of the cause, or a reminder where it is not the reader's to take or has been taken."""
    if stalled.ball is not None and stalled.ball.obligation.kind == PLACE and stalled.ball.unit.pk == reader.unit_id:
        return "place_request"
    if stalled.remedy == "lift_case":
        is_lifted = any(ball.obligation.kind == LIFT for ball in stalled.state.balls)
        return REMIND if is_lifted else "lift_case"
    if stalled.remedy in {"set_next_step", "hand_over"}:
        may = stalled.ball is not None and access.may_act_for(reader, stalled.ball.unit)
        if stalled.remedy == "set_next_step" and not access.reads_cases(reader):
            may = False
        return stalled.remedy if may else REMIND
    return REMIND


def _button(stalled: Stalled, remedy: str) -> str | Promise:
    if remedy == "place_request":
        return KINDS[PLACE].button
    return stalled.button if remedy == stalled.remedy else _("Remind")


def _address(stalled: Stalled, remedy: str) -> str:
    if remedy in {"set_next_step", "hand_over", "place_request"}:
        return reverse(f"cases:{remedy}", args=[stalled.ball.obligation.pk])  # type: ignore[union-attr]
    return reverse(f"cases:{remedy}", args=[stalled.case.pk])


@dataclass(frozen=True)
class Held:
    """An open obligation and what the reader may do with it: hand it over, give it a new date."""

    ball: Ball
    may_hand_over: bool
    may_move: bool


def held_by(reader: Membership, balls: Iterable[Ball]) -> list[Held]:
    """Return what is held in a case, the ball first, with what `reader` may do: for units of the reader's own."""
    found = []
    for ball in balls:
        may = access.may_act_for(reader, ball.unit)
        found.append(Held(ball, may, may and not ball.obligation.is_statutory))
    return found


def acts_in(case_id: UUID) -> list[tuple[Unit, datetime]]:
    """Return when each unit last did something substantive in a case, the latest first."""
    acted = {unit: at for _case, unit, at in last_acts([case_id]) if unit is not None}
    units = Unit.objects.in_bulk(acted)
    return sorted(((units[unit], at) for unit, at in acted.items()), key=lambda one: one[1], reverse=True)


def _is_recent(reminded_at: datetime, today: date) -> bool:
    return timezone.localdate(reminded_at) > today - timedelta(days=REMIND_EVERY_DAYS)
