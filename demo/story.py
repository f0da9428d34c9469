"""What a story is: one pupil with a way of being away, and a function that tells what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .habits import Habit, Pattern

if TYPE_CHECKING:
    from .tale import Tale


@dataclass(frozen=True)
class Story:
    """A pupil of the school `school` in class `class_name`, and what happened about the pupil's absence.

    Without a name the pupil is given one like all others. With `leaves_signals` nobody answers the pupil's signals.
    """

    key: str
    school: str
    class_name: str
    habit: Habit
    tell: Callable[[Tale], None]
    given_name: str = ""
    family_name: str = ""
    leaves_signals: bool = False


STORIES: list[Story] = []
"""All stories, in the order they are told."""


def story(
    school: str,
    class_name: str,
    *,
    away: int,
    pattern: Pattern = Pattern.NOW_AND_THEN,
    name: str = "",
    leaves_signals: bool = False,
    since: float = 0.0,
    until: float = 1.0,
) -> Callable[[Callable[[Tale], None]], Callable[[Tale], None]]:
    """Make a story of a telling function; `away` is the pupil's share of absence in per cent.

    `since` and `until` say when the absence begins and ends, as shares of the term. Where somebody logs a concern it
    begins some weeks before.
    """
    given_name, _space, family_name = name.partition(" ")

    def keep(tell: Callable[[Tale], None]) -> Callable[[Tale], None]:
        habit = Habit(away / 100, pattern, since=since, until=until)
        key = tell.__name__
        STORIES.append(Story(key, school, class_name, habit, tell, given_name, family_name, leaves_signals))
        return tell

    return keep
