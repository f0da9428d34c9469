"""A pupil's share of absence over time, with the lines that make signals and what the school did marked on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from deadlines.stockholm import stockholm_day
from deadlines.templatetags.days import day_words

from .charts import Line
from .figures import SCHOOL_DAYS, Day, absence_over
from .models import Concern, Measure, Signal

WEEKS = 12
BOX = (600, 140)
ANSWERED = (Signal.Answer.WATCH, Signal.Answer.HANDLED)


@dataclass(frozen=True)
class Mark:
    """Something the school did, on its day."""

    number: int
    day: date
    what: str
    x: str

    @property
    def words(self) -> str:
        """Return “9 Nov: concern logged”."""
        return f"{day_words(self.day)}: {self.what}"


@dataclass(frozen=True)
class Point:
    """The share at the end of a week, None when it is not known, and what was done in that week."""

    week: int
    percent: int | None
    done: list[str]


@dataclass(frozen=True)
class Trend:
    """The line, its points for the table, the levels that fit in the drawing, and the marks."""

    line: Line
    points: list[Point]
    levels: list[tuple[str, int]]
    marks: list[Mark]

    @property
    def is_drawn(self) -> bool:
        """Say whether there is anything to draw."""
        return bool(self.line.parts)

    @property
    def labels(self) -> list[tuple[str, int]]:
        """Every other week's place and number."""
        return [(self.line.x(place), point.week) for place, point in enumerate(self.points) if place % 2]


def trend_of(days: Mapping[date, Day], done: Iterable[tuple[date, str]], levels: list[int], today: date) -> Trend:
    """Return the share over twenty school days at the end of each of the latest weeks; `done` is day and words."""
    sundays = [today - timedelta(days=today.weekday() - 6, weeks=back) for back in range(WEEKS - 1, -1, -1)]
    shares = [_share(days, min(sunday, today)) for sunday in sundays]
    line = Line(shares, *BOX, limit=levels[0] if levels else 10)
    first = sundays[0] - timedelta(days=6)
    shown = sorted((day, what) for day, what in done if first <= day <= today)
    marks = [Mark(number, day, what, _x(line, sundays, day)) for number, (day, what) in enumerate(shown, start=1)]
    points = [
        Point(
            sunday.isocalendar().week,
            share,
            [mark.words for mark in marks if sunday - timedelta(days=6) <= mark.day <= sunday],
        )
        for sunday, share in zip(sundays, shares, strict=True)
    ]
    return Trend(line, points, [(line.y(level), level) for level in levels if level <= line.top], marks)


def done_about(
    concerns: Iterable[Concern],
    signals: Iterable[Signal],
    measures: Iterable[Measure] = (),
    investigated_since: Iterable[date] = (),
) -> list[tuple[date, str]]:
    """Return what the reader may know that the school did: concerns, answers to signals, measures, investigations."""
    logged = [(stockholm_day(concern.logged_at), _("concern logged")) for concern in concerns]
    answered = {
        (stockholm_day(signal.answered_at), str(signal.get_answer_display()).lower())
        for signal in signals
        if signal.answer in ANSWERED and signal.answered_at is not None
    }
    begun = [(measure.starts_on, measure.title) for measure in measures]
    investigated = [(day, _("absence begins to be investigated")) for day in investigated_since]
    return logged + sorted(answered) + begun + investigated


def _share(days: Mapping[date, Day], until: date) -> int | None:
    absence = absence_over(days, until)
    return absence.percent if absence.school_days == SCHOOL_DAYS and absence.is_reliable else None


def _x(line: Line, sundays: list[date], day: date) -> str:
    """Return how far right a day lies: points lie on Sundays, so a day before the first one lies on the edge."""
    weeks = max(0.0, (day - sundays[0]).days / 7)
    return f"{min(weeks, len(sundays) - 1) * line.width / (len(sundays) - 1):.1f}"
