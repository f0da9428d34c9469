"""In December 2018 some 400 letters of Stockholm's social services reached the wrong people. Not here.

Many people ask at once over a few pooled connections, while connections are being killed (G5). Each may only ever meet
the marker of one's own pupil. `dev.py drill mixups` asks 40,000 times; here it is 2,000.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from schools.models import Pupil
from schools.models.register import PupilQuerySet
from tests.factories.accounts import MembershipFactory
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, PupilFactory, SchoolFactory
from tests.wall.crawl import signed_in
from wall import identity

REQUESTS = int(os.environ.get("NB_MIXUP_REQUESTS", "2000"))
THREADS, POOL, PEOPLE = 16, 6, 12
KILL_EVERY = 1.5
MARK = "Post{:03d}"


@pytest.fixture
def people(transactional_db: None) -> list[tuple[Membership, str, str]]:
    """People of different schools: each one's membership, the page asked for, and the marker of the own pupil."""
    made = []
    for number in range(PEOPLE):
        group = ClassGroupFactory(school=SchoolFactory())
        member = MembershipFactory(unit=group.school.unit)
        pupil: Pupil = PupilFactory(family_name=MARK.format(number))
        EnrolmentFactory(pupil=pupil, class_group=group)
        made.append((member, reverse("attendance:pupil_list"), MARK.format(number)))
    return made


@pytest.fixture(autouse=True)
def the_database_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the program's own filter away: whose pupils the list shows is up to the identity in the database."""
    monkeypatch.setattr(PupilQuerySet, "visible_to", lambda self, reader, at=None: self.all())


@contextmanager
def pooled() -> Iterator[None]:
    """Serve as the web server's login over a pool that is smaller than the number of those who ask."""
    settings = connection.settings_dict
    kept = {name: settings[name] for name in ("USER", "OPTIONS")}
    connection.close()
    settings["USER"] = urlsplit(os.environ["DATABASE_URL"]).username
    settings["OPTIONS"] = {**settings["OPTIONS"], "pool": {"min_size": POOL, "max_size": POOL, "timeout": 30}}
    try:
        yield
    finally:
        connections.close_all()
        connection.close_pool()
        settings.update(kept)


@contextmanager
def killing(database: str) -> Iterator[list[int]]:
    """End a random connection of the web server's now and then, as a failing network does."""
    ended: list[int] = []
    over = threading.Event()
    owner = urlsplit(os.environ["OWNER_DATABASE_URL"])._replace(path=f"/{database}").geturl()
    query = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = %s AND datname = %s ORDER BY random() LIMIT 1"""

    def kill() -> None:
        with psycopg.connect(owner, autocommit=True) as killer:
            while not over.wait(KILL_EVERY):
                ended.extend(killer.execute(query, ["narvaro_web", database]).fetchall())

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield ended
    finally:
        over.set()
        thread.join()


def ask(
    clients: list[Client], people: list[tuple[Membership, str, str]], times: int, seed: int
) -> tuple[int, int, int]:
    """Ask for one's own page as random people; return how many were answered, refused, and met another's marker."""
    luck = random.Random(seed)
    answered = refused = foreign = 0
    for _time in range(times):
        number = luck.randrange(len(people))
        _member, path, mark = people[number]
        try:
            response = clients[number].get(path)
        except OperationalError:
            refused += 1
            continue
        text = response.content.decode(errors="replace")
        answered += mark in text
        refused += response.status_code >= 500
        foreign += any(other in text for _m, _p, other in people if other != mark)
    connections.close_all()
    return answered, refused, foreign


def ask_at_once(people: list[tuple[Membership, str, str]], requests: int) -> tuple[int, int, int]:
    """Let all threads ask; each has browsers of its own, in which everybody has signed in before."""
    browsers = [[signed_in(member) for member, _path, _mark in people] for _number in range(THREADS)]
    with pooled(), ThreadPoolExecutor(THREADS) as threads:
        jobs = [threads.submit(ask, browsers[number], people, requests // THREADS, number) for number in range(THREADS)]
        results = [job.result(timeout=3000) for job in jobs]
    return tuple(sum(column) for column in zip(*results, strict=True))  # type: ignore[return-value]


def test_nobody_meets_anothers_pupil(people: list[Any]) -> None:
    with killing(connection.settings_dict["NAME"]) as ended:
        answered, refused, foreign = ask_at_once(people, REQUESTS)

    print(f"answered {answered}, refused {refused}, foreign {foreign}, connections ended {len(ended)}")
    assert foreign == 0
    assert ended
    assert answered + refused >= REQUESTS - THREADS
    assert answered > REQUESTS * 0.8


def test_an_identity_for_the_connection_would_have_mixed_people_up(
    people: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: identity that belongs to the connection and not to the transaction, as so many systems have it."""
    monkeypatch.setattr(identity, "session", session_on_the_connection)
    # The log itself refuses a reading in another's name, and without its row there is no page.
    monkeypatch.setattr("audit.middleware._write", lambda request, collected: None)
    with unsigned_identity():
        answered, _refused, foreign = ask_at_once(people, 480)

    assert answered + foreign > 0
    assert foreign > 0


@contextmanager
def session_on_the_connection(session_key: str | None, *, at: Any) -> Iterator[identity.Entered]:
    """Enter, put the identity on the connection for good, and give the connection back to the pool."""
    with identity.entered("session", key=identity.key_hash(session_key or ""), at=at) as who:
        kept = identity._ask(identity.REMEMBER, [])
    with connection.cursor() as cursor:
        for name, value in zip(("role", "app.identity", "app.signature"), kept, strict=True):
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
    connection.close()
    time.sleep(0.002)
    with transaction.atomic():
        yield who
    connection.close()


@contextmanager
def unsigned_identity() -> Iterator[None]:
    """Let the database believe whatever identity is on."""
    owner = urlsplit(os.environ["OWNER_DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    with psycopg.connect(owner, autocommit=True) as keeper:
        (signed,) = keeper.execute("SELECT pg_get_functiondef('wall_part(integer)'::regprocedure)").fetchone()
        keeper.execute(
            "CREATE OR REPLACE FUNCTION wall_part(p_place integer) RETURNS text LANGUAGE sql STABLE AS "
            "$$ SELECT nullif(split_part(current_setting('app.identity', true), '|', p_place), '') $$"
        )
        try:
            yield
        finally:
            keeper.execute(signed)
