"""The summer in an open case: from when a plan for the autumn is asked for, and when the first contact is made.

Before the summer every open case gets a plan: who makes the first contact, in week 33 or 34 (docs/law.md, P15 and K25).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from deadlines.school_days import SchoolCalendar
from deadlines.working_days import add_working_days
from schools.calendars import school_calendar
from schools.models import School
from schools.regional_pattern import first_year_of

from .models import Case, Obligation
from .models.case import CaseQuerySet
from .obligations import AUTUMN_CONTACT, PLAN_AUTUMN

ASKED_AHEAD = timedelta(days=28)
"""How long before the last school day a plan is asked for: calendar days (ours; the figure counts cases of 1 June)."""

FIRST_WEEK, LAST_WEEK = 33, 34
"""ISO weeks in which the first contact of the autumn is made, both included (law.md P15, K25)."""

LATE_ASKED_WITHIN = 5
"""Working days for a plan that is asked for when the last school day is near or has passed."""

MONDAY, FRIDAY = 1, 5
LAST_MONTH_OF_SPRING = 7


@dataclass(frozen=True)
class Summer:
    """The summer of one school in one calendar year.

    `last_school_day` is the last one of the spring term; the contact is made from `contact_from` to `contact_to`, both
    included.
    """

    last_school_day: date

    @property
    def contact_from(self) -> date:
        """Monday of week 33."""
        return date.fromisocalendar(self.last_school_day.year, FIRST_WEEK, MONDAY)

    @property
    def contact_to(self) -> date:
        """Friday of week 34."""
        return date.fromisocalendar(self.last_school_day.year, LAST_WEEK, FRIDAY)

    @property
    def asked_from(self) -> date:
        """The first day on which a plan is asked for."""
        return self.last_school_day - ASKED_AHEAD

    def asks_on(self, today: date) -> bool:
        """Say whether an open case is to have a plan on `today`: until the contact itself is due to be made."""
        return self.asked_from <= today < self.contact_from

    def plan_by(self, today: date) -> date:
        """Return the last day for a plan that is asked for on `today`: the last school day, or a week of work."""
        return max(self.last_school_day, add_working_days(today, LATE_ASKED_WITHIN))

    def rests_on(self, today: date) -> bool:
        """Say whether school is out for the summer on `today`, and the contact is not late yet."""
        return self.last_school_day < today <= self.contact_to


def summer_of(calendar: SchoolCalendar, today: date) -> Summer | None:
    """Return the summer of the calendar year of `today`; None where the calendar has no spring term in it."""
    days = [day for day in calendar.school_days if day.year == today.year and day.month < LAST_MONTH_OF_SPRING]
    return Summer(days[-1]) if days else None


def summer_after(school: School, today: date) -> Summer | None:
    """Return the summer in which the school year of `today` ends; school years change on 1 July."""
    june = date(first_year_of(today) + 1, LAST_MONTH_OF_SPRING - 1, 1)
    return summer_of(school_calendar(school, today=today), june)


class Summers:
    """The summers of schools on one day, each school's calendar asked for once."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._found: dict[object, Summer | None] = {}

    @cached_property
    def _schools(self) -> dict[object, School]:
        return {school.pk: school for school in School.objects.select_related("provider")}

    def of(self, unit_id: object) -> Summer | None:
        """Return the summer of the school with this unit; None for a unit that is no school."""
        if unit_id not in self._found:
            school = self._schools.get(unit_id)
            calendar = school_calendar(school, today=self.today) if school else None
            self._found[unit_id] = summer_of(calendar, self.today) if calendar else None
        return self._found[unit_id]


def without_plan(cases: CaseQuerySet, today: date) -> CaseQuerySet:
    """Return those of `cases` that are open and in which no plan has been asked for or made this calendar year."""
    asked = Obligation.objects.filter(kind__in=(PLAN_AUTUMN, AUTUMN_CONTACT), started_on__year=today.year)
    return cases.open().exclude(pk__in=asked.order_by().values("case"))


def to_ask(cases: Iterable[Case], today: date) -> list[tuple[Case, date]]:
    """Return the cases in which a plan is to be asked for on `today`, each with the last day to make it."""
    summers = Summers(today)
    found = []
    for case in cases:
        summer = summers.of(case.school_unit_id)
        if summer is not None and summer.asks_on(today):
            found.append((case, summer.plan_by(today)))
    return found


def contact_days(case: Case, today: date) -> Summer | None:
    """Return the summer of the case's school, which says on which days the first contact is made."""
    return Summers(today).of(case.school_unit_id)
