"""`manage.py retention` counts without changing anything, carries out what is approved, and names nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

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
