"""What guards the erasure: append-only tables, the wall, and what brings an erasure back after a restored backup."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from records import actions
from records.models import RetentionRun, RetentionTombstone
from records.policy import load_policy
from tests.factories.records import known_pupil
from tests.records.traces import traces_of
from wall.identity import acting_as

LONG_AFTER = date(2040, 1, 15)
AT = datetime(2040, 1, 15, 3, tzinfo=UTC)


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", ["cases_event", "cases_decision", "audit_auditevent"])
def test_only_added_rows_are_refused_outside_a_run(known, admins, table):
    run = actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)
    actions.approve_retention(run=run, by=admins[1], at=AT)

    refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("number", ["1", "pg_current_xact_id()::text::bigint - 1"])
def test_mark_of_another_transaction_opens_nothing(known, admins, number):
    run = actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)
    run = actions.approve_retention(run=run, by=admins[1], at=AT)

    refused(f"UPDATE records_retentionrun SET erasing_in = {number} WHERE id = '{run.pk}'; DELETE FROM cases_event")


def test_even_a_run_changes_no_row_that_is_only_added_and_needs_two_people(known, admins):
    run = actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)
    mark = f"UPDATE records_retentionrun SET erasing_in = {actions.THIS_TRANSACTION}"

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(mark)
    actions.approve_retention(run=run, by=admins[1], at=AT)
    refused(f"{mark}; UPDATE cases_event SET text = 'x'")


def test_nothing_stays_open_when_a_run_is_done(known, erase_all):
    run = erase_all(LONG_AFTER, AT)

    assert run.erasing_in is None
    refused("DELETE FROM audit_auditevent")


def test_restored_backup_is_erased_again(people, known, erase_all, settings, tmp_path):
    settings.RETENTION_JOURNAL = str(tmp_path / "erased.jsonl")
    point = transaction.savepoint()
    erase_all(LONG_AFTER, AT)
    assert traces_of([known.canary]) == {}
    # The restored backup knows nothing of the run; the file beside the database does.
    transaction.savepoint_rollback(point)
    assert traces_of([known.canary])
    kept = known_pupil(people, 3, at=datetime(2039, 11, 1, 9, tzinfo=UTC))
    before = traces_of([kept.canary])

    run = actions.reapply_retention(policy=load_policy(), at=AT, today=LONG_AFTER)

    assert traces_of([known.canary]) == {}
    assert traces_of([kept.canary]) == before
    assert run.kind == "reapplied"
    assert run.results["pupil"]["erased"] == 1
    assert known.canary not in (tmp_path / "erased.jsonl").read_text()


def test_other_key_recognises_nothing(known, erase_all, settings):
    point = transaction.savepoint()
    erase_all(LONG_AFTER, AT)
    stones = list(RetentionTombstone.objects.values("rule", "subject_digest"))
    transaction.savepoint_rollback(point)
    settings.RETENTION_KEY = "another key"

    run = actions.reapply_retention(policy=load_policy(), at=AT, today=LONG_AFTER)

    assert stones
    assert run.results == {}


def test_nobody_but_a_system_administrator_asks_the_database_what_is_due(people, known, admins):
    with acting_as(admins[0]), connection.cursor() as cursor:
        cursor.execute("SELECT key FROM retention_subjects('concern', '2040-01-01')")
        assert len(cursor.fetchall()) == 1
        assert not RetentionTombstone.objects.exists()
    for member in (people.principal, people.worker, people.coordinator):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting_as(member),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT key FROM retention_subjects('concern', '2040-01-01')")


@pytest.mark.parametrize(
    "change",
    [
        {"erasing_in": 1},
        {"proposed_by": None},
        {"subjects_sha256": "0" * 64},
        {"policy_sha256": "0" * 64},
    ],
)
def test_system_administrator_reaches_neither_mark_nor_fingerprint(known, admins, change):
    actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)

    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(admins[1]):
        RetentionRun.objects.update(**change)


def test_approval_in_somebody_elses_name_is_refused_by_the_database(known, admins):
    actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)
    approved = {"status": "approved", "approved_at": AT, "approved_by": admins[1].user}

    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(admins[0]):
        RetentionRun.objects.update(**approved)
    with acting_as(admins[1]):
        assert RetentionRun.objects.update(**approved) == 1
