"""A term of absence, written as the files a school's own system exports, and brought in as a principal would.

Some systems write every lesson, some only a pupil's totals for the day. A file holds the days on which a pupil missed
anything, and one pupil's days when nobody did, so that the importer learns what each class was taught.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from accounts.models import Membership
from integrations.actions import (
    apply_import,
    approve_import,
    judge_import,
    match_columns,
    read_import,
    upload_absence_file,
)
from integrations.csv_files.tables import Mapping
from integrations.models import AbsenceImport
from schools.models import School

from .city import DAY_TOTALS, LESSONS
from .habits import Pattern, days_of_illness, lessons_away
from .population import Resident

HEADINGS = {
    LESSONS: "ElevId;Datum;Start;Lektionslängd;Frånvaro;Status;Ämne",
    DAY_TOTALS: "ElevId;Datum;Undervisningstid;Rapporterad;Giltig;Ogiltig",
}
SUBJECTS = ("Svenska", "Matematik", "Engelska", "NO", "SO", "Idrott", "Bild", "Musik", "Slöjd", "Moderna språk")
PRESENT, VALID, INVALID, UNREPORTED = "Närvarande", "Giltig", "Ogiltig", "Ej rapporterad"
POORLY_REPORTED = ("kista", "6B")
"""A class whose teachers have forgotten to report one lesson in five: its figures are not reliable."""


@dataclass(frozen=True)
class Timetable:
    """A day of lessons: when each starts, and how many minutes it lasts."""

    starts: tuple[str, ...]
    minutes: int


TIMETABLES = {
    range(4): Timetable(("08:20", "09:50", "11:40", "13:00"), 60),
    range(4, 7): Timetable(("08:20", "09:40", "11:00", "12:40", "14:00"), 60),
    range(7, 10): Timetable(("08:20", "09:30", "10:40", "12:30", "13:40", "14:50"), 55),
}


def timetable_of(grade: int) -> Timetable:
    """Return the lessons of a day in this school year."""
    return next(timetable for grades, timetable in TIMETABLES.items() if grade in grades)


def absence_rows(residents: Iterable[Resident], school_days: Sequence[date], exports: str) -> dict[date, list[str]]:
    """Return the rows of a school's export day by day, in the shape its system `exports`."""
    residents = list(residents)
    write = _lesson_lines if exports == LESSONS else _total_line
    rows: dict[date, list[str]] = defaultdict(list)
    taught: set[tuple[object, date]] = set()
    for resident in residents:
        for day, away in _days_away(resident, school_days):
            rows[day] += write(resident, day, away)
            taught.add((resident.class_group.pk, day))
    first_in_class = {resident.class_group.pk: resident for resident in reversed(residents)}
    for group, resident in first_in_class.items():
        for day in school_days:
            if (group, day) not in taught:
                rows[day] += write(resident, day, {})
    return rows


def _days_away(resident: Resident, school_days: Sequence[date]) -> Iterator[tuple[date, dict[int, str]]]:
    """Give the days on which the pupil missed anything, and with what status each lesson was missed."""
    luck = Random(f"absence of {resident.source_id}")
    lessons = len(timetable_of(resident.class_group.grade).starts)
    is_healthy = resident.habit.pattern == Pattern.ILL
    ill = days_of_illness(len(school_days), luck) if is_healthy else set()
    for number, day in enumerate(school_days):
        if is_healthy:
            away = range(lessons) if number in ill else range(0)
        else:
            away = lessons_away(resident.habit, number, len(school_days), day.weekday(), lessons, luck)
        if away:
            status = INVALID if luck.random() < resident.habit.invalid else VALID
            yield day, dict.fromkeys(away, status)


def _unreported(resident: Resident, day: date) -> int | None:
    """Return which of the day's lessons the teacher forgot to report, if any."""
    return day.day % 5 if (resident.school, resident.class_group.name) == POORLY_REPORTED else None


def _lesson_lines(resident: Resident, day: date, away: dict[int, str]) -> list[str]:
    """Return one row for each lesson of a pupil's day."""
    timetable = timetable_of(resident.class_group.grade)
    unreported = _unreported(resident, day)
    lines = []
    for lesson, start in enumerate(timetable.starts):
        status = away.get(lesson, UNREPORTED if lesson == unreported else PRESENT)
        missed = timetable.minutes if lesson in away else 0
        subject = SUBJECTS[(lesson + day.weekday() * 3) % len(SUBJECTS)]
        lines.append(f"{resident.source_id};{day};{start};{timetable.minutes};{missed};{status};{subject}")
    return lines


def _total_line(resident: Resident, day: date, away: dict[int, str]) -> list[str]:
    """Return the one row of a pupil's day: minutes taught, reported, away with and without a valid reason."""
    timetable = timetable_of(resident.class_group.grade)
    taught = len(timetable.starts) * timetable.minutes
    reported = taught - (timetable.minutes if _unreported(resident, day) is not None else 0)
    valid, invalid = (sum(timetable.minutes for status in away.values() if status == kind) for kind in (VALID, INVALID))
    return [f"{resident.source_id};{day};{taught};{reported};{valid};{invalid}"]


def bring_in(school: School, exports: str, rows: list[str], by: Membership, at: datetime) -> AbsenceImport:
    """Upload a file with `rows` of the shape `exports`, read it, approve the preview and let it be stored."""
    content = "\r\n".join([HEADINGS[exports], *rows, ""]).encode("cp1252")
    file_name = f"franvaro_{at:%Y-%m-%d}.csv"
    absence_import = upload_absence_file(unit=school.unit, file_name=file_name, content=content, by=by, at=at)
    absence_import = read_import(absence_import, at=at)
    if absence_import.status == AbsenceImport.Status.NEEDS_MAPPING:
        mapping = Mapping.from_json(absence_import.mapping)
        absence_import = match_columns(absence_import=absence_import, mapping=mapping, by=by, at=at)
        absence_import = read_import(absence_import, at=at)
    absence_import = approve_import(absence_import, by=by, at=at, has_looked=True)
    apply_import(absence_import, at=at)
    judge_import(absence_import, at=at)
    return absence_import
