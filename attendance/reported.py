"""How fresh a school's absence is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from accounts.models import Unit
from deadlines.working_days import working_days_between

from .definitions import definitions_of
from .models import AbsenceSource
from .sources import counted_source

STALE_AFTER = 5
HOW_FRESH = """
SELECT (SELECT max(told.day) FROM schools_classgroup class_group
          JOIN LATERAL (SELECT day FROM attendance_classday
                         WHERE class_group_id = class_group.id AND source_id = %(source)s
                         ORDER BY day DESC LIMIT 1) told ON true
         WHERE class_group.school_id = %(unit)s), when_absence_came(%(unit)s)
"""
"""Imports belong to an app above; the database tells everybody at the school when the latest one was read in."""


@dataclass(frozen=True)
class Reported:
    """The last day the absence that counts for the school tells about, None when there is none; and its source.

    `came_at` is when a file was last read in, None when no file was.
    """

    last_day: date | None
    is_stale: bool
    source: AbsenceSource | None = None
    came_at: datetime | None = None

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """What the words of the source mean."""
        return definitions_of(self.source) if self.source else []


def reported_until(unit: Unit, today: date) -> Reported:
    """Return how far the school's absence reaches; stale when more than five working days are missing; two queries."""
    source = counted_source(unit)
    with connection.cursor() as cursor:
        cursor.execute(HOW_FRESH, {"unit": unit.pk, "source": source.pk if source else None})
        last_day, came_at = cursor.fetchone()
    is_stale = last_day is not None and working_days_between(last_day, today) > STALE_AFTER
    return Reported(last_day, is_stale, source, came_at)
