"""What pages say about measures: how each stands, what its follow-ups said, whether the absence changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from deadlines.due import Due, due_on

from .effects import effect_of
from .figures import days_of
from .models import Measure
from .reduced_timetables import reduced_words

LOOK_BACK = timedelta(weeks=16)
"""Three school weeks before a measure, with the longest break between."""


@dataclass(frozen=True)
class MeasureRow:
    """A measure with its clock; None for one that has ended."""

    measure: Measure
    due: Due | None
    effect: str
    url: str


def measure_rows(measures: Iterable[Measure], today: date) -> tuple[list[MeasureRow], list[MeasureRow]]:
    """Return the measures that run, the next to be followed up first, and those that have ended, the latest first.

    Needs `for_timeline` or `with_page_relations`.
    """
    rows = [_row(measure, today) for measure in measures]
    running = [row for row in rows if row.due is not None]
    ended = [row for row in rows if row.due is None]
    running.sort(key=lambda row: (row.measure.follow_up_on, row.measure.pk))
    ended.sort(key=lambda row: (row.measure.ended_on or today, row.measure.pk), reverse=True)
    return running, ended


def effect_for(measure: Measure, today: date) -> dict[str, Any]:
    """Return the pupil's absence before and after the measure began, and which reduced timetables that is with.

    `effect` is None until there is enough on both sides.
    """
    until = min(measure.ended_on or today, today)
    since = measure.starts_on - LOOK_BACK
    days = days_of(measure.pupil, since, until)
    reduced = reduced_words([measure.pupil_id], until, since)[measure.pupil_id]
    return {"effect": effect_of(days, measure.starts_on, until), "reduced": reduced}


def _row(measure: Measure, today: date) -> MeasureRow:
    latest = next(iter(measure.follow_ups.all()), None)
    return MeasureRow(
        measure=measure,
        due=None if measure.ended_on else due_on(measure.follow_up_on, today),
        effect=str(latest.get_effect_display()) if latest else "",
        url=reverse("attendance:measure_detail", args=[measure.pupil_id, measure.pk]),
    )
