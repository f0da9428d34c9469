"""The calendar on a pupil's page: which weeks, as a table or as a list, and the links between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import pgettext

from deadlines.school_days import SchoolCalendar
from schools.regional_pattern import first_year_of

WEEKS, TERM, YEAR = "8w", "term", "year"
TABLE, LIST = "table", "list"


@dataclass(frozen=True)
class Choice:
    """A link that shows the calendar in another way."""

    title: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class Shown:
    """What the reader has asked to see; whatever else is asked for, eight weeks as a table."""

    span: str
    view: str
    since: date

    @classmethod
    def read(cls, asked: Mapping[str, str], school_days: SchoolCalendar, today: date) -> Shown:
        """Return what is asked for in an address."""
        span, view = asked.get("span", WEEKS), asked.get("view", TABLE)
        since = {TERM: _term(school_days, today), YEAR: _year(school_days, today)}.get(span)
        return cls(
            span if since else WEEKS,
            view if view in (TABLE, LIST) else TABLE,
            since or today - timedelta(weeks=7, days=today.weekday()),
        )

    @property
    def spans(self) -> list[Choice]:
        """The links between spans."""
        titles = {
            WEEKS: pgettext("calendar", "8 weeks"),
            TERM: pgettext("calendar", "The term"),
            YEAR: pgettext("calendar", "The school year"),
        }
        return [Choice(title, self._address(span, self.view), span == self.span) for span, title in titles.items()]

    @property
    def views(self) -> list[Choice]:
        """The links between calendar and list."""
        titles = {TABLE: pgettext("calendar", "Calendar"), LIST: pgettext("calendar", "List")}
        return [Choice(title, self._address(self.span, view), view == self.view) for view, title in titles.items()]

    def _address(self, span: str, view: str) -> str:
        return f"?span={span}&view={view}"


def _term(school_days: SchoolCalendar, today: date) -> date | None:
    """Return the first day of the term of `today`, between terms of the one before."""
    return max((term.first for term in school_days.terms if term.first <= today), default=None)


def _year(school_days: SchoolCalendar, today: date) -> date | None:
    """Return the first day of the first term of the school year."""
    starts = date(first_year_of(today), 7, 1)
    return min((term.first for term in school_days.terms if starts <= term.first <= today), default=None)
