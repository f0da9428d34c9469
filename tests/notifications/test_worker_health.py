"""How the worker is: said by a command, and to system administrators on the page where they begin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from notifications.worker import health
from wall import identity

pytestmark = pytest.mark.django_db


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture(autouse=True)
def an_empty_queue() -> None:
    """Forget what tests that commit have left: the queue's tables are not ours to be emptied."""
    for table in ("events", "periodic_defers", "jobs", "workers"):
        sql(f"DELETE FROM procrastinate_{table}")


def a_worker_lives(ago: timedelta = timedelta(0)) -> None:
    sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", timezone.now() - ago)


def a_job(task: str, status: str, *, ago: timedelta, event: str) -> None:
    sql(
        "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) "
        "VALUES ('clock', %s, %s, %s) RETURNING id) "
        "INSERT INTO procrastinate_events (job_id, type, at) SELECT id, %s, %s FROM job",
        task, status, timezone.now() - ago, event, timezone.now() - ago,
    )  # fmt: skip


def all_periodic_tasks_ran() -> None:
    for run in health(timezone.now()).runs:
        sql(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp) VALUES (%s, %s)",
            run.name, int(run.expected_at.timestamp()),
        )  # fmt: skip


def said(capsys) -> tuple[int, str]:
    try:
        call_command("worker_health")
    except SystemExit as end:
        return int(end.code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_a_worker_that_does_everything_in_time_is_well(capsys):
    a_worker_lives()
    all_periodic_tasks_ran()

    code, out = said(capsys)

    assert code == 0, out
    assert "!" not in out
    assert {"cases.note_silences", "cases.send_digests", "audit.anchor"} <= {
        run.name for run in health(timezone.now()).runs
    }


def test_one_that_has_never_run_is_not(capsys):
    code, out = said(capsys)

    assert code == 1
    assert out.startswith("! The worker has never run")


def test_one_that_has_been_silent_is_not(capsys):
    all_periodic_tasks_ran()
    a_worker_lives(timedelta(minutes=3))

    code, out = said(capsys)

    assert code == 1
    assert out.startswith("! The worker has not run since 20")


def test_a_job_that_waits_too_long_one_that_failed_and_a_task_that_was_missed_are_told(capsys):
    a_worker_lives()
    a_job("notifications.send", "todo", ago=timedelta(minutes=16), event="deferred")
    a_job("attendance.detect", "failed", ago=timedelta(hours=5), event="failed")

    code, out = said(capsys)

    assert code == 1
    assert "! 1 job waits, the oldest since" in out
    assert "! 1 job has failed in the last day." in out
    assert "! Late or failed: " in out


def test_a_failure_of_last_week_and_a_job_for_tomorrow_are_no_reason_to_look(capsys):
    a_worker_lives()
    all_periodic_tasks_ran()
    a_job("attendance.detect", "failed", ago=timedelta(days=7), event="failed")
    a_job("notifications.send", "todo", ago=-timedelta(days=1), event="deferred")

    assert said(capsys)[0] == 0


def test_system_administrator_reads_it_where_they_begin_and_nobody_else_does(client, cast, sign_in):
    begins = sign_in(client, cast.system_admin).get("/", follow=True)

    assert begins.redirect_chain[-1][0] == reverse("accounts:people")
    assert "The worker has never run" in begins.content.decode()
    assert "The worker has" not in sign_in(client, cast.principal).get(reverse("accounts:people")).content.decode()


def test_it_is_not_said_while_all_is_well(client, cast, sign_in):
    a_worker_lives()
    all_periodic_tasks_ran()

    assert (
        'data-color="warning"'
        not in sign_in(client, cast.system_admin).get(reverse("accounts:people")).content.decode()
    )


def test_others_cannot_ask_the_database(cast):
    with (
        identity.acting_as(cast.principal),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        health(timezone.now())


def test_what_should_have_run_before_there_was_a_queue_was_not_missed():
    a_worker_lives()
    a_job("audit.anchor", "succeeded", ago=timedelta(minutes=1), event="succeeded")
    assert health(timezone.now()).late == []

    a_job("audit.anchor", "succeeded", ago=timedelta(days=2), event="succeeded")
    sql("UPDATE procrastinate_events SET at = now() - interval '2 days'")
    assert {run.name for run in health(timezone.now()).late} >= {"attendance.detect"}
