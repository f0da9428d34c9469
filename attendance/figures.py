"""How much of the teaching pupils have been away from, over the latest school days and week by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from attendance.models import LessonAbsence
from attendance.pupil_days import ALL_DAYS, DAYS_SINCE
from schools.models import Pupil

SCHOOL_DAYS = 20
FROZEN_WEEKS = 8
RELIABLE_COVERAGE_PERCENT = 90

LATEST_DAYS = f"""
WITH days AS ({ALL_DAYS}),
     numbered AS (SELECT *, row_number() OVER (PARTITION BY pupil_id ORDER BY day DESC) AS nth FROM days
                   WHERE offered > 0)
SELECT pupil_id, count(*), min(day), max(day), sum(offered), sum(reported), sum(valid), sum(invalid)
  FROM numbered WHERE nth <= %(school_days)s GROUP BY pupil_id
"""  # noqa: S608 (the pieces are constants of ours)

DAY_BY_DAY = f"""
WITH days AS ({DAYS_SINCE}) SELECT day, offered, reported, valid, invalid, taught FROM days ORDER BY day
"""  # noqa: S608

# Week by week, and of each week what belongs to the latest school days: added up, that is the window.
BY_WEEK = f"""
WITH days AS ({DAYS_SINCE}),
     numbered AS (SELECT *, row_number() OVER (PARTITION BY pupil_id, offered > 0 ORDER BY day DESC) AS nth FROM days),
     told AS (SELECT *, offered > 0 AND nth <= %(school_days)s AS is_late,
                     (day - %(since)s) / 7 AS week FROM numbered)
SELECT pupil_id, week, sum(offered), sum(valid), sum(invalid), sum(reported),
       count(*) FILTER (WHERE is_late), min(day) FILTER (WHERE is_late), max(day) FILTER (WHERE is_late),
       COALESCE(sum(offered) FILTER (WHERE is_late), 0), COALESCE(sum(reported) FILTER (WHERE is_late), 0),
       COALESCE(sum(valid) FILTER (WHERE is_late), 0), COALESCE(sum(invalid) FILTER (WHERE is_late), 0)
  FROM told GROUP BY pupil_id, week ORDER BY pupil_id, week
"""  # noqa: S608


@dataclass(frozen=True)
class Day:
    """One school day of a pupil, in minutes; `taught` is what the class was offered."""

    offered: int
    reported: int
    valid: int
    invalid: int
    taught: int = 0

    @property
    def away(self) -> int:
        """Minutes away, valid or not."""
        return self.valid + self.invalid

    @property
    def is_reduced(self) -> bool:
        """Say whether the pupil had fewer lessons than the class: a timetable of the own."""
        return self.offered < self.taught


@dataclass(frozen=True)
class Absence:
    """A pupil's absence over the latest school days, in minutes; per cent are whole and rounded down.

    `first_day` and `last_day` are included, and None when there is nothing to count.
    """

    school_days: int = 0
    first_day: date | None = None
    last_day: date | None = None
    offered: int = 0
    reported: int = 0
    valid: int = 0
    invalid: int = 0

    def with_more(self, later: Absence) -> Absence:
        """Return the two together; `later` follows on this one."""
        return Absence(
            self.school_days + later.school_days,
            self.first_day or later.first_day,
            later.last_day,
            self.offered + later.offered,
            self.reported + later.reported,
            self.valid + later.valid,
            self.invalid + later.invalid,
        )

    @property
    def percent(self) -> int:
        """Share of the offered time that the pupil was away, valid or not (School Act 7:19 a makes no difference)."""
        return (self.valid + self.invalid) * 100 // self.offered if self.offered else 0

    @property
    def invalid_percent(self) -> int:
        """Share away without a valid reason."""
        return self.invalid * 100 // self.offered if self.offered else 0

    @property
    def valid_percent(self) -> int:
        """What is left of the share, so that the two always add up."""
        return self.percent - self.invalid_percent

    @property
    def coverage_percent(self) -> int:
        """Share of the offered time for which presence was reported."""
        return self.reported * 100 // self.offered if self.offered else 0

    @property
    def is_reliable(self) -> bool:
        """Say whether enough was reported for the share to mean anything."""
        return bool(self.offered) and self.coverage_percent >= RELIABLE_COVERAGE_PERCENT

    @property
    def hours_away(self) -> int:
        """Hours away, rounded to the nearest."""
        return round((self.valid + self.invalid) / 60)

    @property
    def hours_offered(self) -> int:
        """Hours offered, rounded to the nearest."""
        return round(self.offered / 60)


@dataclass(frozen=True)
class Week:
    """One calendar week of a pupil, in minutes."""

    monday: date
    offered: int = 0
    valid: int = 0
    invalid: int = 0
    reported: int = 0

    @property
    def number(self) -> int:
        """The ISO week number."""
        return self.monday.isocalendar().week

    @property
    def percent(self) -> int | None:
        """Share away, rounded down; None in a week without teaching, or too little reported: that is no presence."""
        if not self.offered or self.reported * 100 < RELIABLE_COVERAGE_PERCENT * self.offered:
            return None
        return (self.valid + self.invalid) * 100 // self.offered


def absence_of(pupil: Pupil, today: date, school_days: int = SCHOOL_DAYS) -> Absence:
    """Return the pupil's absence over the `school_days` latest school days up to and including `today`."""
    return absences_of([pupil.pk], today, school_days)[pupil.pk]


