"""Reads lessons and attendance, some days at a time: a stretch is stored whole, with how far the run has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from attendance.school_years import SchoolYearPart
from deadlines.stockholm import STOCKHOLM

from . import lesson_rows, rows
from .absence_storing import AbsenceStore
from .client import Answer, Query
from .lists import NAMES, Listing, Place, read_all, read_list
from .problems import SourceError
from .reading import OVERLAP, find_school, moment_of
from .stretches import StretchReading

STRETCH = 7
MOST_LATE_DAYS = 60
EXPANDED, LOOKED_UP, LISTED = "expanded", "looked_up", "listed"
"""How attendance is come by: together with the lessons, asked for by lesson, or as a list of all there is."""

REFUSED = {"refused", "not_allowed", "not_there", "server_failed"}
T = TypeVar("T")


@dataclass
class Days:
    """What was read of a stretch of days."""

    lessons: dict[str, lesson_rows.Lesson] = field(default_factory=dict)
    reports: dict[tuple[str, str], lesson_rows.Report] = field(default_factory=dict)
    leaves: list[lesson_rows.Leave] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, number: int = 1) -> None:
        """Add to a count."""
        self.counts[name] = self.counts.get(name, 0) + number


class AbsenceReading(StretchReading):
    """One run's reading of one school's lessons."""

    def read(self) -> None:
        """Read and store every stretch that is still unread. Raises SourceError; what was stored stays stored."""
        cursor = self.run.cursor
        if "left" not in cursor:
            found, _above = find_school(self.client, self.school.school_unit_code)
            cursor |= {"school": found, "way": EXPANDED}
            cursor["left"] = [[str(first), str(last)] for first, last in [*self._late_days(), *self._stretches()]]
            self._save()
        while cursor["left"]:
            first, last = (date.fromisoformat(day) for day in cursor["left"][0])
            days = self._read_days(first, last)
            with transaction.atomic():
                if not self.run.is_dry_run:
                    store = AbsenceStore(self.source, self.school, today=self.today, at=timezone.now())
                    if not store.pupils:
                        raise SourceError("no_roster")
                    self.run.add(**store.store(days.lessons, days.reports.values(), days.leaves, first, last))
                self.run.add(**days.counts, lessons=len(days.lessons))
                cursor["left"] = cursor["left"][1:]
                self._save()

    def _stretches(self) -> Iterator[tuple[date, date]]:
        """Give the days to read in weeks: those of late, or of the whole school year when everything is read."""
        last = self.today
        first = last - timedelta(days=self.source.days_back)
        if self.run.is_full:
            begun = SchoolYearPart.of(last).first
            first = max(begun, last - timedelta(days=365))
        while first <= last:
            until = min(first + timedelta(days=STRETCH - 1), last)
            yield first, until
            first = until + timedelta(days=1)

    def _late_days(self) -> list[tuple[date, date]]:
        """Return earlier days of which something was reported or mended since the last reading."""
        since = self.run.source_school.absence_until
        if self.run.is_full or since is None or not self.source.offers("attendances"):
            return []
        changed: Query = [
            ("organisation", self.run.cursor["school"]),
            ("meta.modified.after", moment_of(since - OVERLAP)),
        ]
        try:
            found = read_all(self.client, Listing("attendances", changed, lambda row: _is_after(row, since - OVERLAP)))
            ids = sorted({rows.reference(row.get("calendarEvent")) for row in found} - {""})
            events = self.client.look_up("calendarEvents", {"ids": ids}) if ids else []
        except Answer:
            return []
        except SourceError as problem:
            if problem.code in REFUSED:
                return []
            raise
        starts = [rows.time_of(row.get("startTime")) for row in events if isinstance(row, dict)]
        first = self.today - timedelta(days=self.source.days_back)
        days = sorted({moment.astimezone(STOCKHOLM).date() for moment in starts if moment})
        late = [(day, day) for day in days if day < first][-MOST_LATE_DAYS:]
        self.run.add(late_days=len(late))
        return late

    # --- one stretch --------------------------------------------------------------------------------------------------

    def _read_days(self, first: date, last: date) -> Days:
        days = Days()
        self._read_lessons(days, first, last)
        if self.run.cursor["way"] != EXPANDED:
            for row in self._attendance_of(days):
                self._take_report(days, row)
        if self.source.offers("absences"):
            self._read_leaves(days, first, last)
        return days

    def _read_lessons(self, days: Days, first: date, last: date) -> None:
        begins = datetime.combine(first, time(), STOCKHOLM)
        ends = datetime.combine(last + timedelta(days=1), time(), STOCKHOLM) - timedelta(seconds=1)
        window: Query = [
            ("startTime.onOrAfter", moment_of(begins)),
            ("startTime.onOrBefore", moment_of(ends)),
            ("organisation", self.run.cursor["school"]),
        ]
        expand: Query = [("expand", "activity"), ("expand", "attendance")]
        way = self.run.cursor["way"]
        query = [*window, *(expand if way == EXPANDED else expand[:1]), NAMES]
        listing = Listing("calendarEvents", query, lambda row: _is_within(row, begins, ends))
        try:
            self._take_lessons(days, listing)
        except SourceError as problem:
            if way != EXPANDED or problem.code not in {"refused", "not_allowed"}:
                raise
            # Some servers give no attendance inside lessons, on purpose.
            self.run.cursor["way"] = LOOKED_UP
            days.lessons.clear()
            self._read_lessons(days, first, last)

    def _take_lessons(self, days: Days, listing: Listing) -> None:
        embeds = False
        for page in read_list(self.client, listing, self._place()):
            if page.is_first:
                days.lessons.clear()
                days.reports.clear()
                days.counts.clear()
            days.count("not_asked_for", page.dropped)
            for row in page.rows:
                try:
                    one = lesson_rows.lesson(row)
                except rows.BadRow:
                    days.count("bad")
                    continue
                if one is None:
                    days.count("not_held")
                    continue
                one.subject = one.subject or self._subjects.get(one.activity, "")
                days.lessons[one.id] = one
                inside = row.get("_embedded")
                found = inside.get("attendance") if isinstance(inside, dict) else None
                embeds = embeds or isinstance(found, list)
                for told in found if isinstance(found, list) else []:
                    self._take_report(days, told, one.id)
        if self.run.cursor["way"] == EXPANDED and days.lessons and not embeds:
            self.run.cursor["way"] = LOOKED_UP  # the wish to expand was ignored

    def _take_report(self, days: Days, row: Any, of_lesson: str = "") -> None:
        told = self._taken(days, lambda: lesson_rows.report(row, of_lesson))
        if told is not None and told.lesson in days.lessons:
            days.reports[told.lesson, told.student] = told
            changed = rows.modified_at(row)
            if changed:
                self._note_newest(changed)

    def _attendance_of(self, days: Days) -> list[Any]:
        """Return what was reported of lessons that were read without it."""
        if not days.lessons:
            return []
        if self.run.cursor["way"] == LOOKED_UP:
            ids = sorted(days.lessons)
            try:
                # `calendareEvents` is how the standard itself spells it.
                return self.client.look_up("attendances", {"calendareEvents": ids, "calendarEvents": ids})
            except Answer as refused:
                if refused.status not in {400, 403, 404, 405, 422, 501}:
                    raise refused.as_problem("attendances") from refused
                self.run.cursor["way"] = LISTED
        return [row for row in self._all_attendance if rows.reference(row.get("calendarEvent")) in days.lessons]

    @cached_property
    def _all_attendance(self) -> list[Any]:
        """Everything the server has, where it can be asked in no other way: the list knows no dates."""
        here: Query = [("organisation", self.run.cursor["school"])]
        found: list[Any] = []
        for page in read_list(self.client, Listing("attendances", here), self._place()):
            kept = [_without_reason(row) for row in page.rows]
            found = kept if page.is_first else [*found, *kept]
        return found

    def _read_leaves(self, days: Days, first: date, last: date) -> None:
        begins = datetime.combine(first, time(), STOCKHOLM)
        ends = datetime.combine(last + timedelta(days=1), time(), STOCKHOLM)
        # A leave may have begun long before; what counts is that it has not ended.
        query: Query = [
            ("organisation", self.run.cursor["school"]),
            ("endTime.onOrAfter", moment_of(begins)),
            ("startTime.onOrBefore", moment_of(ends)),
        ]
        try:
            found = read_all(self.client, Listing("absences", query), self._place())
        except SourceError as problem:
            if problem.code not in REFUSED:
                raise
            days.count("no_absences")
            return
        for row in found:
            told = self._taken(days, lambda row=row: lesson_rows.leave(row))  # type: ignore[misc]
            if told is not None:
                days.leaves.append(told)

    def _taken(self, days: Days, take: Callable[[], T]) -> T | None:
        """Take a row in, or count why not."""
        try:
            return take()
        except rows.ProtectedPerson:
            days.count("protected")
        except rows.BadRow:
            days.count("bad")
        return None

    @cached_property
    def _subjects(self) -> dict[str, str]:
        """The names of activities, where lessons do not carry them."""
        if not self.source.offers("activities"):
            return {}
        here: Query = [("organisation", self.run.cursor["school"])]
        try:
            found = read_all(self.client, Listing("activities", here), self._place())
        except SourceError as problem:
            if problem.code in REFUSED:
                return {}
            raise
        return {rows.id_of(row, kind="activities"): str(row.get("displayName") or "")[:40] for row in found}

    # --- keeping ------------------------------------------------------------------------------------------------------

    def _place(self) -> Place:
        """Return the beginning of a list, with the manners of the last one."""
        self._last = getattr(self, "_last", Place()).manners()
        return self._last

    def _note_newest(self, moment: datetime) -> None:
        newest = self.run.cursor.get("newest", "")
        now = self.client.facts.server_clock or timezone.now()
        if moment <= now:
            self.run.cursor["newest"] = max(newest, moment_of(moment))


def _is_within(row: Any, first: datetime, last: datetime) -> bool:
    if rows.is_strange(row):
        return True
    starts = rows.time_of(row.get("startTime"))
    return starts is None or first <= starts <= last


def _is_after(row: Any, since: datetime) -> bool:
    changed = rows.modified_at(row)
    return changed is None or changed > since


def _without_reason(row: Any) -> Any:
    """Why somebody was away is not even kept in memory longer than the page."""
    if isinstance(row, dict):
        row.pop("absenceReason", None)
    return row
