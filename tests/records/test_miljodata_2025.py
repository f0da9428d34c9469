"""The 2025 case: old data and old accounts that lingered. After the schedule, nothing of either can be found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import invite_person
from accounts.models import Membership, Session, User
from attendance.school_years import school_years
from records.policy import load_policy
from records.selection import due
from tests.factories.attendance import make_room_for
from tests.factories.records import known_pupil, leaver, still_at_work
from tests.records.traces import traces_of

YEARS_LATER = date(2046, 1, 15)
AT = datetime(2046, 1, 15, 3, tzinfo=UTC)
ONE_YEAR_MORE = date(2047, 1, 15)


def pg_dump() -> str | None:
    """Return the program, of the folder PG_BIN or of the newest server installed."""
    folders = [os.environ.get("PG_BIN", ""), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]
    return next(
        (found for folder in folders if (found := shutil.which("pg_dump", path=folder))), shutil.which("pg_dump")
    )


def dumped(canary: str) -> int:
    """Return how many lines of a plain dump of the database hold the canary, also as the bytes of a file."""
    place = connection.get_connection_params()
    address = f"postgresql://{place['user']}@{place['host']}:{place['port']}/{place['dbname']}"
    made = subprocess.run(
        [pg_dump(), "--enable-row-security", "--dbname", address], capture_output=True, text=True, check=True
    )
    return len(re.findall(f"{canary}|{canary.encode().hex()}", made.stdout))


@pytest.fixture
def lingering(people):
    """A pupil who left, a case that was closed, and somebody who left work with a session still open."""
    gone = known_pupil(people)
    member = leaver(people.worker, date(2026, 11, 30), "slutatkanarie")
    client = Client()
    client.force_login(member.user)
    return gone, member


def sessions_of(user: User) -> int:
    return Session.objects.filter(user=user).count()


def test_erased_pupil_and_leaver_are_found_nowhere(lingering, erase_all):
    gone, member = lingering
    # The control: before the schedule both are everywhere, so the scan is not blind.
    assert len(traces_of([gone.canary])) > 15
    assert sessions_of(member.user) == 1

    erase_all(YEARS_LATER, AT)

    assert traces_of([gone.canary]) == {}
    assert sessions_of(member.user) == 0
    assert not User.objects.get(pk=member.user_id).is_active

    # The next yearly run: the log no longer names the leaver either.
    erase_all(ONE_YEAR_MORE, datetime(2047, 1, 15, 3, tzinfo=UTC))

    assert traces_of(["slutatkanarie"]) == {}
    assert not Membership.objects.filter(pk=member.pk).exists()


@pytest.fixture
def school_years_stay(transactional_db):
    """Leave the school years that there was room for to the tests that follow: retention takes away emptied ones."""
    before = school_years()
    yield
    for year in before:
        make_room_for(year.first)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(pg_dump() is None, reason="there is no pg_dump on this machine")
def test_plain_dump_holds_nothing_of_the_erased_pupil(school_years_stay, lingering, erase_all):
    gone, _member = lingering
    assert dumped(gone.canary) > 15

    erase_all(YEARS_LATER, AT)

    assert dumped(gone.canary) == 0


def test_leaver_named_by_a_kept_case_keeps_the_name_and_loses_the_account(people, erase_all):
    known_pupil(people, at=datetime(2045, 10, 1, 9, tzinfo=UTC))
    Membership.objects.filter(pk=people.worker.pk).update(valid_to=date(2045, 10, 10))
    Client().force_login(people.worker.user)

    erase_all(YEARS_LATER, AT)

    worker = User.objects.get(pk=people.worker.user_id)
    assert (worker.is_active, worker.full_name) == (False, people.worker.user.full_name)
    assert sessions_of(worker) == 0
    assert not worker.has_usable_password()


def test_whoever_still_works_keeps_account_and_session(people, erase_all):
    known_pupil(people)
    still_at_work(people, AT)
    Client().force_login(people.worker.user)

    erase_all(YEARS_LATER, AT)

    assert User.objects.get(pk=people.worker.user_id).is_active
    assert sessions_of(people.worker.user) == 1


def test_account_is_closed_ninety_days_after_the_last_role(people):
    member = leaver(people.worker, date(2026, 11, 30), "slutatkanarie")

    def closed_on(day: date) -> set[str]:
        return {one.key for one in due(load_policy(), day)["leavers"]}

    assert str(member.user_id) not in closed_on(date(2027, 2, 28))
    assert closed_on(date(2027, 3, 1)) == {str(member.user_id)}


def test_closed_account_opens_again_with_a_new_role(people):
    member = leaver(people.worker, date(2026, 11, 30), "slutatkanarie")
    User.objects.filter(pk=member.user_id).update(is_active=False)

    invite_person(
        unit=people.worker.unit, role="team_worker", email=member.user.email, given_name="x", family_name="x", title="",
        valid_from=date(2027, 8, 1), valid_to=date(2028, 6, 30), by=people.head, at=AT,
    )  # fmt: skip

    assert User.objects.get(pk=member.user_id).is_active
