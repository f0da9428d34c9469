"""How fresh a school's absence is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Max

from accounts.models import Unit
from deadlines.working_days import working_days_between

from .definitions import definitions_of
from .models import AbsenceSource, ClassDay
from .sources import counted_source

STALE_AFTER = 5
CAME_AT = "SELECT when_absence_came(%s)"
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
    """Return how far the school's absence reaches; stale when more than five working days are missing."""
    counted = ClassDay.objects.filter(class_group__school__unit=unit, source__is_counted=True)
    last_day = counted.aggregate(last=Max("day"))["last"]
    is_stale = last_day is not None and working_days_between(last_day, today) > STALE_AFTER
    with connection.cursor() as cursor:
        cursor.execute(CAME_AT, [unit.pk])
        (came_at,) = cursor.fetchone()
    return Reported(last_day, is_stale, counted_source(unit), came_at)
