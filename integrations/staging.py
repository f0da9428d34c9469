"""Where the rows of a file wait before they are compared and stored: tables that only this connection sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from django.db import connection

from attendance.school_years import school_years

from .csv_files.problems import Problem
from .csv_files.tables import Mapping, read_rows
from .roster import Roster
from .row_readers import READERS, RowReader, Staged

ROWS_AT_A_TIME = 5000

TABLES = {
    "staged_lesson": "row_number int, pupil_id uuid, class_group_id uuid, day date, starts_at time, "
    "length int, minutes int, kind text, subject text",
    "staged_day": "row_number int, pupil_id uuid, class_group_id uuid, day date, offered int, reported int, "
    "valid int, invalid int, other int, late int",
    "staged_class_day": "row_number int, class_group_id uuid, day date, offered int, reported int",
    "planned_day": "pupil_id uuid, day date, valid int, invalid int, other int, late int, "
    "own_offered int, own_reported int, is_wanted boolean",
}
SAME_THING = {
    "staged_lesson": "pupil_id, day, starts_at",
    "staged_day": "pupil_id, day",
    "staged_class_day": "class_group_id, day",
}


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


def stage(content: bytes, mapping: Mapping, roster: Roster, progress: Callable[[int], None]) -> list[Problem]:
    """Read the file into the staging tables, and return everything that is wrong with it, in row order.

    Rows with a problem are left out. `progress` is told how many rows are read, some times a second.
    """
    reader = READERS[mapping.shape](mapping, roster)
    problems: list[Problem] = []
    rows = read_rows(content, mapping)
    done = 0
    while chunk := list(islice(rows, ROWS_AT_A_TIME)):
        good: list[Staged] = []
        for row in chunk:
            staged, found = reader.read(row)
            if staged is None:
                problems.extend(found)
            else:
                good.append(staged)
        _copy(reader, good)
        done += len(chunk)
        progress(done)
    problems.extend(_take_out_other_years(reader.table))
    problems.extend(_take_out_duplicates(reader.table))
    return sorted(problems, key=lambda problem: problem.row_number)


def _copy(reader: RowReader, rows: list[Staged]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {reader.table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


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
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
        cursor.execute(
            f"""
            DELETE FROM {table} USING (
                SELECT row_number AS later,
                       min(row_number) OVER (PARTITION BY {SAME_THING[table]}) AS first FROM {table}
            ) told
             WHERE row_number = told.later AND told.first < told.later RETURNING told.later, told.first
            """  # noqa: S608
        )
        return [Problem(later, "", "duplicate_row", "", {"first": first}) for later, first in cursor.fetchall()]
