"""The city of the played year: schools with teams beside them, a calendar with lov, people who are away some weeks."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Membership
from accounts.permissions import last_possible_day
from schools.models import BreakDay, SchoolYear
from tests.factories.cases import Cast, make_cast
from tests.factories.schools import BreakDayFactory, TermFactory

LOV = [(date(2026, 10, 26), 5), (date(2027, 3, 1), 5), (date(2027, 3, 29), 5)]
"""First days and numbers of days: autumn break, winter break (v9 in Stockholm), Easter break."""

AWAY = (date(2027, 2, 8), date(2027, 2, 19))


def make_city(casts: int) -> list[Cast]:
    """Return so many casts of one city, each with a school, its area and three teams."""
    return [_make_one() for _number in range(casts)]


def _make_one() -> Cast:
    cast = make_cast()
    year = cast.class_group.school_year
    year.ends_on = date(2027, 6, 10)
    year.save()
    TermFactory(school_year=year)
    TermFactory(school_year=year, spring=True)
    _add_lov(year)
    away_from, away_to = AWAY
    worker = Membership.objects.filter(pk=cast.worker.pk)
    worker.update(away_from=away_from, away_to=away_to, stand_in=cast.colleague)
    Membership.objects.filter(pk=cast.other_worker.pk).update(away_from=away_from, away_to=away_to)
    return cast


def _add_lov(year: SchoolYear) -> None:
    for first, days in LOV:
        for number in range(days):
            BreakDayFactory(school_year=year, kind=BreakDay.Kind.BREAK, day=first + timedelta(days=number), name="Lov")


def renew_roles(today: date) -> None:
    """Let everybody's role run a year from `today`, as administrators do when it is about to end."""
    Membership.objects.update(renewed_on=today, valid_to=last_possible_day(today))
