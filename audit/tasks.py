"""Work beside the pages: the log is anchored every five minutes."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .verification import anchor_log


@app.periodic(cron="*/5 * * * *")
@app.task(queue="clock", name="audit.anchor", queueing_lock="audit.anchor")
def anchor(timestamp: int) -> None:
    """Anchor the log outside the database."""
    anchor_log(timezone.now())
