"""Is the ledger what its events say? Each case rebuilt from its events and held against what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from .models import Case, Event, Hold, HolderInterval, Obligation
from .timeline import rebuild


def stored(case: Case) -> dict[str, Any]:
    """Return what the tables say about `case`, in the form that `rebuild` gives."""
    held = Prefetch("intervals", queryset=HolderInterval.objects.filter(to_at=None), to_attr="current")
    rests = Prefetch("holds", queryset=Hold.objects.filter(ended_at=None), to_attr="resting")
    return {
        "open": case.is_open,
        "outcome": case.outcome,
        "statuses": {str(key): status for key, status in case.referrals.values_list("pk", "status")},
        "obligations": {str(one.pk): _row(one) for one in case.obligations.open().prefetch_related(held, rests)},
    }


def differing() -> Iterator[tuple[UUID, list[str]]]:
    """Give each case whose stored ledger differs from what its events rebuild, and in what: parts, never words.

    Reads every case there is: call it as the owner of the database, or as somebody who sees them all.
    """
    for case in Case.objects.defer("final_word").order_by("opened_at", "pk").iterator():
        events = Event.objects.filter(case=case).order_by("pk").only("case", "changes")
        try:
            told = rebuild(events)
        except KeyError:
            yield case.pk, ["events"]
            continue
        found = stored(case)
        if parts := [part for part in found if told[part] != found[part]]:
            yield case.pk, parts


def _row(obligation: Obligation) -> dict[str, Any]:
    holders = getattr(obligation, "current", [])
    resting = getattr(obligation, "resting", [])
    holder = holders[0] if holders else None
    return {
        "kind": obligation.kind,
        "unit": holder and str(holder.unit_id),
        "person": str(holder.person_id) if holder and holder.person_id else None,
        "due_on": obligation.due_on.isoformat(),
        "paused_until": resting[0].until.isoformat() if resting else None,
    }
