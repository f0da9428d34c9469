"""`manage.py anchor_log`: write the newest link of each authority's log to the file outside the database."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audit.verification import anchor_log


class Command(BaseCommand):
    """Anchors the log once; the worker does it every five minutes."""

    help = "Write the newest link of each authority's log to the file outside the database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Anchor, and say what was anchored."""
        for anchor in anchor_log(timezone.now()):
            self.stdout.write(f"{anchor.authority} {anchor.seq}")
