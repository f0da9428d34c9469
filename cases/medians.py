"""The median of days, in whole days."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median


def median_of(days: Iterable[int]) -> int:
    """Return the median, half a day rounded up. Raises StatisticsError where there are none."""
    return int(median(days) + 0.5)
