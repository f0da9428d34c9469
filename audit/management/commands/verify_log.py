"""`manage.py verify_log`: find out whether the log is as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.verification import verify_log

SHOWN = 20


class Command(BaseCommand):
    """Verifies the chain of every authority and the anchors."""

    help = "Find edits, deletions, insertions, swaps, cut tails and recomputed chains in the log."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the counts; end with an error when something is not as it was written."""
        verdict = verify_log()
        self.stdout.write(f"links: {verdict.links}, anchors: {verdict.anchors}, findings: {len(verdict.findings)}")
        if verdict.erased:
            self.stdout.write(f"erased on schedule: {verdict.erased} rows; compare with the approved erasures")
        for finding in verdict.findings[:SHOWN]:
            self.stdout.write(f"  {finding}")
        if verdict.findings:
            raise CommandError("The log is not as it was written.")
