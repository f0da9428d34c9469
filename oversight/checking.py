"""The log is held against the rules, a little at a time, beside the pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from audit.models import AccessRecord
from wall import identity
from wall.roles import CLOCK

from .facts import facts_of
from .models import RuleHit, RuleRun
from .rules import hits

BATCH = 500
SETTLED = timedelta(minutes=2)
"""Rows get their numbers before they are committed; what is younger may still be joined by a lower number."""


def check_readings(at: datetime) -> int:
    """Hold the next readings against the rules and keep what they hit; return how many readings were looked at."""
    with identity.becoming(CLOCK):
        return _check_next(at)


def _check_next(at: datetime) -> int:
    last = RuleRun.objects.order_by("-up_to", "-pk").first()
    waiting = AccessRecord.objects.filter(pk__gt=last.up_to if last else 0, at__lt=at - SETTLED)
    records = list(waiting.select_related("user").order_by("pk")[:BATCH])
    if not records:
        return 0
    found = [
        RuleHit(authority=record.authority, record=record, pupil=pupil, rule=rule, found_at=at)
        for record, pupil, facts in facts_of(records)
        for rule in sorted(hits(facts))
    ]
    RuleHit.objects.bulk_create(found, ignore_conflicts=True)
    RuleRun.objects.create(up_to=records[-1].pk, ran_at=at)
    return len(records)
