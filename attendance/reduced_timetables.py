"""Who has a reduced timetable, and until when: told beside every figure of a pupil's absence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from deadlines.templatetags.days import day_words

REDUCED = "SELECT * FROM reduced_timetables(%s) WHERE first_day <= %s AND last_day >= %s"
"""Asks past the rows that the reader may see: whoever reads the absence of a pupil needs to know what it is a share of.
The database gives days and hours, and nothing else of a measure."""

REACH = timedelta(weeks=6)
"""How far back a figure of twenty school days reaches at most, breaks aside."""


@dataclass(frozen=True)
class ReducedTimetable:
    """Fewer lessons than the class, from `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date
    hours_a_week: int

    def words(self, today: date) -> str:
        """Return “Reduced timetable, 10 hours a week, until Fri 18 Dec”, or that there was one."""
        told = {"hours": self.hours_a_week, "first": day_words(self.first_day), "last": day_words(self.last_day)}
        if self.last_day < today:
            return _("Had a reduced timetable, %(hours)s hours a week, from %(first)s to %(last)s") % told
        if self.first_day > today:
            return _("Reduced timetable, %(hours)s hours a week, from %(first)s to %(last)s") % told
        return _("Reduced timetable, %(hours)s hours a week, until %(last)s") % told


def reduced_timetables(
    pupil_ids: Iterable[UUID], today: date, since: date | None = None
) -> dict[UUID, list[ReducedTimetable]]:
    """Return the reduced timetables in force some day from `since` (six weeks back) to `today`; one query."""
    pupils = list(pupil_ids)
    found: dict[UUID, list[ReducedTimetable]] = {pupil: [] for pupil in pupils}
    with connection.cursor() as cursor:
        cursor.execute(REDUCED, [pupils, today, since or today - REACH])
        for pupil_id, *told in cursor.fetchall():
            found[pupil_id].append(ReducedTimetable(*told))
    return found


def reduced_words(pupil_ids: Iterable[UUID], today: date, since: date | None = None) -> dict[UUID, list[str]]:
    """Return for each pupil the sentences on reduced timetables that belong beside figures of absence; one query."""
    found = reduced_timetables(pupil_ids, today, since)
    return {pupil: [one.words(today) for one in timetables] for pupil, timetables in found.items()}
