"""What there is to tell of a source: its journal, and that it has secrets, never what they are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from .models import SchoolSource, SourceSecret, SourceSubscription, SyncRun


def runs_of(source: SchoolSource) -> QuerySet[SyncRun]:
    """Return the source's runs, the latest first."""
    runs = SyncRun.objects.filter(source_school__source=source).select_related("source_school__school__unit")
    return runs.order_by("-started_at", "pk")


def secrets_of(source: SchoolSource) -> list[dict[str, Any]]:
    """Return the kind of each secret, when it was set and for which hosts."""
    secrets = SourceSecret.objects.filter(source=source).order_by("kind")
    return [
        {"kind": kind, "set_at": set_at, "hosts": hosts}
        for kind, set_at, hosts in secrets.values_list("kind", "set_at", "hosts")
    ]


def subscription_of(source: SchoolSource) -> SourceSubscription | None:
    """Return how the source tells us of changes, without the hash of the address that it calls."""
    return SourceSubscription.objects.filter(source=source).defer("token_hash").first()
