"""Rebuild every case from its events and say where what is stored differs."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from cases.models import Case
from cases.rebuilding import differing


class Command(BaseCommand):
    """Prints ids of cases and which part differs, never a word of a case or a name. Changes nothing."""

    help = (
        "Rebuild the ledger of every case from its events and hold it against what is stored: whether it is open, the "
        "status of its requests, and of each open obligation its kind, holder, date and pause. Ends with 1 when "
        "anything differs. Changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what differs and end with 1, or say that nothing does."""
        found = list(differing())
        for case, parts in found:
            self.stdout.write(f"! {case}: {', '.join(parts)}")
        self.stdout.write(f"{Case.objects.count()} cases rebuilt, {len(found)} differ.")
        if found:
            sys.exit(1)
