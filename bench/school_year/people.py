"""People of the played year: in each case somebody does now and then what can be done, prompt, slow or never.

They act through the actions of the domain alone. The moves are those of the test of every sequence: a kind of
obligation that is new there is acted on here too, and one that nobody knows how to fulfil is met with silence.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from accounts.models import Membership
from bench.school_year import meetings
from cases.actions import oversight
from cases.actions.disclosing import ConsentIsMissing
from cases.models import Obligation, Referral
from cases.obligations import AUTUMN_CONTACT, CHECK, PLAN_AUTUMN, STEPS
from tests.cases.test_every_sequence import BY_SCHOOL, OF_CASE, OF_HOLDER, OF_KIND, OF_REQUEST, REFUSALS, Doing, Walk
from tests.factories.cases import Cast, Story, a_pupil

PACES = [0.3, 0.2, 0.12, 0.06, 0.02, 0.0]
"""How likely something happens in a case on a working day: from those who answer at once to those who never do."""

CLOSES = 0.1
"""How likely a case is closed rather than something else done, when its turn has come."""

HOUSEKEEPING = OF_HOLDER | OF_CASE
TO_THE_POINT = 0.75
"""How likely somebody does what is asked of them, rather than anything else that can be done."""

BEGINS_AGAIN = 0.02
REFUSED = (*REFUSALS, ConsentIsMissing)
CAN_BE_MET_ABOUT = {"declined", "accepted", "active", "assessing"}
Moves = dict[str, list[tuple[Referral, Obligation | None, Membership]]]


class Course(Walk):
    """One case as it goes through the year."""

    def __init__(self, cast: Cast, chance: Random, at: datetime) -> None:
        """Let the school send the first request."""
        self.cast = cast
        self.chance = chance
        self.story = Story(cast=cast, pupil=a_pupil(cast), at=at).send()
        self.steps: list[str] = []
        self.pace = chance.choice(PACES)

    def act(self, at: datetime) -> None:
        """Let somebody do something on this day, or nobody."""
        if self.chance.random() >= (self.pace if self.case.is_open else self.pace * BEGINS_AGAIN):
            return
        self.story.at = at
        moves = self._moves()
        closing = moves.pop("close", None) if self.case.is_open else None
        if closing and self.chance.random() < CLOSES:
            moves = {"close": closing}
        to_the_point = sorted(moves.keys() - HOUSEKEEPING)
        wanted = to_the_point if to_the_point and self.chance.random() < TO_THE_POINT else sorted(moves)
        name = self.chance.choice(wanted)
        referral, obligation, by = self.chance.choice(moves[name])
        colleagues = [one for one in self._everybody() if one.unit_id == by.unit_id]
        other = self.chance.choice([by, *colleagues, self.cast.counsellor])
        self._do(name, referral, obligation, by, other)

    def _do(
        self, name: str, referral: Referral, obligation: Obligation | None, by: Membership, other: Membership
    ) -> None:
        self.story.at += timedelta(minutes=1)
        with suppress(*REFUSED):
            ahead = self.chance.randint(1, 25)
            if name == PLAN_AUTUMN:
                self._plan_autumn(obligation, by)
            elif name in meetings.MOVES:
                meetings.do(
                    name, referral=referral, obligation=obligation, day=self.story.today + timedelta(days=ahead),
                    next_unit=other.unit, by=by, at=self.story.at,
                )  # fmt: skip
            else:
                getattr(Doing(self.story, self.case, referral, obligation, by, other, ahead), name)()

    def _plan_autumn(self, obligation: Obligation | None, by: Membership) -> None:
        assert obligation is not None
        monday = date.fromisocalendar(self.story.today.year, 33, 1)
        oversight.plan_autumn(
            obligation=obligation, next_task="Ringa hem.", next_unit=by.unit,
            next_on=monday + timedelta(days=self.chance.randint(0, 4)), by=by, at=self.story.at,
        )  # fmt: skip

    def _everybody(self) -> list[Membership]:
        return [one for one in vars(self.cast).values() if isinstance(one, Membership)]

    def _moves(self) -> Moves:
        """Return for each thing that can be done now about what it can be done, and by whom."""
        cast, case = self.cast, self.case
        people = {one.unit_id: one for one in (
            cast.counsellor, cast.worker, cast.other_worker, cast.third_worker, cast.area_manager, cast.area_head,
            cast.coordinator, cast.other_counsellor,
        )}  # fmt: skip
        referrals = self._referrals()
        moves: Moves = {}
        if not case.is_open:
            return {"send": [(referrals[-1], None, cast.counsellor)]}
        for referral in referrals:
            for name in OF_REQUEST.get(referral.status, set()):
                by = cast.counsellor if name in BY_SCHOOL else people[referral.to_unit_id]
                moves.setdefault(name, []).append((referral, None, by))
            if referral.status in CAN_BE_MET_ABOUT:
                asker = self.chance.choice([cast.counsellor, people[referral.to_unit_id]])
                moves.setdefault("call_meeting", []).append((referral, None, asker))
        for obligation in self._obligations(case=case, stopped_at=None):
            holder = obligation.intervals.get(to_at=None).unit_id
            if holder not in people:
                continue
            by = people[holder]
            for name in self._ways(obligation):
                moves.setdefault(name, []).append((obligation.referral or referrals[-1], obligation, by))
        for name in OF_CASE:
            by = cast.counsellor if name in BY_SCHOOL else cast.principal
            moves.setdefault(name, []).append((referrals[-1], None, by))
        return moves

    def _ways(self, obligation: Obligation) -> set[str]:
        kind = obligation.kind
        steps = {step: {"record_step"} for step in (*STEPS, CHECK)}
        known: Any = {**OF_KIND, **steps, **meetings.OF_MEETING, PLAN_AUTUMN: {PLAN_AUTUMN}}
        ways = OF_HOLDER | known.get(kind, set())
        if kind == AUTUMN_CONTACT:
            ways -= {"move_date"}
        return ways
