"""What readings that go stretch by stretch have in common: whose they are, and how far they have come."""

from __future__ import annotations

from django.utils import timezone

from deadlines.stockholm import stockholm_day

from .client import Client
from .models import SyncRun


class StretchReading:
    """One run's reading of one school; `today` is the day the run began, also when it goes on later."""

    def __init__(self, run: SyncRun, client: Client) -> None:
        self.run = run
        self.client = client
        self.source = run.source_school.source
        self.school = run.source_school.school
        self.today = stockholm_day(run.started_at)

    def _save(self) -> None:
        """Note how far the run has come; called in the transaction that stores the stretch."""
        self.run.progressed_at = timezone.now()
        self.run.save(update_fields=["cursor", "counts", "progressed_at"])
