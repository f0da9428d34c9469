"""How invented pupils are away: how much, in what pattern, with or without a reason.

The shares follow what is known of Stockholm (docs/law.md, numbers for demo data): about one pupil in a hundred away
half the time or more, one in twenty more than a fifth, one in seven more than a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

WELL_DAYS_BETWEEN_ILLNESS = 21
MONDAY = 0
HALF = 0.5


class Pattern(StrEnum):
    """When somebody is away."""

    NOW_AND_THEN = "now_and_then"
    MONDAYS = "mondays"
    MORNINGS = "mornings"
    RISING = "rising"
    SETTLING = "settling"
    CEASED = "ceased"
    ILL = "ill"


@dataclass(frozen=True)
class Habit:
    """`share` of the time away, 0 to 1, between `since` and `until`, which are shares of the term.

    `invalid` is how much of the absence lacks a valid reason. Somebody who has CEASED to come is away all that time.
    """

    share: float
    pattern: Pattern = Pattern.NOW_AND_THEN
    invalid: float = 0.4
    since: float = 0.0
    until: float = 1.0
    starts: float = 0.0


HEALTHY = Habit(0.02, Pattern.ILL, 0.02)
BANDS = ((0.013, 0.52, 0.85), (0.04, 0.22, 0.42), (0.085, 0.115, 0.19))
"""Share of pupils, and between which shares of the time they are away. All others are only ill now and then."""

BEGINNINGS = (0.0, 0.0, 0.03, 0.08, 0.15, 0.25)
PATTERNS = (
    Pattern.NOW_AND_THEN,
    Pattern.NOW_AND_THEN,
    Pattern.MORNINGS,
    Pattern.MONDAYS,
    Pattern.RISING,
    Pattern.SETTLING,
)


LATEST_START = 0.35
"""Trouble that the city sees began in the first third of the term: there has been time to act, or not to."""


def beginning(habit: Habit, luck: Random) -> Habit:
    """Return `habit` with a beginning of its own, so that not every child has waited equally long."""
    if habit.pattern in {Pattern.ILL, Pattern.CEASED, Pattern.SETTLING}:
        return habit
    return replace(habit, starts=luck.uniform(0, LATEST_START))


def draw_habit(luck: Random) -> Habit:
    """Return the habit of one pupil of the city."""
    place = luck.random()
    for part, low, high in BANDS:
        if place < part:
            share = luck.uniform(low, high)
            invalid = luck.choice((0.1, 0.4, 0.7))
            if share > HALF and luck.random() < 0.3:
                return Habit(share, Pattern.CEASED, invalid, since=1 - share)
            patterns = (Pattern.RISING, Pattern.NOW_AND_THEN) if share > HALF else PATTERNS
            return Habit(share, luck.choice(patterns), invalid, since=luck.choice(BEGINNINGS))
        place -= part
    return HEALTHY


def lessons_away(habit: Habit, day: int, days: int, weekday: int, lessons: int, luck: Random) -> range:
    """Return which of the day's lessons, counted from 0, the pupil is away from on school day `day` of `days`."""
    first = int(habit.since * days)
    if not first <= day < habit.until * days:
        return range(0)
    progress = (day - first + 0.5) / (days - first)
    whole_day = range(lessons)
    match habit.pattern:
        case Pattern.MONDAYS:
            on_mondays = min(0.95, habit.share * 4)
            others = max(0.0, (habit.share * 5 - on_mondays) / 4)
            return whole_day if luck.random() < (on_mondays if weekday == MONDAY else others) else range(0)
        case Pattern.MORNINGS:
            morning = range(max(1, lessons // 2))
            likely = habit.share * lessons / len(morning)
            if likely > 1:
                return whole_day if luck.random() < habit.share else morning
            return morning if _evenly(likely, day) else range(0)
        case Pattern.RISING:
            return whole_day if luck.random() < min(0.97, habit.share * 2 * progress) else range(0)
        case Pattern.SETTLING:
            return whole_day if luck.random() < min(0.97, habit.share * 2 * (1 - progress)) else range(0)
        case Pattern.CEASED:
            return whole_day
        case _:
            return whole_day if _evenly(habit.share, day) else range(0)


def _evenly(share: float, day: int) -> bool:
    """Spread `share` of the days evenly over the term, so that the share hardly wavers from week to week."""
    return int((day + 1) * share) > int(day * share)


def days_of_illness(days: int, luck: Random) -> set[int]:
    """Return the school days on which somebody healthy stays at home: single days, far apart."""
    ill, day = set(), luck.randrange(WELL_DAYS_BETWEEN_ILLNESS * 2)
    while day < days:
        ill.add(day)
        day += WELL_DAYS_BETWEEN_ILLNESS + luck.randrange(WELL_DAYS_BETWEEN_ILLNESS)
    return ill
