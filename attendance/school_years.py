"""The school years that absence can be stored for: each is a part of its own of the large tables (docs/adr/0017).

Parts are made ahead by the owner of the database: first by a migration, then every night (`retention --carry-out`) and
when registers are loaded. Nobody else makes or sees one: everybody comes through the whole table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import connection, models

from schools.regional_pattern import first_year_of

from .models import AttendanceDay, LessonAbsence

PARTED: tuple[type[models.Model], ...] = (AttendanceDay, LessonAbsence)
YEARS_BACK = 2
YEARS_AHEAD = 5

PARTS = """
SELECT pg_get_expr(part.relpartbound, part.oid) FROM pg_inherits
  JOIN pg_class part ON part.oid = inhrelid WHERE inhparent = %s::regclass
"""
BOUNDS = re.compile(r"FROM \('(\d{4}-\d\d-\d\d)'\) TO \('(\d{4}-\d\d-\d\d)'\)")


@dataclass(frozen=True, order=True)
class SchoolYearPart:
    """The days of a school year, both included: 1 July to 30 June, so that every term lies within one."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> SchoolYearPart:
        """Return the part that a day belongs to."""
        starts = first_year_of(day)
        return cls(date(starts, 7, 1), date(starts + 1, 6, 30))


def make_school_years(today: date) -> int:
    """Make the parts that are missing, from those still kept to some years ahead; return how many school years."""
    starts = SchoolYearPart.of(today).first.year
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE make_absence_year(year)) FROM generate_series(%s::int, %s::int) year",
            [starts - YEARS_BACK, starts + YEARS_AHEAD],
        )
        return int(cursor.fetchone()[0])


def part_of(model: type[models.Model], year: SchoolYearPart) -> str | None:
    """Return the name of the table that holds the model's rows of that school year, None where it is not parted."""
    name = f"{model._meta.db_table}_{year.first.year}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(%s))", [name])
        return name if cursor.fetchone()[0] else None


def take_away_empty_years(today: date) -> int:
    """Take away the parts of long ago that retention has emptied; return how many. Called by the owner."""
    oldest = SchoolYearPart.of(today).first.year - YEARS_BACK
    gone = [year for year in school_years() if year.first.year < oldest and not _holds_anything(year)]
    with connection.cursor() as cursor:
        for year in gone:
            for model in PARTED:
                cursor.execute(f"DROP TABLE {part_of(model, year)}")
    return len(gone)


def _holds_anything(year: SchoolYearPart) -> bool:
    return any(model._base_manager.filter(day__range=(year.first, year.last)).exists() for model in PARTED)


def school_years() -> list[SchoolYearPart]:
    """Return the school years that there is room for, oldest first; anybody may ask."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS, [AttendanceDay._meta.db_table])
        found = [BOUNDS.search(bounds) for (bounds,) in cursor.fetchall()]
    return sorted(SchoolYearPart.of(date.fromisoformat(bounds[1])) for bounds in found if bounds is not None)
