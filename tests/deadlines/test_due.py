"""The words of a clock."""

from datetime import date

import pytest
from django.utils import translation

from deadlines.due import Due, due_on

TODAY = date(2026, 11, 23)

EXAMPLES = [
    (date(2026, 11, 20), None, "late", "3 days late"),
    (date(2026, 11, 22), None, "late", "1 day late"),
    (TODAY, None, "today", "Today"),
    (date(2026, 11, 24), None, "later", "1 day left"),
    (date(2026, 12, 4), None, "later", "11 days left"),
    (date(2026, 11, 20), date(2026, 12, 3), "paused", "Paused until 3 Dec"),
    (TODAY, TODAY, "paused", "Paused until 23 Nov"),
    (date(2026, 11, 20), date(2026, 11, 22), "late", "3 days late"),
]


@pytest.mark.parametrize(("day", "paused_until", "state", "text"), EXAMPLES)
def test_a_clock_says_how_near_the_day_is(day: date, paused_until: date | None, state: str, text: str) -> None:
    with translation.override("en"):
        assert due_on(day, TODAY, paused_until) == Due(state, text, day)
