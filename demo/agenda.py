"""What is to happen in the city, carried out in the order of time, whichever story it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

Act = Callable[[datetime], object]


class Agenda:
    """Acts waiting for their moment. An act may put further acts on the agenda, at its own moment or later."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._places = count()
        self.done = 0

    def add(self, at: datetime, act: Act) -> None:
        """Let `act` be called with `at`, after everything earlier and what was added before it."""
        heappush(self._waiting, (at, next(self._places), act))

    def carry_out(self, tell: Callable[[int, datetime], None]) -> None:
        """Do everything in order; `tell` is told how many acts are done and where in time the story is."""
        while self._waiting:
            at, _place, act = heappop(self._waiting)
            act(at)
            self.done += 1
            tell(self.done, at)
