"""`manage.py retention` counts without changing anything, carries out what is approved, and names nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from attendance.school_years import school_years
from records import actions
from records.models import RetentionRun
from records.policy import load_policy
from tests.records.traces import traces_of

LATER = date(2033, 1, 1)
AT = datetime(2033, 1, 1, 3, tzinfo=UTC)


def retention(*arguments: str) -> str:
    printed = StringIO()
    call_command("retention", *arguments, stdout=printed)
    return printed.getvalue()


@pytest.fixture
def approved(known, admins):
    run = actions.propose_retention(policy=load_policy(), today=LATER, by=admins[0], at=AT)
    return actions.approve_retention(run=run, by=admins[1], at=AT)


def test_counting_changes_nothing_and_names_nobody(known):
    before = traces_of([known.canary])

    printed = retention("--dry-run", "--today", "2033-01-01")

    assert "school/concerns: 1 due" in printed
    assert "social/case_at_social: 1 due, 1 of them too late" in printed
    assert "Nothing was changed." in printed
    assert traces_of([known.canary]) == before
    assert not RetentionRun.objects.exists()
    for secret in (known.canary, str(known.pupil.pk), str(known.case.pk)):
        assert secret not in printed


def test_in_time_is_not_said_to_be_late(known):
    assert "social/case_at_social: 1 due\n" in retention("--today", "2032-12-31")


def test_approved_run_is_carried_out_and_told_in_numbers(known, approved):
    printed = retention("--carry-out")

    assert "school/concerns: 1 erased (1 rows), 0 left out" in printed
    assert known.canary not in printed
    assert traces_of([known.canary]) == {}
    assert "No approved run is waiting." in retention("--carry-out")


def test_proposal_alone_is_not_carried_out(known, admins):
    actions.propose_retention(policy=load_policy(), today=LATER, by=admins[0], at=AT)

    assert "No approved run is waiting." in retention("--carry-out")
    assert traces_of([known.canary])


def test_policy_that_changed_since_the_approval_stops_it(known, approved):
    RetentionRun.objects.update(policy_sha256="0" * 64)

    with pytest.raises(CommandError, match="not what was approved"):
        retention("--carry-out")
    assert traces_of([known.canary])


def test_another_day_is_for_counting_only(known, approved):
    with pytest.raises(CommandError, match="for counting only"):
        retention("--carry-out", "--today", "2050-01-01")


def test_reapplying_without_tombstones_erases_nothing(known):
    assert "0 erased." in retention("--reapply")
    assert traces_of([known.canary])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("night", "last_begins"),
    [
        ("2033-06-30T02:30:00+02:00", 2037),
        ("2033-06-30T23:59:59+02:00", 2037),
        ("2033-07-01T00:00:00+02:00", 2038),  # still June by the world's clock
        ("2033-07-01T02:30:00+02:00", 2038),
        ("2033-12-31T23:59:59+01:00", 2038),
        ("2034-01-01T02:30:00+01:00", 2038),
        ("2036-02-29T02:30:00+01:00", 2040),
    ],
)
def test_each_night_there_is_room_for_five_school_years_ahead(time_machine, night, last_begins):
    time_machine.move_to(night, tick=False)

    assert "Room was made" in retention("--carry-out")
    assert school_years()[-1].first == date(last_begins, 7, 1)
    assert "Room was made" not in retention("--carry-out")


@pytest.mark.django_db
def test_the_turn_of_a_school_year_makes_room_for_one_and_nights_without_power_are_made_good(time_machine):
    made = []
    for night in ("2033-06-29", "2033-06-30", "2033-07-01", "2033-07-02", "2036-07-05"):
        time_machine.move_to(f"{night}T02:30:00+02:00", tick=False)
        before = len(school_years())
        retention("--carry-out")
        made.append(len(school_years()) - before)

    assert made[1:] == [0, 1, 0, 3]


def test_room_is_made_also_when_the_approved_run_is_refused(known, approved, time_machine):
    RetentionRun.objects.update(policy_sha256="0" * 64)
    time_machine.move_to("2033-07-01T02:30:00+02:00", tick=False)

    with pytest.raises(CommandError, match="not what was approved"):
        retention("--carry-out")
    assert school_years()[-1].first == date(2038, 7, 1)


@pytest.mark.django_db
def test_counting_makes_no_room(time_machine):
    time_machine.move_to("2033-07-01T02:30:00+02:00", tick=False)
    before = school_years()

    retention("--dry-run")

    assert school_years() == before
