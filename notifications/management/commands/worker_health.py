"""Say how the worker is, for people and for monitoring."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.worker import Health, health, moment_words


class Command(BaseCommand):
    """Prints times, numbers and names of tasks; nothing about anybody."""

    help = (
        "Say whether a worker lives, what waits, what failed and when each periodic task last ran. Ends with 1 when "
        "somebody should look: no sign for two minutes, a job or a periodic task fifteen minutes late, or a failure in "
        "the last day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it and end with 1 when something is wrong."""
        now = health(timezone.now())
        self.stdout.write("\n".join(lines_of(now)))
        if not now.is_well:
            sys.exit(1)


def lines_of(now: Health) -> list[str]:
    """Return the whole state, what is wrong first."""
    return [
        *(f"! {problem}" for problem in now.problems()),
        f"last sign of a worker: {_said(now.last_sign)}",
        f"jobs that wait: {now.waiting}, the oldest since: {_said(now.oldest_at)}",
        f"jobs that failed in the last day: {now.failed}",
        *(f"{run.name}: {_said(run.due_at)} {run.status}{' – late' if run.is_late else ''}" for run in now.runs),
    ]


def _said(moment: datetime | None) -> str:
    return moment_words(moment) if moment else "–"
