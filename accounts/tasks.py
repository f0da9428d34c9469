"""Work beside the pages: what sign-in has remembered for long enough is forgotten every ten minutes."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from wall import identity
from wall.roles import CLOCK

from . import kept, sessions, throttle


@app.periodic(cron="*/10 * * * *")
@app.task(queue="clock", name="accounts.forget", queueing_lock="accounts.forget")
def forget(timestamp: int) -> None:
    """Remove old counters of failed tries, texts that nobody came back for, and sessions that have ended."""
    now = timezone.now()
    with identity.becoming(CLOCK):
        throttle.forget_old(now)
        kept.forget_old(now)
        sessions.forget_ended(now)
