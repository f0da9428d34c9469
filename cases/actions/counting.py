"""Counting, once a day, what stands still where: what those above both sides read in the place of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from cases.medians import median_of
from cases.models import Case, StandstillCount
from cases.stalled import Facts, Stalled, causes_of, facts_of
from deadlines.stockholm import stockholm_day
from schools.models import protected_ids

AT_A_TIME = 500
"""How many cases are held in memory at once."""

KEPT_FOR = timedelta(days=400)
"""How long counts are kept: a year can be compared with the one before."""

Counted = dict[tuple[UUID, str], list[int]]


def count_standstills(*, at: datetime) -> int:
    """Count the open cases of the day by unit and cause, in the place of an earlier count of it; return how many stand.

    Run it as the clock. Cases about pupils with protected identity are in no count.
    """
    today = stockholm_day(at)
    found: Counted = defaultdict(list)
    open_cases = Case.objects.open().exclude(pupil__in=protected_ids()).order_by("pk")
    keys = list(open_cases.values_list("pk", flat=True))
    for first in range(0, len(keys), AT_A_TIME):
        some = Case.objects.filter(pk__in=keys[first : first + AT_A_TIME])
        _count(facts_of(some.select_related("school_unit"), today), found)
    _store(found, today)
    return sum(len(days) for (_unit, code), days in found.items() if code)


def _count(facts: Iterable[Facts], found: Counted) -> None:
    for one in facts:
        if one.state.ball is None:
            continue
        found[one.state.ball.unit.pk, ""].append(one.state.child_days)
        causes = causes_of(one)
        if causes:
            stalled = Stalled(one.state, causes)
            ball = stalled.ball or one.state.ball
            found[ball.unit.pk, stalled.cause.code].append(stalled.days)


@transaction.atomic
def _store(found: Counted, today: date) -> None:
    """Put the counts in the place of those of the day, and let go of old ones."""
    StandstillCount.objects.filter(day=today).delete()
    StandstillCount.objects.filter(day__lt=today - KEPT_FOR).delete()
    StandstillCount.objects.bulk_create(_rows(found, today))


def _rows(found: Counted, today: date) -> Iterator[StandstillCount]:
    for (unit, code), days in found.items():
        yield StandstillCount(
            day=today, unit_id=unit, code=code, cases=len(days), median_days=median_of(days),
            longest_days=max(days),
        )  # fmt: skip
