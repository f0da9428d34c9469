"""Everything about one pupil, two system administrators, and the database as its owner."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection

from accounts.models import Membership
from records import actions
from records.models import RetentionRun
from records.policy import load_policy
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.cases import Cast, make_cast
from tests.factories.records import Known, known_pupil


@pytest.fixture
def people(db) -> Cast:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    return make_cast()


@pytest.fixture
def known(people) -> Known:
    return known_pupil(people)


@pytest.fixture
def admins(people) -> list[Membership]:
    city = UnitFactory(city=True)
    return [MembershipFactory(system_admin=True, unit=city) for _ in range(2)]


@pytest.fixture
def erase_all(admins):
    """Return a way to let two people erase what is due on a day."""

    def run(today: date, at: datetime) -> RetentionRun:
        policy = load_policy()
        proposed = actions.propose_retention(policy=policy, today=today, by=admins[0], at=at)
        approved = actions.approve_retention(run=proposed, by=admins[1], at=at)
        return actions.carry_out_retention(run=approved, policy=policy, at=at)

    return run
