"""A school here, a source there, and a way to let one read the other."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from integrations.ss12000.client import Client
from integrations.ss12000.models import SchoolSource, SourceSchool
from integrations.ss12000.signing_in import Credentials
from integrations.ss12000.sync_absence import sync_absence
from integrations.ss12000.sync_register import answer_comparison, carry_out_comparison, sync_register
from schools.models import SchoolYear
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ThresholdRuleFactory
from tests.factories.schools import SchoolFactory
from tests.ss12000_server.data import a_school
from tests.ss12000_server.server import Behaviour, serving

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ENDPOINTS = ["organisations", "persons", "groups", "duties", "deletedEntities", "activities", "calendarEvents",
             "attendances"]  # fmt: skip


@pytest.fixture
def data():
    return a_school()


@pytest.fixture
def how():
    return Behaviour()


@pytest.fixture
def source(data, how):
    """Serve `data` as `how` says; tests that want another size or manner change these."""
    with serving(data, how) as serving_source:
        yield serving_source


@pytest.fixture
def place(db):
    """Return a school that is to be read from the source."""
    school = SchoolFactory(school_unit_code="12345678")
    SchoolYear.objects.create(
        provider=school.provider, name="2026/27", starts_on=date(2026, 8, 17), ends_on=date(2027, 6, 10)
    )
    source = SchoolSource.objects.create(
        name="Elevregistret", provider=school.provider, address="https://sis.example.org/v2.0", endpoints=ENDPOINTS,
        is_dry_run=False, is_on=True, created_at=NOW,
    )  # fmt: skip
    return SourceSchool.objects.create(source=source, school=school)


@pytest.fixture
def principal(place):
    return MembershipFactory(principal=True, unit=place.school.unit)


@pytest.fixture
def slept():
    return []


@pytest.fixture
def connect(source, slept):
    """Return how a run connects: to the test server, without waiting."""

    @contextmanager
    def connected(_source):
        client = Client(source.address, Credentials("bearer", "fixed"), sleep=slept.append)
        try:
            yield client
        finally:
            client.close()

    return connected


@pytest.fixture
def sync(place, connect):
    """Return a reading of the register."""

    def read(at=NOW, **more):
        fresh = SourceSchool.objects.select_related("source", "school__unit").get(pk=place.pk)
        return sync_register(fresh, at=at, connect=more.pop("connect", connect), **more)

    return read


@pytest.fixture
def say_yes(place, principal):
    """Return a yes to everything that waits."""

    def answer(at=NOW, *, ends_confirmed=False, kinds=None):
        diff = place.diffs.get(status="waiting")
        wanted = kinds if kinds is not None else list(diff.counts)
        answer_comparison(diff, kinds=wanted, ends_confirmed=ends_confirmed, by=principal, at=at)
        return carry_out_comparison(diff, at=at)

    return answer


@pytest.fixture
def read_in(sync, say_yes):
    """Return a register that has been read in: the first reading, and the school's yes to it."""

    def do():
        run = sync()
        assert run.status == "waiting", (run.failure, run.details)
        return say_yes()

    return do


@pytest.fixture
def lessons(place, connect, read_in):
    """Return a reading of the absence, after the register has been read."""
    ThresholdRuleFactory()
    read_in()

    def read(at=NOW, **more):
        fresh = SourceSchool.objects.select_related("source", "school__unit").get(pk=place.pk)
        return sync_absence(fresh, at=at, connect=more.pop("connect", connect), **more)

    return read
