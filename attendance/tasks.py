"""Work beside the pages: every night all pupils' absence is compared with the lines."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from deadlines.stockholm import stockholm_day
from wall import identity
from wall.roles import IMPORT

from .detection import detect_signals


@app.periodic(cron="30 3 * * *")
@app.task(queue="clock", name="attendance.detect", queueing_lock="attendance.detect")
def detect(timestamp: int) -> None:
    """See which signals the absence of all pupils gives: also of those whom no file has told of since."""
    now = timezone.now()
    with identity.becoming(IMPORT):
        detect_signals(None, today=stockholm_day(now), at=now)
