"""Work beside the pages: every working morning it is noted what nobody has answered."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from wall import identity
from wall.roles import CLOCK

from .actions.silence import note_silences


# Asked at both hours, because eight in Stockholm is one of them in winter and the other in summer.
@app.periodic(cron="0 6,7,8,12 * * *")
@app.task(queue="clock", name="cases.note_silences", queueing_lock="cases.note_silences")
def note_silence(timestamp: int) -> None:
    """Note what was due and not answered, and take it one step up."""
    with identity.working_as(CLOCK):
        note_silences(at=timezone.now())
