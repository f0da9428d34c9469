"""Jobs whose worker was killed in the middle: they are begun anew by another. Every job bears to be run twice."""

from __future__ import annotations

from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

SILENT_SECONDS = 30
"""After how many seconds without a sign of life a worker is taken for dead; one that lives gives one every ten."""

TRIES = 3
"""How many times a job is begun in all: one that ends its worker each time is failed, and somebody has to look."""


async def pick_up() -> int:
    """Put the jobs of dead workers back in the queue and return how many. Run it in a worker.

    A job that waits in the queue anyway, under the same lock, is not put there twice: the old one is ended.
    """
    found = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS)
    picked = 0
    for job in found:
        if job.attempts + 1 >= TRIES:
            await app.job_manager.finish_job(job=job, status=Status.FAILED, delete_job=False)
            continue
        try:
            await app.job_manager.retry_job(job)
            picked += 1
        except exceptions.UniqueViolation:
            await app.job_manager.finish_job(job=job, status=Status.ABORTED, delete_job=False)
        except exceptions.ConnectorException:  # another worker has put it back
            continue
    return picked
