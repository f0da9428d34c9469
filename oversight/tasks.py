"""Work beside the pages: readings are held against the rules every five minutes."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .checking import check_readings


@app.periodic(cron="*/5 * * * *")
@app.task(queue="clock", name="oversight.check", queueing_lock="oversight.check")
def check(timestamp: int) -> None:
    """Hold all readings that have not been looked at against the rules."""
    while check_readings(timezone.now()):
        pass
