"""Tells the source how the reading went, where it offers to listen: numbers and codes, nothing about anybody."""

from __future__ import annotations

from contextlib import suppress

from django.utils import timezone

from .client import Answer, Client
from .models import SyncRun
from .problems import SourceError

MESSAGES = {
    "done": "The reading is done.",
    "waiting": "The reading is done; changes wait for the school's answer.",
}


def report_back(run: SyncRun, client: Client) -> None:
    """Send counts to /statistics and a line to /log. A source that does not want them is left alone."""
    source = run.source_school.source
    if not source.reports_back or run.is_dry_run:
        return
    now = timezone.now().isoformat(timespec="seconds")
    counts = run.counts
    if source.offers("statistics"):
        body = {
            "resourceType": "Person" if run.kind == SyncRun.Kind.REGISTER else "Attendance",
            "newCount": counts.get("new_pupil", 0) + counts.get("new", 0),
            "updatedCount": sum(counts.get(kind, 0) for kind in ("class", "name", "number", "changed")),
            "deletedCount": counts.get("end", 0) + counts.get("removed", 0),
            "timeOfOccurance": now,
        }
        with suppress(Answer, SourceError):
            client.tell("statistics", body)
    if source.offers("log"):
        bad = counts.get("bad", 0)
        message = MESSAGES.get(run.status, "The reading is done.") + (f" {bad} rows could not be read." if bad else "")
        body = {"message": message, "severityLevel": "Warning" if bad else "Info", "timeOfOccurance": now}
        with suppress(Answer, SourceError):
            client.tell("log", body)
