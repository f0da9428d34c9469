"""The summer in an open case: from when a plan for the autumn is asked for, and when the first contact is made.

Before the summer every open case gets a plan: who makes the first contact, in week 33 or 34 (docs/law.md, P15 and K25).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from deadlines.working_days import add_working_days
from schools.calendars import school_calendar
from schools.models import School
from schools.regional_pattern import FIRST_MONTH

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
"""As ISO counts the days of a week."""


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


def summer_of(school: School, year: int) -> Summer | None:
    """Return the summer of a calendar year; None where the school's calendar has no spring term in it. One query."""
    spring = date(year, FIRST_MONTH - 1, 1)
    days = school_calendar(school, today=spring).school_days
    last = max((day for day in days if day.year == year and day.month < FIRST_MONTH), default=None)
    return Summer(last) if last else None


def without_plan(cases: CaseQuerySet, today: date) -> CaseQuerySet:
    """Return those of `cases` that are open and in which no plan has been asked for or made this calendar year.

    A plan of an earlier year that still waits to be made is not asked for twice.
    """
    waits = Q(kind=PLAN_AUTUMN, stopped_at=None)
    of_this_year = Q(kind__in=(PLAN_AUTUMN, AUTUMN_CONTACT), started_on__year=today.year)
    asked = Obligation.objects.filter(waits | of_this_year)
    return cases.open().exclude(pk__in=asked.order_by().values("case"))


def to_ask(cases: Iterable[Case], today: date) -> list[tuple[Case, date]]:
    """Return the cases in which a plan is to be asked for on `today`, each with the last day to make it."""
    cases = list(cases)
    schools = School.objects.filter(pk__in={case.school_unit_id for case in cases})
    summers = {school.pk: summer_of(school, today.year) for school in schools}
    found = ((case, summers.get(case.school_unit_id)) for case in cases)
    return [(case, summer.plan_by(today)) for case, summer in found if summer is not None and summer.asks_on(today)]


def summer_in(case: Case, today: date) -> Summer | None:
    """Return this year's summer of the case's school, which says on which days the first contact is made."""
    school = School.objects.filter(pk=case.school_unit_id).first()
    return summer_of(school, today.year) if school else None
