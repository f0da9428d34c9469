"""Where the rows of a file wait before they are compared and stored: tables that only this connection sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import connection

from attendance.school_years import school_years

from .csv_files import headings
from .csv_files.problems import Problem
from .csv_files.tables import Mapping, read_pieces
from .period_plan import OVERLAPS
from .roster import Roster
from .row_readers import READERS, RowReader

ROWS_AT_A_TIME = 5000
A_MOMENT = 0.25
"""Seconds between two reports of how far the reading is."""
MEMORY = "128MB"
"""What the database may use for each sorting and comparing while rows are staged."""

TABLES = {
    "staged_who": "who int, pupil_id uuid, class_group_id uuid",
    "staged_lesson_row": "row_number int, who int, day date, starts_at time, length int, minutes int, kind text, "
    "subject text",
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
LESSONS = """
CREATE TEMPORARY VIEW staged_lesson AS
SELECT row_number, pupil_id, class_group_id, day, starts_at, length, minutes, kind, subject
  FROM staged_lesson_row JOIN staged_who USING (who)
"""
"""The lessons with their pupils. A pupil in a class has one number, so that rows are short and quickly compared."""

NAMES = {headings.NAME, headings.GIVEN_NAME, headings.FAMILY_NAME}
SAME_THING = {
    "staged_lesson_row": "who, day, starts_at",
    "staged_day": "pupil_id, day",
    "staged_class_day": "class_group_id, day",
    "staged_period": "pupil_id, granularity, first_day, last_day, subject",
}

HAS_DUPLICATES = {
    table: f"SELECT EXISTS (SELECT FROM {table} GROUP BY {same} HAVING count(*) > 1)"  # noqa: S608
    for table, same in SAME_THING.items()
}
# Lessons are as many as the rows of the file. Each start sets one of 64 bits of its pupil's day: a day with as many
# bits as lessons has no two alike, and only of the others are the starts themselves compared.
HAS_DUPLICATES["staged_lesson_row"] = """
WITH suspect AS MATERIALIZED (
    SELECT who, day FROM staged_lesson_row GROUP BY who, day
    HAVING count(*) <> bit_count(bit_or(1::bigint << (time_hash(starts_at) & 63))::bit(64))
)
SELECT EXISTS (SELECT FROM staged_lesson_row JOIN suspect USING (who, day)
                GROUP BY who, day, starts_at HAVING count(*) > 1)
"""


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
        _drop_tables(cursor)
        for name, columns in TABLES.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        cursor.execute(LESSONS)
        cursor.execute(f"SET work_mem = '{MEMORY}'")
    try:
        yield
    finally:
        # A failed transaction has taken the tables with it, and its connection accepts nothing more.
        if not connection.needs_rollback and not connection.closed_in_transaction:
            with connection.cursor() as cursor:
                _drop_tables(cursor)
                cursor.execute("RESET work_mem")


def _drop_tables(cursor: Any) -> None:
    cursor.execute("DROP VIEW IF EXISTS pg_temp.staged_lesson")
    for name in TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")


def stage_lessons(rows: Iterable[tuple[Any, ...]]) -> None:
    """Stage lessons that are read already: pupil, class, day, start, length, minutes, kind and subject."""
    numbers: dict[tuple[Any, Any], int] = {}
    with connection.cursor() as cursor:
        with cursor.copy("COPY staged_lesson_row FROM STDIN") as copy:
            for number, (pupil, group, *rest) in enumerate(rows, start=1):
                copy.write_row((number, numbers.setdefault((pupil, group), len(numbers) + 1), *rest))
        with cursor.copy("COPY staged_who FROM STDIN") as copy:
            for (pupil, group), number in numbers.items():
                copy.write_row((number, pupil, group))


def stage(content: bytes, mapping: Mapping, roster: Roster, progress: Callable[[int], None]) -> Reading:
    """Read the file into the staging tables, and return everything that is wrong with it, in row order.

    Rows with a problem are left out. `progress` is told how many rows are read, some times a second.
    """
    reader = READERS[mapping.shape](mapping, roster)
    if mapping.columns.keys() & NAMES:
        roster.read_names()
    reading = Reading()
    pieces = read_pieces(content, mapping, ROWS_AT_A_TIME)
    while _stage_some(pieces, reader, reading):
        progress(reading.rows)
    reading.is_approximate = reader.is_approximate
    if reader.table != "staged_period":
        reading.problems += _take_out_other_years(reader.table)
    reading.problems += _take_out_duplicates(reader.table)
    if reader.table == "staged_period":
        reading.problems += _take_out_overlaps()
    reading.problems.sort(key=lambda problem: problem.row_number)
    return reading


def _stage_some(pieces: Iterator[tuple[int, list[str]]], reader: RowReader, reading: Reading) -> bool:
    """Read and stage for a moment; the database takes one piece in while the next is read. Say if there was any."""
    until = monotonic() + A_MOMENT
    has_any = False
    with connection.cursor() as cursor, cursor.copy(f"COPY {reader.table} FROM STDIN") as copy:
        for number, lines in pieces:
            has_any = True
            staged = reader.read_piece(number, lines)
            copy.write(staged.text)
            reading.problems += staged.problems
            reading.rows += staged.rows
            if monotonic() > until:
                break
    _copy("staged_who", reader.new_people())
    return has_any


def _copy(table: str, text: str) -> None:
    if text:
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
        cursor.execute(f"ANALYZE {table}, staged_who")
        cursor.execute(HAS_DUPLICATES[table])
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
