"""Dates of the story: everything is told in working days from today, so that the city is always in the present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days


@dataclass(frozen=True)
class StoryDays:
    """Days counted from `today`: -1 is the working day before, 3 the third working day after."""

    today: date

    def on(self, days: int) -> date:
        """Return the day that lies `days` working days from today; 0 is today itself, whatever day it is."""
        return add_working_days(self.today, days)

    def at(self, days: int, clock: time) -> datetime:
        """Return a moment of that day, by the clock in Stockholm."""
        return datetime.combine(self.on(days), clock, tzinfo=STOCKHOLM)
