"""Two real workers on one queue, one killed by force in the middle: nothing is done twice, nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from threading import Event as Signal

import psycopg
import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from django.utils import timezone

from bench.school_year.clockwork import moved_clock, set_clock
from bench.school_year.mails import MailBox
from bench.school_year.workers import Workers, working
from cases.models import Event
from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days
from notifications.actions import put
from notifications.models import STUCK_AFTER, Mail
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case, make_cast
from tests.notifications.mail_server import a_port, serving

pytestmark = pytest.mark.django_db(transaction=True)

SENT = datetime(2026, 11, 9, 10, tzinfo=STOCKHOLM)
EIGHT = datetime(2026, 11, 12, 8, tzinfo=STOCKHOLM)
PICKED_UP = timedelta(seconds=70)
CASES, MAILS, STOPS_AT = 6, 6, 3
PATIENCE = 60


class Holding(MailBox):
    """Lets the third mail wait, and never takes it."""

    def __init__(self) -> None:
        super().__init__(timezone.now)
        self.reached, self.seen = Signal(), 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.seen += 1
        if self.seen == STOPS_AT:
            self.reached.set()
            while server.transport is not None and not server.transport.is_closing():
                await asyncio.sleep(0.05)
            return "421 gone"
        return await super().handle_DATA(server, session, envelope)


@contextmanager
def at_work(box: MailBox) -> Iterator[Workers]:
    port = a_port()
    with moved_clock(), serving(box, port), working(port) as workers:
        yield workers


def go_to(clock: time_machine.Traveller, moment: datetime) -> None:
    set_clock(moment)
    clock.move_to(moment)


@contextmanager
def a_case_held_fast(case: object) -> Iterator[None]:
    """Keep one case locked, so that a worker stops in front of it."""
    settings = connection.settings_dict
    address = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"], "dbname": settings["NAME"]}
    with closing(psycopg.connect(**address, password=settings["PASSWORD"] or None)) as other:
        other.execute("SELECT FROM cases_case WHERE id = %s FOR UPDATE", [case])
        yield


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database())"
        )
        return cursor.fetchone()[0]


def noted() -> Counter:
    return Counter(Event.objects.filter(kind="no_answer").values_list("case", flat=True))


def test_a_worker_killed_while_it_notes_silences_leaves_none_out_and_none_twice():
    with time_machine.travel(SENT, tick=True) as clock:
        cast = make_cast()
        cases = [a_case("sent", cast=cast, at=SENT + timedelta(minutes=n)).case.pk for n in range(CASES)]
        in_order = list(
            Event.objects.filter(case__in=cases, kind="request_sent")
            .order_by("case__obligations__due_on", "case__obligations__pk")
            .values_list("case", flat=True)
        )
        with at_work(MailBox(timezone.now)) as workers:
            go_to(clock, EIGHT)
            with a_case_held_fast(in_order[STOPS_AT]):
                workers.tick_and_kill(EIGHT, 0, lambda: until(waits_for_a_lock), is_first=True)
                assert 0 < sum(noted().values()) < CASES, "it was not killed in the middle"
            go_to(clock, EIGHT + PICKED_UP)
            workers.tick(EIGHT + PICKED_UP)

    assert noted() == dict.fromkeys(cases, 1)


def test_a_worker_killed_while_it_sends_loses_no_mail_and_sends_none_twice():
    box = Holding()
    with time_machine.travel(EIGHT, tick=True) as clock:
        people = [MembershipFactory().user for _number in range(MAILS)]
        for user in people:
            put(kind=Mail.Kind.GIVEN, user_id=user.pk, about="something", at=EIGHT)
        with at_work(box) as workers:
            go_to(clock, EIGHT + timedelta(minutes=1))
            workers.tick_and_kill(EIGHT + timedelta(minutes=1), 0, lambda: box.reached.wait(PATIENCE), is_first=True)
            assert Mail.objects.filter(status=Mail.Status.SENDING).count() == 1
            later = EIGHT + STUCK_AFTER + timedelta(minutes=5)
            go_to(clock, later)
            workers.tick(later)

    assert Counter(one.to for one in box.letters) >= Counter(user.email for user in people)
    assert max(Counter(one.key for one in box.letters).values()) == 1
    assert not Mail.objects.filter(kind=Mail.Kind.GIVEN).exclude(status=Mail.Status.SENT).exists()


def test_a_day_on_which_every_worker_was_dead_is_made_up_for_once():
    with time_machine.travel(SENT, tick=True) as clock:
        case = a_case("sent", at=SENT).case.pk
        late = datetime.combine(add_working_days(EIGHT.date(), 5), EIGHT.timetz())
        with at_work(MailBox(timezone.now)) as workers:
            for minutes in (0, 60):
                go_to(clock, late + timedelta(minutes=minutes))
                workers.tick(late + timedelta(minutes=minutes))

    assert noted() == {case: 1}
