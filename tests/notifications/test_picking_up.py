"""A worker is killed by force in the middle of a job: another begins the job anew, and what lames all is given up."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from notifications import tasks
from notifications.picking_up import SILENT_SECONDS, TRIES, pick_up

pytestmark = pytest.mark.django_db(transaction=True)

DEAD = timedelta(seconds=SILENT_SECONDS + 5)


def a_worker(ago: timedelta) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", [timezone.now() - ago]
        )
        return cursor.fetchone()[0]


def a_job(status: str, *, worker: int | None = None, lock: str | None = None, attempts: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock, attempts) "
            "VALUES ('clock', 'some.task', %s, %s, %s, %s) RETURNING id",
            [status, worker, lock, attempts],
        )
        return cursor.fetchone()[0]


def status_of(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()[0]


def run(task=pick_up):
    async def inside():
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                return await task()

    return asyncio.run(inside())


@pytest.fixture(autouse=True)
def no_workers_left():
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def test_the_job_of_a_dead_worker_is_begun_anew():
    job = a_job("doing", worker=a_worker(DEAD))

    assert run() == 1
    assert status_of(job) == "todo"


def test_so_is_one_whose_worker_is_already_forgotten():
    job = a_job("doing")

    assert run() == 1
    assert status_of(job) == "todo"


def test_the_job_of_a_living_worker_is_left_alone():
    job = a_job("doing", worker=a_worker(timedelta(seconds=11)))

    assert run() == 0
    assert status_of(job) == "doing"


def test_one_that_waits_in_the_queue_anyway_is_not_put_there_twice():
    left, waiting = a_job("doing", lock="one"), a_job("todo", lock="one")

    assert run() == 0
    assert (status_of(left), status_of(waiting)) == ("aborted", "todo")


def test_one_that_ends_its_worker_every_time_is_failed_so_that_somebody_looks():
    job = a_job("doing", attempts=TRIES - 1)

    assert run() == 0
    assert status_of(job) == "failed"


@pytest.mark.parametrize(
    ("status", "hours", "is_left"),
    [
        ("succeeded", tasks.KEPT_HOURS + 1, False), ("aborted", tasks.KEPT_HOURS + 1, False),
        ("succeeded", tasks.KEPT_HOURS - 1, True), ("failed", tasks.KEPT_HOURS + 1, True),
        ("todo", tasks.KEPT_HOURS + 1, True),
    ],
)  # fmt: skip
def test_what_has_long_been_done_leaves_the_queue_and_what_failed_or_waits_stays(status, hours, is_left):
    job = a_job(status)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'succeeded', %s)",
            [job, timezone.now() - timedelta(hours=hours)],
        )
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, job_id) "
            "VALUES ('some.task', 1, %s)",
            [job],
        )

    run(lambda: tasks.remove_old_jobs(0))

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE id = %s", [job])
        assert cursor.fetchone()[0] == is_left
        cursor.execute("SELECT count(*) FROM procrastinate_periodic_defers WHERE task_name = 'some.task'")
        assert cursor.fetchone()[0] == 1, "that it ran is still known"
        cursor.execute("DELETE FROM procrastinate_periodic_defers WHERE task_name = 'some.task'")
