"""Take a report that a mail did not arrive, as a mail server hands it over."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.failing import note_bounce
from wall import identity
from wall.roles import OUTBOX


class Command(BaseCommand):
    """Reads one report from standard input; prints whether a mail of ours was noted, and never an address."""

    help = "Read a report of a mail that did not arrive (RFC 3464) from standard input and note it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Note it. Ends with 0 also when it is not about a mail of ours: the report is taken, not sent back."""
        with identity.working_as(OUTBOX):
            noted = note_bounce(sys.stdin.buffer.read(), at=timezone.now())
        self.stdout.write("noted" if noted else "nothing to note")
