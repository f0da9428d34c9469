"""Anchor the log, and find out whether it is as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from wall import identity
from wall.roles import CLOCK

from . import anchors, chain


@dataclass(frozen=True)
class Verdict:
    """How much of the log was looked at, and everything that is not as it was written."""

    links: int
    anchors: int
    erased: int
    findings: list[str]


def anchor_log(at: datetime) -> list[anchors.Anchor]:
    """Write the newest link of each authority to the file outside the database."""
    if not settings.LOG_ANCHOR_KEY:
        raise ImproperlyConfigured("LOG_ANCHOR_KEY is needed to anchor the log; see docs/operations.md.")
    with identity.becoming(CLOCK), connection.cursor() as cursor:
        heads = chain.heads(cursor)
    return anchors.append(Path(settings.LOG_ANCHOR_FILE), settings.LOG_ANCHOR_KEY, heads, at)


def verify_log() -> Verdict:
    """Compute the whole chain anew and compare it with the anchors."""
    anchored, faults = anchors.read(Path(settings.LOG_ANCHOR_FILE), settings.LOG_ANCHOR_KEY)
    with connection.cursor() as cursor:
        erased = chain.erasures(cursor)
        links, findings = chain.check_chain(chain.linked_entries(cursor), anchored, erased)
        findings += chain.unlinked(cursor)
    return Verdict(links, len(anchored), sum(each.rows for each in erased.values()), [*faults, *map(str, findings)])
