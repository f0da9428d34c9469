"""A pupil's weeks as a calendar: one sign and one text for each day. What is not known never looks like presence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deadlines.school_days import SchoolCalendar

from .figures import RELIABLE_COVERAGE_PERCENT, Day
from .models import LessonAbsence

WEEKS = 8
WEEKDAYS = 5
NO_SCHOOL, NO_REPORT, UNREPORTED, NO_LESSONS, PRESENT = "–", "?", "◌", "○", "·"
LESS_THAN_HALF, HALF, WHOLE = "▫", "▪", "■"
AWAY = (LESS_THAN_HALF, HALF, WHOLE)


@dataclass(frozen=True)
class Cell:
    """A day: its sign, what the sign means in words, and what the frame and the line under it mean."""

    day: date
    sign: str
    text: str
    is_invalid: bool = False
    is_reduced: bool = False
    lessons: list[str] = field(default_factory=list)

    @property
    def is_away(self) -> bool:
        """Say whether the pupil was away some of the day."""
        return self.sign in AWAY

    @property
    def look(self) -> str:
        """How the cell is drawn, as classes."""
        names = ["day-away"] if self.is_away else ["day-none"] if self.sign != PRESENT else []
        names += ["day-invalid"] if self.is_invalid else []
        names += ["day-reduced"] if self.is_reduced else []
        return " ".join(names)


@dataclass(frozen=True)
class WeekdayRow:
    """One weekday over the weeks."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class AbsenceCalendar:
    """Weeks across, weekdays down."""

    mondays: list[date]
    rows: list[WeekdayRow]

    @property
    def week_numbers(self) -> list[int]:
        """The ISO number of each week."""
        return [monday.isocalendar().week for monday in self.mondays]

    @property
    def absences(self) -> list[Cell]:
        """The days with absence, latest first, for the list."""
        cells = [cell for row in self.rows for cell in row.cells if cell.is_away]
        return sorted(cells, key=lambda cell: cell.day, reverse=True)

    @property
    def signs(self) -> set[str]:
        """The signs there are, for the key."""
        return {cell.sign for row in self.rows for cell in row.cells}

    @property
    def has_reduced(self) -> bool:
        """Say whether some day has fewer lessons than the class."""
        return any(cell.is_reduced for row in self.rows for cell in row.cells)


def absence_calendar(
    days: Mapping[date, Day],
    school_days: SchoolCalendar,
    today: date,
    *,
    since: date | None = None,
    began_on: date | None = None,
    lessons: Iterable[LessonAbsence] = (),
) -> AbsenceCalendar:
    """Return the weeks from that of `since`, by default the latest eight, to that of `today`, the last.

    Days before `began_on`, when the pupil came, are empty. `lessons` are told with the days they belong to.
    """
    first = since or today - timedelta(weeks=WEEKS - 1)
    monday = first - timedelta(days=first.weekday())
    mondays = [monday + timedelta(weeks=n) for n in range((today - monday).days // 7 + 1)]
    told: dict[date, list[str]] = {}
    for lesson in lessons:
        told.setdefault(lesson.day, []).append(_lesson(lesson))
    rows = []
    for weekday in range(WEEKDAYS):
        dates = [monday + timedelta(days=weekday) for monday in mondays]
        cells = [
            Cell(day, "", "")
            if began_on and day < began_on
            else _cell(day, days.get(day), school_days, today, told.get(day, []))
            for day in dates
        ]
        rows.append(WeekdayRow(format_date(dates[0], "D"), cells))
    return AbsenceCalendar(mondays, rows)


def _cell(day: date, figures: Day | None, school_days: SchoolCalendar, today: date, lessons: list[str]) -> Cell:
    if day > today or (day == today and figures is None):
        return Cell(day, "", "")
    if figures is None and not school_days.is_school_day(day):
        return Cell(day, NO_SCHOOL, _told(day, _("no school")))
    if figures is None:
        return Cell(day, NO_REPORT, _told(day, _("nothing has come in")))
    if not figures.offered:
        return Cell(day, NO_LESSONS, _told(day, _("no lessons of the pupil’s own")))
    sign, words = _size(figures)
    if figures.is_reduced:
        words = _("%(size)s, reduced timetable") % {"size": words}
    if figures.away and figures.invalid:
        words = _("%(size)s, invalid") % {"size": words}
    elif figures.away:
        words = _("%(size)s, valid") % {"size": words}
    is_invalid = bool(figures.away and figures.invalid)
    return Cell(day, sign, _told(day, words), is_invalid, figures.is_reduced, lessons)


def _size(figures: Day) -> tuple[str, str]:
    if not figures.away and figures.reported * 100 < RELIABLE_COVERAGE_PERCENT * figures.offered:
        return UNREPORTED, _("attendance not reported") if not figures.reported else _("attendance reported in part")
    if not figures.away:
        return PRESENT, _("present")
    if figures.away >= figures.offered:
        return WHOLE, _("away the whole day")
    if figures.away * 2 >= figures.offered:
        return HALF, _("away half the day or more")
    return LESS_THAN_HALF, _("away less than half the day")


def _lesson(lesson: LessonAbsence) -> str:
    told = {
        "clock": lesson.starts_at.strftime("%H:%M"),
        "subject": lesson.subject or _("lesson"),
        "minutes": lesson.minutes,
        "kind": lesson.get_kind_display(),
    }
    return _("%(clock)s %(subject)s, %(minutes)s minutes: %(kind)s") % told


def _told(day: date, what: str) -> str:
    return f"{format_date(day, pgettext('date format', 'D j M'))}: {what}"
