"""The monthly random sample: chosen by lot, so that nobody can know or steer which readings are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from hashlib import sha256

from deadlines.months import add_months
from deadlines.stockholm import STOCKHOLM

SIZE = 20
"""Readings a month: what an auditor can look at in a quarter of an hour."""


def chosen(ids: Iterable[int], seed: str, size: int = SIZE) -> list[int]:
    """Return `size` of the ids by lot: those whose print with the seed is lowest. The same in, the same out."""
    return sorted(sorted(ids, key=lambda number: sha256(f"{seed}:{number}".encode()).digest())[:size])


def month_before(day: date) -> date:
    """Return the first day of the latest month that is over."""
    return add_months(day.replace(day=1), -1)


def moments_of(month: date) -> tuple[datetime, datetime]:
    """Return when a month begins and when the next one does, in Stockholm."""
    first = month.replace(day=1)
    return midnight(first), midnight(add_months(first, 1))


def midnight(day: date) -> datetime:
    """Return when a day begins in Stockholm."""
    return datetime.combine(day, time(), STOCKHOLM)
