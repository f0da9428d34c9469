"""Where the rows of a file wait before they are compared and stored: tables that only this connection sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection

from attendance.school_years import school_years

from .csv_files.problems import Problem
from .csv_files.tables import Mapping, read_lines
from .period_plan import OVERLAPS
from .roster import Roster
from .row_readers import READERS

ROWS_AT_A_TIME = 5000

TABLES = {
    "staged_lesson": "row_number int, pupil_id uuid, class_group_id uuid, day date, starts_at time, "
    "length int, minutes int, kind text, subject text",
    "staged_day": "row_number int, pupil_id uuid, class_group_id uuid, day date, offered int, reported int, "
    "valid int, invalid int, other int, late int",
    "staged_class_day": "row_number int, class_group_id uuid, day date, offered int, reported int",
    "staged_period": "row_number int, pupil_id uuid, class_group_id uuid, granularity text, first_day date, "
    "last_day date, subject text, valid int, invalid int, other int, late int, reported int, offered int, "
    "absent_percent numeric, valid_percent numeric, invalid_percent numeric, unreported_percent numeric, "
    "is_approximate boolean",
    "planned_day": "pupil_id uuid, day date, valid int, invalid int, other int, late int, "
    "own_offered int, own_reported int, is_wanted boolean",
    "changed_class_day": "class_group_id uuid, day date, offered int, reported int, is_new boolean, was jsonb",
    "changed_day": "pupil_id uuid, day date, valid int, invalid int, other int, late int, own_offered int, "
    "own_reported int, is_new boolean, is_gone boolean, was jsonb",
    "changed_lesson": "pupil_id uuid, day date, starts_at time, minutes int, kind text, subject text, "
    "is_new boolean, is_gone boolean, was jsonb",
    "changed_period": "pupil_id uuid, granularity text, first_day date, last_day date, subject text, valid int, "
    "invalid int, other int, late int, reported int, offered int, absent_percent numeric, valid_percent numeric, "
    "invalid_percent numeric, unreported_percent numeric, is_approximate boolean, is_new boolean, is_gone boolean, "
    "was jsonb",
}
SAME_THING = {
    "staged_lesson": "pupil_id, day, starts_at",
    "staged_day": "pupil_id, day",
    "staged_class_day": "class_group_id, day",
    "staged_period": "pupil_id, granularity, first_day, last_day, subject",
}


@dataclass
class Reading:
    """How the reading of a file went."""

    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    is_approximate: bool = False


@contextmanager
def staging_tables() -> Iterator[None]:
    """Make the tables, empty, and take them away afterwards."""
    with connection.cursor() as cursor:
        for name, columns in TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    try:
        yield
    finally:
        # A failed transaction has taken the tables with it, and its connection accepts nothing more.
        if not connection.needs_rollback and not connection.closed_in_transaction:
            with connection.cursor() as cursor:
                for name in TABLES:
                    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")


def stage(content: bytes, mapping: Mapping, roster: Roster, progress: Callable[[int], None]) -> Reading:
    """Read the file into the staging tables, and return everything that is wrong with it, in row order.

    Rows with a problem are left out. `progress` is told how many rows are read, some times a second.
    """
    reader = READERS[mapping.shape](mapping, roster)
    reading = Reading()
    lines = read_lines(content, mapping)
    while piece := list(islice(lines, ROWS_AT_A_TIME)):
        staged = reader.read_piece(piece)
        _copy(reader.table, staged.text)
        reading.problems += staged.problems
        reading.rows += staged.rows
        progress(reading.rows)
    reading.is_approximate = reader.is_approximate
    if reader.table != "staged_period":
        reading.problems += _take_out_other_years(reader.table)
    reading.problems += _take_out_duplicates(reader.table)
    if reader.table == "staged_period":
        reading.problems += _take_out_overlaps()
    reading.problems.sort(key=lambda problem: problem.row_number)
    return reading


def _copy(table: str, text: str) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write(text)


def _take_out_other_years(table: str) -> list[Problem]:
    """Take out rows of days that absence is no longer kept for, or not yet, and name them."""
    years = school_years()
    inside = " OR ".join(["day BETWEEN %s AND %s"] * len(years)) or "false"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE NOT ({inside}) RETURNING row_number, day",  # noqa: S608
            [day for year in years for day in (year.first, year.last)],
        )
        told = {"first": years[0].first.isoformat(), "last": years[-1].last.isoformat()} if years else {}
        return [Problem(row, "date", "day_outside_kept_years", day.isoformat(), told) for row, day in cursor.fetchall()]


def _take_out_duplicates(table: str) -> list[Problem]:
    """Keep the first of several rows about the same thing and name the others."""
    same = SAME_THING[table]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} GROUP BY {same} HAVING count(*) > 1)")  # noqa: S608
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(
            f"""
            DELETE FROM {table} USING (
                SELECT row_number AS later, min(row_number) OVER (PARTITION BY {same}) AS first FROM {table}
            ) told
             WHERE row_number = told.later AND told.first < told.later RETURNING told.later, told.first
            """  # noqa: S608
        )
        return [Problem(later, "", "duplicate_row", "", {"first": first}) for later, first in cursor.fetchall()]


def _take_out_overlaps() -> list[Problem]:
    """Keep the first of several totals of a pupil that share days and name the others."""
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        firsts: dict[int, int] = {}
        for later, first in cursor.fetchall():
            firsts[later] = min(first, firsts.get(later, first))
    return [Problem(later, "", "period_overlaps", "", {"first": first}) for later, first in sorted(firsts.items())]
