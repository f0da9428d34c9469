"""Rules about roles: which exclude each other, which need two persons, and how long one lasts."""

from __future__ import annotations

from datetime import date, timedelta

from ..roles import Role

EXCLUSIVE_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.LOG_AUDITOR})
"""Who has one of these has no other role at the same time: they watch over content and read none."""

CONTENT_ROLES = frozenset(Role) - EXCLUSIVE_ROLES
"""Every other role works with cases, pupils or what is known about them."""

TWO_PERSON_ROLES = EXCLUSIVE_ROLES
"""One person proposes these; they count when a second has confirmed."""

DAYS_AT_MOST = 366
"""How long a role lasts before it is renewed: twelve months, a leap year included."""

ENDS_SOON = timedelta(days=30)
"""How long before its last day a role is shown as ending."""


def excludes(one: str, other: str) -> bool:
    """Say whether nobody can have the two roles at the same time."""
    return one != other and bool({one, other} & EXCLUSIVE_ROLES)


def last_possible_day(first_day: date) -> date:
    """Return the last day of a role that begins on `first_day`: the day before the same date a year later."""
    is_leap_day = (first_day.month, first_day.day) == (2, 29)
    same_date = date(first_day.year + 1, 3, 1) if is_leap_day else first_day.replace(year=first_day.year + 1)
    return same_date - timedelta(days=1)
