"""Takes rows away, as a rule's steps say, and counts for each subject how many went.

The only place that deletes what is never deleted otherwise. Works in the transaction of a run and as the owner of the
database; a row that something kept still points at makes the whole compartment fail rather than leave half a case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, models

from accounts.roles import Side, UnitKind
from audit.models import RowHistory
from deadlines.stockholm import STOCKHOLM

from .policy import Rule, Step
from .school_years import erase_years
from .subjects import Subject

AT_A_TIME = 500
Rows = dict[str, list[Any]]
"""Primary keys of rows by the key of the subject they belong to."""


def erase(rule: Rule, subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Counter[str]]]:
    """Erase the subjects and give, for each, how many rows went or were overwritten by table."""
    if rule.kind.period == "school_year":
        yield from erase_years(rule, subjects)
        return
    for start in range(0, len(subjects), AT_A_TIME):
        some = subjects[start : start + AT_A_TIME]
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for step in rule.erase:
            rows = rows_of(rule, step, some)
            ids = [row for found in rows.values() for row in found]
            _overwrite(step, ids) if step.columns else _delete(step.model, ids)
            for key, found in rows.items():
                counts[key][step.table] += len(found)
        yield from ((subject, counts[subject.key]) for subject in some)


def rows_of(rule: Rule, step: Step, subjects: Sequence[Subject]) -> Rows:
    """Return the rows of the step's table that belong to each subject."""
    if rule.kind.period == "month":
        return {one.key: list(_in_month(step, one.key).values_list("pk", flat=True)) for one in subjects}
    found = step.model._base_manager.order_by().filter(**{f"{step.by}__in": {one.row_id for one in subjects}})
    if step.side:
        found = found.filter(unit__kind__in=[kind for kind in UnitKind if kind.side == Side(step.side)])
    rows: Rows = defaultdict(list)
    for row, owner in found.values_list("pk", step.by):
        rows[str(owner)].append(row)
    return rows


def _in_month(step: Step, month: str) -> models.QuerySet:
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(day, time.min, STOCKHOLM) for day in (first, following))
    found = step.model._base_manager.order_by().filter(**{f"{step.within}__gte": start, f"{step.within}__lt": end})
    return found.exclude(**dict(step.unless)) if step.unless else found


def _overwrite(step: Step, ids: list[Any]) -> None:
    step.model._base_manager.filter(pk__in=ids).update(**dict(step.columns))
    _forget_history(step.model, ids)


def _delete(model: type[models.Model], ids: list[Any]) -> None:
    """Delete exactly these rows: nothing follows along, so everything that goes is written in the policy.

    That rows of the log went, the database writes in the log, so that its chain still holds.
    """
    if not ids:
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        table, column = quote(model._meta.db_table), quote(str(model._meta.pk.column))
        cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [ids])  # noqa: S608
    _forget_history(model, ids)


def _forget_history(model: type[models.Model], ids: list[Any]) -> None:
    """What the rows were before goes with them, the removal just made included."""
    keys = [str(row_id) for row_id in ids]
    RowHistory.objects.filter(table_name=model._meta.db_table, row_key__in=keys).delete()
