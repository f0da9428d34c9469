"""Work beside the pages: what nobody has answered is noted, and each is told what waits, on working days."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from wall import identity
from wall.roles import CLOCK

from .actions.breaks import ask_for_autumn_plans
from .actions.counting import count_standstills
from .actions.silence import note_silences
from .digests import send_digests
from .reminders import remind, tell_late


# Asked at both hours, because eight in Stockholm is one of them in winter and the other in summer.
@app.periodic(cron="0 6,7,8,12 * * *")
@app.task(queue="clock", name="cases.note_silences", queueing_lock="cases.note_silences")
def note_silence(timestamp: int) -> None:
    """Note what was due and not answered, ask for plans before the summer, and tell each what of theirs is late."""
    with identity.working_as(CLOCK):
        note_silences(at=timezone.now())
        ask_for_autumn_plans(at=timezone.now())
        tell_late(at=timezone.now())


@app.periodic(cron="10 0,5,10,14 * * *")
@app.task(queue="clock", name="cases.count_standstills", queueing_lock="cases.count_standstills")
def count_what_stands_still(timestamp: int) -> None:
    """Count by unit and cause what stands still, for coordinators."""
    with identity.working_as(CLOCK):
        count_standstills(at=timezone.now())


# Every quarter of an hour, so that one that was missed while the worker stood still comes the same day, once.
@app.periodic(cron="*/15 5-17 * * *")
@app.task(queue="mail", name="cases.send_digests", queueing_lock="cases.send_digests")
def tell_what_waits(timestamp: int) -> None:
    """Give the reminders of the day, and put the digest of everybody whose time has come in the outbox."""
    with identity.working_as(CLOCK):
        remind(at=timezone.now())
    send_digests(at=timezone.now())
