"""Note by hand what nobody has answered, as the worker does every working morning."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.actions.silence import note_silences
from wall import identity
from wall.roles import CLOCK


class Command(BaseCommand):
    """Prints how many silences were noted, never an id or a name."""

    help = (
        "Note what was due, agreed and not answered, and take it one step up. The worker does it by itself on working "
        "days from eight in Stockholm; run twice it notes nothing twice. --at looks at it as of another moment."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment to look from."""
        parser.add_argument("--at", type=datetime.fromisoformat, help="with a time zone, 2026-12-01T09:00+01:00")

    def handle(self, *args: Any, at: datetime | None, **options: Any) -> None:
        """Note them."""
        if at is not None and at.tzinfo is None:
            raise CommandError("--at needs a time zone: 2026-12-01T09:00+01:00.")
        with identity.working_as(CLOCK):
            noted = note_silences(at=at or timezone.now())
        self.stdout.write(f"{noted} silences noted.")
