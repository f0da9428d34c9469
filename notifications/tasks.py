"""Work beside the pages: the outbox is emptied when something is put in it, and looked through every five minutes.

And what a killed worker has left half-way is begun anew.
"""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from deadlines.stockholm import stockholm_day
from wall import identity
from wall.roles import CLOCK, OUTBOX

from . import picking_up
from .forgetting import forget_old, forget_old_reminders
from .sending import send_due

KEPT_HOURS = 14 * 24
"""For how many hours a job that is done stays in the queue: two weeks, in which somebody may ask what was run."""


@app.task(queue="mail", name="notifications.send")
def send() -> None:
    """Send what is due. Any number of these may run: each mail is claimed by one."""
    with identity.working_as(OUTBOX):
        send_due(timezone.now)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="mail", name="notifications.sweep", queueing_lock="notifications.sweep")
def sweep(timestamp: int) -> None:
    """Send what was left: by a server that was down, or a worker that ended."""
    with identity.working_as(OUTBOX):
        send_due(timezone.now)


@app.periodic(cron="40 2 * * *")
@app.task(queue="clock", name="notifications.forget", queueing_lock="notifications.forget")
def forget(timestamp: int) -> None:
    """Remove what became of old mails, and old reminders."""
    now = timezone.now()
    with identity.working_as(OUTBOX):
        forget_old(now)
    with identity.working_as(CLOCK):
        forget_old_reminders(stockholm_day(now))


@app.periodic(cron="* * * * *")
@app.task(queue="clock", name="notifications.pick_up", queueing_lock="notifications.pick_up")
async def pick_up(timestamp: int) -> None:
    """Begin anew what workers that were killed have left half-way."""
    await picking_up.pick_up()


@app.periodic(cron="20 2 * * *")
@app.task(queue="clock", name="notifications.remove_old_jobs", queueing_lock="notifications.remove_old_jobs")
async def remove_old_jobs(timestamp: int) -> None:
    """Remove what has long been done from the queue: some tasks run every minute. What failed stays to be seen."""
    await app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_cancelled=True, include_aborted=True)
