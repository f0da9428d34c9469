"""That there is a concern, and where it stands: never what it says, so colleagues may know who may not read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection

from deadlines.stockholm import stockholm_day
from schools.models import Pupil

from .models import Concern

TRACES = "SELECT * FROM concern_traces(%s)"
"""Asks past the rows that the reader may see; the database gives ids, times and the answer's code, and no words."""


def _traces(pupil_ids: list[UUID]) -> list[Concern]:
    """Return the concerns about these pupils, latest first, without their words."""
    return list(Concern.objects.raw(TRACES, [pupil_ids]).prefetch_related("logged_by__user"))


def logged_same_day(pupil: Pupil, today: date, submission: UUID) -> Concern | None:
    """Return the latest concern logged about the pupil on `today`, other than the one being sent."""
    others = [
        trace
        for trace in _traces([pupil.pk])
        if stockholm_day(trace.logged_at) == today and trace.submission != submission
    ]
    return others[0] if others else None


def latest_concerns(pupil_ids: Iterable[UUID]) -> dict[UUID, Concern]:
    """Return each pupil's latest concern, for those who have one."""
    latest: dict[UUID, Concern] = {}
    for trace in _traces(list(pupil_ids)):
        latest.setdefault(trace.pupil_id, trace)
    return latest


def my_pupils_with_concern() -> set[UUID]:
    """Return which of the reader's own pupils there is a concern about; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT my_pupils_with_concern()")
        return {pupil for (pupil,) in cursor.fetchall()}