def absences_of(pupil_ids: Iterable[UUID], today: date, school_days: int = SCHOOL_DAYS) -> dict[UUID, Absence]:
    """Return each pupil's absence over the latest school days; one query."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST_DAYS, {"pupils": list(pupil_ids), "today": today, "school_days": school_days})
        found = {pupil_id: Absence(*figures) for pupil_id, *figures in cursor.fetchall()}
    return defaultdict(Absence, found)


def reported_percent(pupil: Pupil, today: date) -> int | None:
    """Return the pupil's share away over the latest school days; None when too little of it is reported; one query."""
    absence = absences_of([pupil.pk], today)[pupil.pk]
    return absence.percent if absence.school_days and absence.is_reliable else None


def days_of(pupil: Pupil, since: date, today: date) -> dict[date, Day]:
    """Return the pupil's school days from `since` to `today`, both included, oldest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(DAY_BY_DAY, {"pupils": [pupil.pk], "today": today, "since": since})
        return {day: Day(*minutes) for day, *minutes in cursor.fetchall()}


def lessons_of(pupil: Pupil, since: date, today: date) -> list[LessonAbsence]:
    """Return the lessons away from `since` to `today`, both included, as the counted source tells them; one query."""
    lessons = LessonAbsence.objects.filter(pupil=pupil, day__range=(since, today), source__is_counted=True)
    return list(lessons.order_by("day", "starts_at"))


def absence_over(days: Mapping[date, Day], until: date, school_days: int = SCHOOL_DAYS) -> Absence:
    """Return the absence over the latest of the given `days` up to and including `until`."""
    window = [(day, figures) for day, figures in days.items() if day <= until and figures.offered][-school_days:]
    if not window:
        return Absence()
    figures = [figures for _day, figures in window]
    return Absence(
        school_days=len(window),
        first_day=window[0][0],
        last_day=window[-1][0],
        offered=sum(day.offered for day in figures),
        reported=sum(day.reported for day in figures),
        valid=sum(day.valid for day in figures),
        invalid=sum(day.invalid for day in figures),
    )


def absences_and_weeks(
    pupil_ids: Iterable[UUID], today: date, weeks: int
) -> tuple[dict[UUID, Absence], dict[UUID, list[Week]]]:
    """Return for each pupil the absence over the latest 20 school days, and the latest `weeks` calendar weeks.

    The week of `today` is the last. One query; one more when the weeks do not hold 20 school days for everybody, after
    the summer or for somebody who is new.
    """
    mondays = [today - timedelta(days=today.weekday(), weeks=back) for back in range(weeks - 1, -1, -1)]
    pupils = list(pupil_ids)
    shown = {pupil: [Week(monday) for monday in mondays] for pupil in pupils}
    absences: dict[UUID, Absence] = defaultdict(Absence)
    with connection.cursor() as cursor:
        cursor.execute(BY_WEEK, {"pupils": pupils, "today": today, "since": mondays[0], "school_days": SCHOOL_DAYS})
        for pupil, week, offered, valid, invalid, reported, *latest in cursor.fetchall():
            shown[pupil][week] = Week(mondays[week], offered, valid, invalid, reported)
            if latest[0]:
                absences[pupil] = absences[pupil].with_more(Absence(*latest))
    short = [pupil for pupil in pupils if absences[pupil].school_days < SCHOOL_DAYS]
    if short:
        absences |= absences_of(short, today)
    return absences, shown


def frozen_absence(pupil: Pupil, today: date) -> dict[str, Any]:
    """Return the pupil's absence as a copy to be shared, ready for JSON: per cent, window and weeks, no causes."""
    absences, weeks = absences_and_weeks([pupil.pk], today, FROZEN_WEEKS)
    absence = absences[pupil.pk]
    return {
        "from": absence.first_day and absence.first_day.isoformat(),
        "until": absence.last_day and absence.last_day.isoformat(),
        "school_days": absence.school_days,
        "total_percent": absence.percent,
        "valid_percent": absence.valid_percent,
        "invalid_percent": absence.invalid_percent,
        "coverage_percent": absence.coverage_percent,
        "weeks": [
            {"monday": week.monday.isoformat(), "week": week.number, "percent": week.percent}
            for week in weeks[pupil.pk]
        ],
    }
