"""What should have happened in the played year, worked out from the events alone, and held against what did.

Nothing here asks the code that it checks: the ledger is played from the events by a few lines of its own, days off are
a list, and the ladder is written down once more. An event within a moment at which workers worked divides it: what was
to be told both before and after must have been told; what was to be told at any time within may have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.db import connection

from accounts.models import Membership
from accounts.roles import MANAGERS
from bench.school_year.free_days import is_work_day, work_days_after
from bench.school_year.played_ledger import EIGHT, Ledger, is_silent
from cases.models import Event
from deadlines.stockholm import STOCKHOLM

Reminded = tuple[str, str, str, str]
"""Whom, of which obligation, for which date, at which step."""

CLOCK_HOURS = {6, 7, 8, 12}
MAIL_HOURS = range(5, 18)
HALF_PAST_SEVEN, SIX = time(7, 30), time(18)


@dataclass(frozen=True)
class Tick:
    """A moment at which the workers worked: from when to when, in the played time."""

    start: datetime
    end: datetime

    @property
    def local(self) -> datetime:
        """The moment in Stockholm."""
        return self.start.astimezone(STOCKHOLM)

    @property
    def day(self) -> date:
        """The day in Stockholm."""
        return self.local.date()

    @property
    def notes_silence(self) -> bool:
        """Whether what nobody answered is noted now: a full hour of the clock, from eight on a working day."""
        at = self.start.astimezone(UTC)
        is_hour = at.hour in CLOCK_HOURS and at.minute < 10
        return is_hour and is_work_day(self.day) and self.local.time() >= EIGHT

    @property
    def reminds(self) -> bool:
        """Whether reminders are given now: within the hours of mail on a working day."""
        is_hour = self.start.astimezone(UTC).hour in MAIL_HOURS
        return is_hour and is_work_day(self.day) and HALF_PAST_SEVEN <= self.local.time() < SIX


class People:
    """Who does on a day what somebody holds, and who answers for a unit."""

    def __init__(self) -> None:
        self.members = {str(one.pk): one for one in Membership.objects.select_related("stand_in")}
        self.heads: dict[str, list[str]] = {}
        for key, one in self.members.items():
            if one.role in MANAGERS:
                self.heads.setdefault(str(one.unit_id), []).append(key)

    def acting(self, member: str | None, day: date) -> str | None:
        """Return the person, or while away the stand-in, if there is one."""
        if member is None:
            return None
        one = self.members[member]
        if one.away_from and one.away_to and one.away_from <= day <= one.away_to:
            return str(one.stand_in.user_id) if one.stand_in else None
        return str(one.user_id)

    def answering(self, unit: str, day: date) -> set[str]:
        """Return who answers for a unit."""
        return {user for head in self.heads.get(unit, []) if (user := self.acting(head, day))}


def reminded_at(ledger: Ledger, people: People, tick: Tick) -> set[Reminded]:
    """Return what is to be told at this moment, whether or not it was told before."""
    found: set[Reminded] = set()
    for key, held in ledger.held.items():
        if held.is_paused or held.is_over:
            continue
        user = people.acting(held.person, tick.day)
        for step in _steps(held.due, tick):
            if step == "still":
                heads = people.answering(held.unit, tick.day) - {user}
                found |= {(head, key, held.due_on, "unit") for head in heads if head}
            if user:
                found.add((user, key, held.due_on, step))
    return found


def _steps(due: date, tick: Tick) -> Iterator[str]:
    today = tick.day
    if due < today:
        if tick.notes_silence:
            yield "late"
        if tick.reminds and work_days_after(due, today) >= 2:
            yield "still"
    elif tick.reminds:
        left = work_days_after(today, due)
        if left == 0:
            yield "today"
        elif left <= 2:
            yield "ahead"


@dataclass
class Expected:
    """What the events ask for."""

    must: set[Reminded] = field(default_factory=set)
    may: set[Reminded] = field(default_factory=set)
    silences: int = 0
    faults: list[str] = field(default_factory=list)


def expected(ticks: Iterable[Tick]) -> Expected:
    """Play all events and work out what the workers had to do at each of their moments."""
    ledger, people, found = Ledger(), People(), Expected()
    events = list(Event.objects.order_by("at", "pk"))
    position = 0
    for tick in ticks:
        while position < len(events) and events[position].at < tick.start:
            ledger.play(events[position])
            position += 1
        before = reminded_at(ledger, people, tick)
        silent = _silent(ledger, tick)
        found.may |= before
        while position < len(events) and events[position].at <= tick.end:
            ledger.play(events[position])
            position += 1
            found.may |= reminded_at(ledger, people, tick)
        found.must |= before & reminded_at(ledger, people, tick)
        found.faults += [
            f"silence of {key} for {due} not noted on {tick.day}" for key, due in silent & _silent(ledger, tick)
        ]
    for event in events[position:]:
        ledger.play(event)
    found.silences = sum(change["do"] == "silence" for event in events for change in event.changes)
    found.faults += ledger.faults
    return found


def _silent(ledger: Ledger, tick: Tick) -> set[tuple[str, str]]:
    if not tick.notes_silence:
        return set()
    return {(key, held.due_on) for key, held in ledger.held.items() if is_silent(held, tick.day)}


def faults_of_reminders(found: Expected) -> list[str]:
    """Return the reminders that are missing, doubled or should not have been given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id::text, obligation::text, due_on::text, step FROM simulated.given")
        given = Counter(cursor.fetchall())
    return [
        *(f"reminder missing: {one}" for one in sorted(found.must - given.keys())),
        *(f"reminder without cause: {one}" for one in sorted(given.keys() - found.may)),
        *(f"reminder given {n} times: {one}" for one, n in given.items() if n > 1),
    ]


def faults_of_open_cases() -> list[str]:
    """Return the open cases that nobody holds, or that have no date, and obligations of closed cases that run on."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_CASES)
        return [f"case {case}: {why}" for case, why in cursor.fetchall()]


OPEN_CASES = """
SELECT c.id, 'is open, and nobody holds anything with a date' FROM cases_case c
 WHERE c.closed_at IS NULL AND NOT EXISTS (
       SELECT FROM cases_obligation o JOIN cases_holderinterval h ON h.obligation_id = o.id AND h.to_at IS NULL
        WHERE o.case_id = c.id AND o.stopped_at IS NULL AND o.due_on IS NOT NULL)
UNION ALL
SELECT o.case_id, 'obligation ' || o.id || ' is held by ' || count(h.id) FROM cases_obligation o
  LEFT JOIN cases_holderinterval h ON h.obligation_id = o.id AND h.to_at IS NULL
 WHERE o.stopped_at IS NULL GROUP BY o.id HAVING count(h.id) <> 1
UNION ALL
SELECT o.case_id, 'is closed, and obligation ' || o.id || ' runs on' FROM cases_obligation o
  JOIN cases_case c ON c.id = o.case_id WHERE c.closed_at IS NOT NULL AND o.stopped_at IS NULL
   AND o.kind <> 'check_after_closing'
"""
