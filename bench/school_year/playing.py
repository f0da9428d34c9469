"""Playing the year: morning by morning the workers work, people act between, a week passes without any worker."""

from __future__ import annotations

import time as real_time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import time_machine
from django.db import connection
from django.utils import timezone

from bench.school_year.checks import Tick, expected, faults_of_open_cases, faults_of_reminders
from bench.school_year.city import make_city, renew_roles
from bench.school_year.clockwork import moved_clock, set_clock
from bench.school_year.free_days import is_work_day
from bench.school_year.mails import MailBox, faults_of_mail, mail_server
from bench.school_year.people import Course
from bench.school_year.workers import Workers, working
from cases.models import Case, Event
from cases.rebuilding import differing
from deadlines.stockholm import STOCKHOLM
from tests.factories.cases import Cast

STILL_DAYS = 7
NIGHT, NOON = time(2, 40), time(12)
"""In UTC: when old mails are forgotten, and the last hour at which silence is noted."""

MORNING = (time(7, 30), time(8), time(9))
AFTERNOON = (time(17),)
PEOPLE_ACT = time(10, 5)
A_LITTLE = timedelta(seconds=5)
UNTIL_PICKED_UP = timedelta(seconds=70)
RENEWED_EVERY = 150
LONGEST_BEFORE_KILL = 0.5


@dataclass(frozen=True)
class Plan:
    """What is to be played."""

    first: date
    days: int
    cases: int
    casts: int
    kills: int
    still_from: date | None
    seed: int = 7
    begins_within: float = 0.8
    """Within which part of the time the cases begin."""

    def is_still(self, day: date) -> bool:
        """Say whether no worker works on this day."""
        return self.still_from is not None and 0 <= (day - self.still_from).days < STILL_DAYS


@dataclass
class Played:
    """What was counted, and what is wrong, each under its name."""

    counts: dict[str, object] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0


class Year:
    """A year as it goes."""

    def __init__(self, plan: Plan, workers: Workers, clock: time_machine.Traveller) -> None:
        self.plan, self.workers, self.clock = plan, workers, clock
        self.chance = Random(plan.seed)
        self.casts: list[Cast] = make_city(plan.casts)
        self.courses: list[Course] = []
        self.ticks: list[Tick] = []
        self.killed_on: list[str] = []
        days = [plan.first + timedelta(days=n) for n in range(plan.days)]
        workdays = [day for day in days if is_work_day(day) and not plan.is_still(day)]
        self.kills = Counter(self.chance.choices(workdays, k=plan.kills)) if workdays else Counter()
        begins = [day for day in days[: max(1, int(plan.days * plan.begins_within))] if is_work_day(day)]
        self.begins = Counter(self.chance.choices(begins, k=plan.cases))

    def live(self, day: date) -> None:
        """Let a day pass."""
        if (day - self.plan.first).days % RENEWED_EVERY == 0:
            renew_roles(day)
        night, noon = (datetime.combine(day, hour, UTC) for hour in (NIGHT, NOON))
        morning, afternoon = (
            [datetime.combine(day, hour, STOCKHOLM) for hour in hours] for hours in (MORNING, AFTERNOON)
        )
        if not is_work_day(day):
            self.work([night, morning[1], noon], day)
            return
        self.work([night, *morning], day)
        self.people_act(day)
        self.work([noon, *afternoon], day)

    def work(self, moments: list[datetime], day: date) -> None:
        """Let the workers work at each moment; kill one in the middle where the day is one for it."""
        if self.plan.is_still(day):
            return
        for moment in moments:
            kills = (
                moment.astimezone(STOCKHOLM).time() in MORNING and self.kills[day] > 0 and self.chance.random() < 0.5
            )
            self.go_to(moment)
            if kills:
                self.kills[day] -= 1
                self._kill(moment, day)
            else:
                self.workers.tick(moment)
            self.ticks.append(Tick(moment, timezone.now() + A_LITTLE))

    def _kill(self, moment: datetime, day: date) -> None:
        self.killed_on.append(f"{day}")
        number = self.chance.randrange(len(self.workers.living))
        seconds = self.chance.random() * LONGEST_BEFORE_KILL
        self.workers.tick_and_kill(moment, number, lambda: real_time.sleep(seconds))
        self.go_to(moment + UNTIL_PICKED_UP)
        self.workers.tick(moment + UNTIL_PICKED_UP)

    def people_act(self, day: date) -> None:
        """Let new cases begin, and somebody act in those that there are."""
        at = datetime.combine(day, PEOPLE_ACT, STOCKHOLM)
        self.go_to(at)
        for _number in range(self.begins[day]):
            self.courses.append(Course(self.chance.choice(self.casts), self.chance, at))
        for course in self.courses:
            course.act(at + timedelta(minutes=1))

    def go_to(self, moment: datetime) -> None:
        """Let it be `moment`, here and in the database."""
        set_clock(moment)
        self.clock.move_to(moment)


