"""Which signals the list shows: the tabs, what they can be narrowed to, whose signal stands first, and in what order.

A school has some hundreds of signals in a year. A few columns of them all are read at once and chosen from here; asking
the database for each count and each order anew takes longer. Only the signals of the page are then fetched whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import Membership

from .concern_traces import my_pupils_with_concern
from .models import Signal

MOST_ALSO = 3
"""How many other kinds of signals a row names."""

NEW, WATCHED, CASE, ALL = "new", "watched", "case", "all"
COLUMNS = (
    "pk",
    "pupil_id",
    "kind",
    "level",
    "crossed_on",
    "answer",
    "watch_until",
    "class_group__grade",
    "class_group_id",
    "class_group__name",
)


@dataclass(frozen=True)
class Brief:
    """A signal in the columns that choosing takes."""

    pk: UUID
    pupil_id: UUID
    kind: str
    level: int
    crossed_on: date
    answer: str
    watch_until: date | None
    grade: int
    class_id: UUID
    class_name: str

    @property
    def rank(self) -> tuple[bool, int, date, str]:
        """What makes it the foremost of its pupil: a share before a pattern, the higher, the later."""
        return self.kind == Signal.Kind.TOTAL, self.level, self.crossed_on, str(self.pk)

    def is_waiting(self, today: date) -> bool:
        """Say whether it asks for an answer: it has none, or the watch is over."""
        return Signal.asks_for_answer(self.answer, self.watch_until, today)

    def is_watched(self, today: date) -> bool:
        """Say whether the pupil is watched, the last day included."""
        return self.answer == Signal.Answer.WATCH and self.watch_until is not None and self.watch_until >= today


def briefs_for(reader: Membership) -> list[Brief]:
    """Return all signals about the pupils the reader works with, in short; one query."""
    rows = Signal.objects.visible_to(reader).order_by("class_group__grade", "class_group__name", "crossed_on", "pk")
    return [Brief(*row) for row in rows.values_list(*COLUMNS)]


def in_tabs(briefs: list[Brief], with_case: Collection[UUID], today: date) -> dict[str, list[Brief]]:
    """Return the signals of each tab."""
    return {
        NEW: [one for one in briefs if one.is_waiting(today)],
        WATCHED: [one for one in briefs if one.is_watched(today)],
        CASE: [one for one in briefs if one.pupil_id in with_case],
        ALL: briefs,
    }


def one_per_pupil(briefs: Iterable[Brief]) -> list[Brief]:
    """Return the foremost signal of each pupil."""
    foremost: dict[UUID, Brief] = {}
    for one in briefs:
        kept = foremost.get(one.pupil_id)
        if kept is None or one.rank > kept.rank:
            foremost[one.pupil_id] = one
    return list(foremost.values())


def without_help_first(briefs: list[Brief]) -> list[Brief]:
    """Return the signals, pupils nobody has logged a concern about first, then by how long ago."""
    helped = my_pupils_with_concern()
    return sorted(briefs, key=lambda one: (one.pupil_id in helped, one.crossed_on, str(one.pk)))


def whole(briefs: Iterable[Brief], also: Iterable[Brief]) -> tuple[list[Signal], dict[UUID, list[Signal]]]:
    """Return the signals themselves, in this order, and of `also` the latest of each other kind, by pupil.

    Of the others only their words are shown: they come without what belongs to them.
    """
    shown = {one.pk: one for one in briefs}
    latest = _latest_of_other_kinds(shown.values(), also)
    found = Signal.objects.with_page_relations().in_bulk(list(shown))
    others: dict[UUID, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.filter(pk__in=latest).order_by("crossed_on", "pk"):
        others[signal.pupil_id].append(signal)
    return [found[pk] for pk in shown], others


def _latest_of_other_kinds(shown: Collection[Brief], also: Iterable[Brief]) -> list[UUID]:
    """Return, for the pupils shown, the latest signal of each kind that is not the one shown; a few for each."""
    kinds = {one.pupil_id: one.kind for one in shown}
    latest: dict[UUID, dict[str, Brief]] = defaultdict(dict)
    for one in also:
        if kinds.get(one.pupil_id, one.kind) != one.kind:
            kept = latest[one.pupil_id].get(one.kind)
            if kept is None or (one.crossed_on, str(one.pk)) > (kept.crossed_on, str(kept.pk)):
                latest[one.pupil_id][one.kind] = one
    of_each = [sorted(found.values(), key=lambda one: one.crossed_on)[-MOST_ALSO:] for found in latest.values()]
    return [one.pk for few in of_each for one in few]
