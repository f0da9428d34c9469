"""What all tests share: rows made by the owner, requests behind the wall, no network, queries counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker
from pytest_socket import socket_allow_hosts

from accounts.models import Membership
from accounts.sessions import MEMBERSHIP_KEY as SESSION_KEY
from tests.architecture.partials import PartialCheck
from tests.confirmed import confirmed
from tests.factories.accounts import MembershipFactory, UnitFactory

HERE = "datname = current_database() AND pid <> pg_backend_pid()"
END_OURS = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_roles ON rolname = usename
 WHERE {HERE} AND NOT rolsuper
"""
OTHERS = f"SELECT count(*) FROM pg_stat_activity WHERE {HERE}"
A_MINUTE_OF_HALVES = 120


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--write-docs` write the generated documents instead of comparing them."""
    parser.addoption("--write-docs", action="store_true", help="write the generated documents in docs/ anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes, so that no core is left with one of them when the others are done."""
    items.sort(key=lambda item: not {"wall", "e2e"} & {*item.path.parts})


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Have the test database; before it is dropped, end what was left in it, and wait for a vacuum under way."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for _time in range(A_MINUTE_OF_HALVES):
            cursor.execute(END_OURS)
            cursor.execute(OTHERS)
            if not cursor.fetchone()[0]:
                break
            time.sleep(0.5)


@pytest.fixture(autouse=True)
def no_jobs_left(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Empty the queue after a test that really commits: the tables of procrastinate are none that Django empties."""
    yield
    marked = request.node.get_closest_marker("django_db")
    if {"transactional_db", "live_server"} & {*request.fixturenames} or (marked and marked.kwargs.get("transaction")):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers RESTART IDENTITY CASCADE")


@pytest.fixture(autouse=True)
def no_network():
    """Refuse every connection except to this machine."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture
def assert_constant_queries(client: Client):
    """Return a check that a page costs the same number of queries with one row as with eleven."""

    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200, response.status_code
        return len(queries)

    def check(url: str, add_row: Callable[[], object]) -> None:
        add_row()
        client.get(url)
        one = count(url)
        for _ in range(10):
            add_row()
        eleven = count(url)
        assert eleven == one, f"{url}: {one} queries with one row, {eleven} with eleven"

    return check


@pytest.fixture
def assert_partial_equals_page() -> PartialCheck:
    """Return a check that an old page with a partial put in equals the page fetched anew."""
    return PartialCheck()


@dataclass(frozen=True)
class Cast:
    """A small set of people on both sides of the wall: one's own, a colleague's, a stranger's eyes."""

    mentor: Membership
    counsellor: Membership
    principal: Membership
    school_admin: Membership
    other_counsellor: Membership
    team_worker: Membership
    team_head: Membership
    other_team_worker: Membership
    intake_worker: Membership
    coordinator: Membership
    analyst: Membership
    log_auditor: Membership
    system_admin: Membership

    def by_role(self) -> dict[str, Membership]:
        """Return one member for each role."""
        unlike = {self.other_counsellor, self.other_team_worker}
        return {member.role: member for member in vars(self).values() if member not in unlike}


@pytest.fixture
def cast(db) -> Cast:
    """Return people of two schools, two teams of one district, an intake office and the city."""
    school = UnitFactory(name="Almskolan")
    district = UnitFactory(social_area=True, name="Stadsdelen")
    team = UnitFactory(team=True, name="Lagstagan", parent=district)
    city = UnitFactory(city=True, name="Staden")
    return Cast(
        mentor=MembershipFactory(mentor=True, unit=school),
        counsellor=MembershipFactory(student_health=True, unit=school),
        principal=MembershipFactory(principal=True, unit=school),
        school_admin=MembershipFactory(school_admin=True, unit=school),
        other_counsellor=MembershipFactory(student_health=True, unit=UnitFactory(name="Björkskolan")),
        team_worker=MembershipFactory(team_worker=True, unit=team),
        team_head=MembershipFactory(team_head=True, unit=team),
        other_team_worker=MembershipFactory(team_worker=True, unit=UnitFactory(team=True, parent=district)),
        intake_worker=MembershipFactory(intake_worker=True, unit=UnitFactory(intake=True, parent=district)),
        coordinator=MembershipFactory(coordinator=True, unit=city),
        analyst=MembershipFactory(analyst=True, unit=city),
        log_auditor=MembershipFactory(log_auditor=True, unit=city),
        system_admin=MembershipFactory(system_admin=True, unit=city),
    )


@pytest.fixture
def sign_in() -> Callable[[Client, Membership], Client]:
    """Return a way to sign a client in as one membership."""

    def enter(client: Client, membership: Membership) -> Client:
        client.force_login(membership.user)
        session = client.session
        session[SESSION_KEY] = str(membership.pk)
        session.save()
        return client

    return enter


@pytest.fixture
def confirm() -> Callable[[Client], Client]:
    """Return a way to let a signed-in client have confirmed just now that it is they (accounts.confirming)."""
    return confirmed
