"""Protecting the few: what may be shown of a count, a share and a median (product.md section 1, screens.md (k)).

Concern reports are protected by the same numbers in the database (cases/migrations/0052), which lets nothing else out.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from django.utils.formats import number_format
from django.utils.translation import gettext as _

FEW = 5
"""Counts from 1 up to but not including this are shown as "fewer than 5"."""

SHARE_NEEDS = 20
"""How many there must be before a share is shown."""

MEDIAN_NEEDS = 10
"""How many there must be before a median is shown."""


def shown_count(count: int) -> str:
    """Return the count; "fewer than 5" for 1 to 4."""
    return _("fewer than %(few)d") % {"few": FEW} if 0 < count < FEW else str(count)


def shown_share(part: int, whole: int) -> str:
    """Return whole per cent, rounded down; without enough to count, words that say so."""
    return f"{part * 100 // whole} %" if whole >= SHARE_NEEDS else _("too few to show")


def shown_median(values: Sequence[int]) -> str:
    """Return the median, with one decimal where it falls between two; without enough to count, words that say so."""
    if len(values) < MEDIAN_NEEDS:
        return _("too few to show")
    middle = median(values)
    return number_format(middle, decimal_pos=0 if middle == int(middle) else 1)


def merged(counts: dict[str, int], together: str) -> list[tuple[str, str]]:
    """Return categories with their counts, largest first, the small ones merged under the words `together`.

    Merged are all below FEW, and then the smallest of the others until the merged ones are at least two and at least
    FEW together: nobody can work out a small one from a total. If all together are too few, only that is said.
    """
    largest_first = sorted(
        ((count, name) for name, count in counts.items() if count), key=lambda pair: (-pair[0], pair[1])
    )
    kept = [pair for pair in largest_first if pair[0] >= FEW]
    small = [count for count, _name in largest_first if count < FEW]
    while small and kept and (len(small) < 2 or sum(small) < FEW):
        small.append(kept.pop()[0])
    rows = [(name, str(count)) for count, name in kept]
    return [*rows, (together, shown_count(sum(small)))] if small else rows


def shown_bounds(least: int | None, most: int | None) -> str:
    """Return a share that the database has counted: in whole per cent, or no nearer than that few are told apart."""
    if least is None or most is None:
        return _("too few to show")
    if least == most:
        return f"{least} %"
    return _("at least %(share)d %%") % {"share": least} if least else _("at most %(share)d %%") % {"share": most}


def about(count: int | None) -> str:
    """Return a count that the database has rounded to the nearest five; None where it is fewer than that."""
    return shown_count(1) if count is None else _("about %(count)d") % {"count": count} if count else "0"
