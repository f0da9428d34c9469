"""That there is a concern, and where it stands: never what it says, so colleagues may know who may not read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from schools.models import Pupil

from .models import Concern, Signal

WORDS = ("signs", "text", "pupil_words", "answer_text")


def logged_same_day(pupil: Pupil, today: date, submission: UUID) -> Concern | None:
    """Return the latest concern logged about the pupil on `today`, other than the one being sent."""
    concerns = Concern.objects.filter(pupil=pupil, logged_at__date=today).exclude(submission=submission)
    return concerns.defer(*WORDS).select_related("logged_by__user").order_by("-logged_at", "pk").first()


def latest_concerns(pupil_ids: Iterable[UUID]) -> dict[UUID, Concern]:
    """Return each pupil's latest concern, for those who have one."""
    latest = Concern.objects.filter(pupil__in=pupil_ids).order_by("pupil_id", "-logged_at", "pk").distinct("pupil_id")
    return {concern.pupil_id: concern for concern in latest.defer(*WORDS)}


def without_help_first(signals: QuerySet[Signal]) -> QuerySet[Signal]:
    """Order signals: pupils nobody has logged a concern about first, then by how long ago the line was crossed."""
    has_concern = Exists(Concern.objects.filter(pupil=OuterRef("pupil")))
    return signals.order_by(has_concern.asc(), "crossed_on", "pk")
