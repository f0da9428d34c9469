"""A pupil's latest weeks as a calendar: one sign and one text for each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deadlines.school_days import SchoolCalendar

from .figures import Day

WEEKS = 8
WEEKDAYS = 5


@dataclass(frozen=True)
class Cell:
    """A day: its sign, what the sign means in words, and whether some of the absence was invalid."""

    day: date
    sign: str
    text: str
    is_invalid: bool = False


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
        cells = [cell for row in self.rows for cell in row.cells if cell.sign in "▫▪■" and cell.sign]
        return sorted(cells, key=lambda cell: cell.day, reverse=True)


def absence_calendar(days: Mapping[date, Day], school_days: SchoolCalendar, today: date) -> AbsenceCalendar:
    """Return the latest eight weeks, the week of `today` last. A day that is not reported never looks like presence."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    rows = []
    for weekday in range(WEEKDAYS):
        dates = [monday + timedelta(days=weekday) for monday in mondays]
        name = format_date(dates[0], "D")
        rows.append(WeekdayRow(name, [_cell(day, days.get(day), school_days, today) for day in dates]))
    return AbsenceCalendar(mondays, rows)


def often_away_on(days: Mapping[date, Day], today: date) -> tuple[str, int, int] | None:
    """Return the weekday that stands out in the latest eight weeks: its name, times away, times taught.

    None unless the pupil was away at least three times on it, at least half of the times, and most often of all days.
    """
    since = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    told = {day: figures for day, figures in days.items() if since <= day <= today}
    times = {}
    for weekday in range(WEEKDAYS):
        on_it = [figures for day, figures in told.items() if day.weekday() == weekday]
        times[weekday] = (sum(figures.away > 0 for figures in on_it), len(on_it))
    away = sorted((count for count, _taught in times.values()), reverse=True)
    if away[0] == away[1]:
        return None
    weekday, (count, taught) = max(times.items(), key=lambda item: item[1][0])
    if count < 3 or count * 2 < taught:
        return None
    return format_date(since + timedelta(days=weekday), "l"), count, taught


def _cell(day: date, figures: Day | None, school_days: SchoolCalendar, today: date) -> Cell:
    if day > today or (day == today and figures is None):
        return Cell(day, "", "")
    if figures is None and not school_days.is_school_day(day):
        return Cell(day, "–", _told(day, _("no school")))
    if figures is None or not figures.reported:
        return Cell(day, "?", _told(day, _("not reported")))
    sign, words = _size(figures)
    if figures.away and figures.invalid:
        return Cell(day, sign, _told(day, _("%(size)s, invalid") % {"size": words}), is_invalid=True)
    if figures.away:
        return Cell(day, sign, _told(day, _("%(size)s, valid") % {"size": words}))
    return Cell(day, sign, _told(day, words))


def _size(figures: Day) -> tuple[str, str]:
    if not figures.away:
        return "·", _("present")
    if figures.away >= figures.offered:
        return "■", _("away the whole day")
    if figures.away * 2 >= figures.offered:
        return "▪", _("away half the day or more")
    return "▫", _("away less than half the day")


def _told(day: date, what: str) -> str:
    return f"{format_date(day, pgettext('date format', 'D j M'))}: {what}"
