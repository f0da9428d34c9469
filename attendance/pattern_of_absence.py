"""The absence behind an investigation, filled in from data: shares, eight weeks and what stands out, no causes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from schools.models import Pupil

from .figures import days_of, frozen_absence, lessons_of
from .patterns import WEEKS, patterns_of
from .reduced_timetables import reduced_words


def pattern_of(pupil: Pupil, today: date) -> dict[str, Any]:
    """Return the absence on `today` as a copy that does not change, ready for JSON, in the reader's language."""
    since = today - timedelta(weeks=WEEKS, days=today.weekday())
    figures = frozen_absence(pupil, today)
    lessons = [
        lesson for lesson in lessons_of(pupil, since, today)
        if figures["from"] and lesson.day.isoformat() >= figures["from"]
    ]  # fmt: skip
    reduced = reduced_words([pupil.pk], today, since)[pupil.pk]
    told = (
        []
        if not figures["school_days"]
        else [_share(figures), *patterns_of(days_of(pupil, since, today), lessons, today)]
    )
    return figures | {"on": today.isoformat(), "sentences": told + [f"{words}." for words in reduced]}


def _share(figures: dict[str, Any]) -> str:
    return _("Away %(total)s %% of the time over %(days)s school days, %(invalid)s %% without a valid reason.") % {
        "total": figures["total_percent"],
        "days": figures["school_days"],
        "invalid": figures["invalid_percent"],
    }
