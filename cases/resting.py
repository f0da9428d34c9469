"""What rests when: a school's breaks, and which clocks count the days in them.

Days are counted in three ways that are never mixed (law.md 9.1): in school days, in working days, and in calendar days
or months. What is counted in school days rests on every day without teaching; what is counted in working days rests on
weekends, public holidays and the three eves; a time that the law counts in calendar days or months never rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.duty_clocks import (
    SCHOOL_DAYS_TO_FINISH,
    WORKING_DAYS_TO_TELL_MUNICIPALITY,
    WORKING_DAYS_TO_TELL_PROVIDER,
)
from attendance.follow_up_days import MOST_SCHOOL_DAYS
from attendance.thresholds import FIRST_VERSION
from deadlines.holidays import SATURDAY, public_holidays, work_free_eves
from deadlines.school_days import DayRange
from deadlines.working_days import ONE_DAY, working_days_between
from schools.models import BreakDay, School, Term
from schools.regional_pattern import FIRST_MONTH, first_year_of, usual_breaks, usual_terms

from .obligations import KINDS, Calendar, Kind


@dataclass(frozen=True)
class Free:
    """Days without teaching, `first` to `last`, both included; `is_at_work` where offices are open on some of them."""

    first: date
    last: date
    name: str
    is_at_work: bool = True

    def holds(self, day: date) -> bool:
        """Say whether `day` is one of them."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Clock:
    """One time limit: what is to be done, in how many days (None: on a day that is given), and on what ground."""

    task: str | Promise
    days: int | None
    ground: str | Promise
    is_months: bool = False


@dataclass(frozen=True)
class SchoolYearOfASchool:
    """What a school's year looks like: its free days in order, and whether the provider has set them."""

    first_year: int
    free: list[Free]
    is_set: bool

    def now(self, today: date) -> Free | None:
        """Return the free days that `today` is one of."""
        return next((one for one in self.free if one.holds(today)), None)


def school_year_of(school: School | None, today: date) -> SchoolYearOfASchool:
    """Return the free days of the school year of `today`, through the summer after it; the usual year without a school.

    At most two queries.
    """
    first_year = first_year_of(today)
    terms, breaks, staff_days = _as_set(school, first_year) if school else ([], [], [])
    is_set = bool(terms)
    if not is_set:
        terms = list(usual_terms(first_year))
        breaks = [Free(usual.first, usual.last, name) for name, usual in usual_breaks(first_year).items()]
    free = [*breaks, *staff_days, *_between(terms, first_year), *_holidays(terms, breaks)]
    return SchoolYearOfASchool(first_year, sorted(free, key=lambda one: (one.first, one.last)), is_set)


def _as_set(school: School, first_year: int) -> tuple[list[DayRange], list[Free], list[Free]]:
    """Return the terms, the breaks and the staff days that the provider and the school have set for a school year."""
    begins, ends = date(first_year, FIRST_MONTH, 1), date(first_year + 1, FIRST_MONTH, 1)
    terms = Term.objects.filter(
        school_year__provider=school.provider_id, starts_on__gte=begins, starts_on__lt=ends
    ).values_list("starts_on", "ends_on")
    days = BreakDay.objects.filter(
        Q(school=None) | Q(school=school.pk), school_year__provider=school.provider_id, day__gte=begins, day__lt=ends
    )
    found = list(days.order_by("day").values_list("day", "name", "kind"))
    breaks = _joined((day, name) for day, name, kind in found if kind == BreakDay.Kind.BREAK)
    staff_days = _joined((day, _("Staff day")) for day, _name, kind in found if kind == BreakDay.Kind.STAFF_DAY)
    return [DayRange(*term) for term in terms.order_by("starts_on")], list(breaks), list(staff_days)


def _joined(rows: Iterable[tuple[date, str]]) -> Iterator[Free]:
    """Give days of one name that follow each other as one range; a weekend between them does not part them."""
    first: date | None = None
    last, called = date.min, ""
    for day, name in rows:
        if first is not None and (name != called or working_days_between(last, day - ONE_DAY)):
            yield Free(first, last, called)
            first = None
        first, last, called = first or day, day, name
    if first is not None:
        yield Free(first, last, called)


def _between(terms: list[DayRange], first_year: int) -> Iterator[Free]:
    """Give the breaks between the terms, and the summer after the last."""
    for one, following in pairwise(terms):
        yield Free(one.last + ONE_DAY, following.first - ONE_DAY, _("Christmas break"))
    autumn = usual_terms(first_year + 1)[0]
    yield Free(terms[-1].last + ONE_DAY, autumn.first - ONE_DAY, _("Summer break"))


def _holidays(terms: list[DayRange], breaks: list[Free]) -> Iterator[Free]:
    """Give the weekdays in the terms, and in no break, on which nobody works, each with its name."""
    for year in sorted({term.first.year for term in terms}):
        for day, name in (public_holidays(year) | work_free_eves(year)).items():
            inside = any(day in term for term in terms) and not any(one.holds(day) for one in breaks)
            if inside and day.weekday() < SATURDAY:
                yield Free(day, day, str(name), is_at_work=False)


def clocks_in_school_days() -> list[Clock]:
    """Return what rests on every day without teaching."""
    agreed = gettext_lazy("Agreement")
    return [
        Clock(gettext_lazy("Answer an early signal"), FIRST_VERSION["answer_school_days"], agreed),
        Clock(gettext_lazy("Finish an investigation of absence"), SCHOOL_DAYS_TO_FINISH, agreed),
        Clock(gettext_lazy("Follow up a measure, at the latest"), MOST_SCHOOL_DAYS, agreed),
    ]


def clocks_in_working_days() -> list[Clock]:
    """Return what rests on weekends, public holidays and eves, and runs in the school’s breaks."""
    told = gettext_lazy("Agreement")
    return [
        *(_clock(kind) for kind in KINDS.values() if kind.calendar == Calendar.WORKING_DAYS),
        Clock(gettext_lazy("Tell the provider of an investigation of absence"), WORKING_DAYS_TO_TELL_PROVIDER, told),
        Clock(gettext_lazy("Tell the home municipality"), WORKING_DAYS_TO_TELL_MUNICIPALITY, told),
    ]


def clocks_that_never_rest() -> list[Clock]:
    """Return what is counted in calendar days or months, and rests on no day."""
    kept = (Calendar.CALENDAR_DAYS, Calendar.MONTHS)
    return [_clock(kind) for kind in KINDS.values() if kind.calendar in kept]


def _clock(kind: Kind) -> Clock:
    return Clock(kind.task, kind.days, kind.ground, kind.calendar == Calendar.MONTHS)
