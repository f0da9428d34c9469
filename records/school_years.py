"""Lets go of pupils' absence a school year at a time: the part of a table that nobody is to stay in goes whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection, models

from attendance.school_years import SchoolYearPart, part_of

from .policy import Rule, Step
from .subjects import Subject

COUNT = """
SELECT {by}::text, count(*) FROM {table}
 WHERE {within} BETWEEN %(first)s AND %(last)s AND {by} = ANY(%(owners)s::uuid[]) GROUP BY {by}
"""
OTHERS = "SELECT EXISTS (SELECT FROM {part} WHERE {by} <> ALL(%(owners)s::uuid[]))"
REMOVE = """
DELETE FROM {table} WHERE {within} BETWEEN %(first)s AND %(last)s AND {by} = ANY(%(owners)s::uuid[]) RETURNING {key}
"""
FORGET = "DELETE FROM audit_rowhistory WHERE table_name = %s AND row_key = ANY(%s)"
FORGET_OF_YEAR = """
DELETE FROM audit_rowhistory WHERE table_name = %(table)s AND split_part(row_key, '|', 1) = ANY(%(owners)s)
   AND split_part(row_key, '|', 2) BETWEEN %(first)s::text AND %(last)s::text
"""


def erase_years(rule: Rule, subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Counter[str]]]:
    """Erase the pupils' school years and give, for each, how many rows went by table."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    years: dict[SchoolYearPart, dict[str, Subject]] = defaultdict(dict)
    for subject in subjects:
        years[SchoolYearPart.of(date(int(subject.key.partition("|")[2]), 6, 30))][subject.row_id] = subject
    for step in rule.erase:
        for year, owners in years.items():
            for owner, rows in _erase_year(step, year, list(owners)):
                counts[owners[owner].key][step.table] += rows
    yield from ((subject, counts[subject.key]) for subject in subjects)


def _erase_year(step: Step, year: SchoolYearPart, owners: list[str]) -> list[tuple[str, int]]:
    names = _names(step)
    told: dict[str, Any] = {"first": year.first, "last": year.last, "owners": owners}
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(**names), told)
        counted = cursor.fetchall()
        if not counted:
            return []
        part = part_of(step.model, year)
        if part is None:
            cursor.execute(REMOVE.format(**names), told)
            cursor.execute(FORGET, [step.model._meta.db_table, [str(key) for (key,) in cursor.fetchall()]])
            return counted
        cursor.execute(OTHERS.format(part=part, **names), told)
        # Emptied, which waits for nobody but its own readers; the empty part is taken away when the run is over.
        remove = REMOVE.format(**names) if cursor.fetchone()[0] else f"TRUNCATE {part}"
        cursor.execute(remove, told)
        cursor.execute(FORGET_OF_YEAR, told | {"table": step.model._meta.db_table})
    return counted


def _names(step: Step) -> dict[str, str]:
    """Return the table and its columns as SQL names; a row known by several columns is named by its owner's."""
    meta: Any = step.model._meta
    by = _column(step.model, step.by)
    key = by if isinstance(meta.pk, models.CompositePrimaryKey) else meta.pk.column
    quoted = {"table": meta.db_table, "by": by, "within": _column(step.model, step.within), "key": key}
    return {name: connection.ops.quote_name(word) for name, word in quoted.items()}


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]