def play(
    plan: Plan,
    say: Callable[[str], None] = lambda words: None,
    afterwards: Callable[[Year, MailBox], None] = lambda year, box: None,
) -> Played:
    """Play the plan and hold everything against what should have been. The database is left with what happened.

    `afterwards` is called with the year that was played, while all that was kept of it is still there.
    """
    began = real_time.perf_counter()
    first = datetime.combine(plan.first, time(0, 5), STOCKHOLM)
    with moved_clock(), time_machine.travel(first, tick=True) as clock, mail_server(timezone.now) as (box, port):
        set_clock(first)
        with working(port) as workers:
            year = Year(plan, workers, clock)
            for number in range(plan.days):
                day = plan.first + timedelta(days=number)
                year.live(day)
                if day.day == 1:
                    say(f"{day}: {Case.objects.open().count()} open cases, {len(box.letters)} mails")
        played = Played(counts_of(year, box), faults_of(year, box))
        afterwards(year, box)
    played.seconds = real_time.perf_counter() - began
    return played


def faults_of(year: Year, box: MailBox) -> dict[str, list[str]]:
    """Return what is wrong, under the name of each promise."""
    found = expected(year.ticks)
    return {
        "open cases without holder or date": faults_of_open_cases(),
        "reminders missing, doubled or without cause": faults_of_reminders(found),
        "silences missing, doubled or out of time": found.faults,
        "cases whose events do not rebuild the ledger": [f"{case}: {parts}" for case, parts in differing()],
        "mails out of time, doubled or with a name": faults_of_mail(box.letters, year.killed_on),
        "jobs that failed or never ended": faults_of_jobs(),
    }


def faults_of_jobs() -> list[str]:
    """Return the jobs that failed, and those that a killed worker has left for good."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, id, status FROM procrastinate_jobs WHERE status IN ('failed', 'doing')")
        return [f"{name} {key} is {status}" for name, key, status in cursor.fetchall()]


def counts_of(year: Year, box: MailBox) -> dict[str, object]:
    """Return how much of everything there was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT step, count(*) FROM simulated.given GROUP BY 1 ORDER BY 1")
        steps = dict(cursor.fetchall())
        cursor.execute("SELECT kind, count(*) FROM simulated.mail GROUP BY 1 ORDER BY 1")
        mails = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM procrastinate_events WHERE type = 'deferred_for_retry'")
        again = cursor.fetchone()[0]
    kinds = Counter(Event.objects.values_list("kind", flat=True))
    return {
        "days": year.plan.days,
        "moments at which the workers worked": len(year.ticks),
        "cases": Case.objects.count(),
        "open at the end": Case.objects.open().count(),
        "events": sum(kinds.values()),
        "of each kind": dict(sorted(kinds.items())),
        "reminders": steps,
        "mails put in the outbox": mails,
        "mails that arrived": len(box.letters),
        "workers killed": year.workers.killed,
        "jobs begun anew": again,
    }
