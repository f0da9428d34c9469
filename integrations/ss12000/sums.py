"""Sums of attendance, where a source gives nothing finer: per pupil, activity and month, with their denominators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from attendance.models import PeriodTotal
from attendance.school_years import SchoolYearPart

from . import rows
from .absence_storing import AbsenceStore
from .client import Query
from .lesson_rows import minutes_of
from .lists import NAMES, Listing, Place, read_all
from .problems import SourceError
from .reading import find_school
from .stretches import StretchReading

NAMES_OF = {
    "valid_minutes": "validAbsenceSum",
    "invalid_minutes": "invalidAbsenceSum",
    "other_minutes": "otherAttendanceSum",
    "reported_minutes": "reportedSum",
    "offered_minutes": "offeredSum",
}
Sums = dict[tuple[UUID, str], dict[str, int | None]]


class SumsReading(StretchReading):
    """One run's reading of one school's sums, month by month: each month replaces what was known of it."""

    def read(self) -> None:
        """Read and store every month that is still unread."""
        cursor = self.run.cursor
        if "left" not in cursor:
            found, _above = find_school(self.client, self.school.school_unit_code)
            cursor |= {"school": found, "left": [[str(first), str(last)] for first, last in self._months()]}
            self._save()
        while cursor["left"]:
            first, last = (date.fromisoformat(day) for day in cursor["left"][0])
            store = AbsenceStore(self.source, self.school, today=self.today, at=timezone.now())
            if not store.pupils and not self.run.is_dry_run:
                raise SourceError("no_roster")
            sums = self._read_month(store, first, last)
            with transaction.atomic():
                if not self.run.is_dry_run:
                    self._store(store, sums, first, last)
                cursor["left"] = cursor["left"][1:]
                self._save()

    def _months(self) -> Iterator[tuple[date, date]]:
        """Give this month up to yesterday and the one before; all of the school year when everything is read."""
        last = self.today - timedelta(days=1)
        first = last.replace(day=1)
        begun = SchoolYearPart.of(last).first
        oldest = begun if self.run.is_full else (first - timedelta(days=1)).replace(day=1)
        while first >= oldest:
            yield first, last
            last = first - timedelta(days=1)
            first = last.replace(day=1)

    def _read_month(self, store: AbsenceStore, first: date, last: date) -> Sums:
        window: Query = [("startDate", str(first)), ("endDate", str(last)), ("organisation", self.run.cursor["school"])]
        listing = Listing(
            "aggregatedAttendance",
            [*window, ("expand", "activity"), NAMES],
            lambda row: not isinstance(row, dict) or rows.day_of(row.get("startDate")) in {None, first},
        )
        sums: Sums = {}
        for row in read_all(self.client, listing, Place()):
            try:
                self._take(row, store, sums)
            except rows.ProtectedPerson:
                self.run.add(protected=1)
            except rows.BadRow:
                self.run.add(bad=1)
        return sums

    def _take(self, row: Any, store: AbsenceStore, sums: Sums) -> None:
        """Add one activity's sums to the pupil's; two activities of one name are one subject."""
        if not isinstance(row, dict):
            raise SourceError("list_not_understood", endpoint="aggregatedAttendance")
        who = row.get("student")
        rows.check_open(who if isinstance(who, dict) else {}, unmarked_is_open=True, is_reference=True)
        pupil = store.pupils.get(rows.reference(who))
        if pupil is None:
            self.run.add(**{"held_aside" if rows.reference(who) in store.hidden else "unknown": 1})
            return
        told = {name: minutes_of(row.get(theirs)) for name, theirs in NAMES_OF.items()}
        if told["valid_minutes"] is None and told["invalid_minutes"] is None:
            if minutes_of(row.get("attendanceSum")) is None:
                raise rows.BadRow
            told["valid_minutes"] = told["invalid_minutes"] = 0
        known = sums.setdefault((pupil, _subject(row)), dict.fromkeys(NAMES_OF))
        for name, minutes in told.items():
            if minutes is not None:
                known[name] = (known[name] or 0) + minutes
        self.run.add(reported=1)

    def _store(self, store: AbsenceStore, sums: Sums, first: date, last: date) -> None:
        """Replace the month. One that was there and is now empty is a fault of the source's, not an empty month."""
        known = PeriodTotal.objects.filter(
            source=store.kept_as, granularity=PeriodTotal.Granularity.MONTH, period_start=first,
            pupil__in=list(store.pupils.values()),
        )  # fmt: skip
        before = {(one.pupil_id, one.subject): one for one in known}
        gone = [one.pk for key, one in before.items() if key not in sums]
        if len(gone) > max(5, len(before) // 10):
            raise SourceError("fewer_lessons", known=len(before), gone=len(gone))
        PeriodTotal.objects.filter(pk__in=gone).delete()
        new, changed = [], []
        for (pupil, subject), told in sums.items():
            one = before.get((pupil, subject))
            if one is None:
                new.append(PeriodTotal(
                    pupil_id=pupil, source=store.kept_as, granularity=PeriodTotal.Granularity.MONTH,
                    period_start=first, period_end=last, subject=subject, **told,
                ))  # fmt: skip
            elif one.period_end != last or any(getattr(one, name) != value for name, value in told.items()):
                one.period_end = last
                for name, value in told.items():
                    setattr(one, name, value)
                changed.append(one)
        PeriodTotal.objects.bulk_create(new, batch_size=1000)
        PeriodTotal.objects.bulk_update(changed, ["period_end", *NAMES_OF], batch_size=1000)
        self.run.add(new=len(new), changed=len(changed), removed=len(gone))


def _subject(row: dict[str, Any]) -> str:
    embedded = row.get("_embedded")
    inside = embedded.get("activity") if isinstance(embedded, dict) else None
    for one in (inside, row.get("activity")):
        name = one.get("displayName") if isinstance(one, dict) else None
        if isinstance(name, str) and name.strip():
            return " ".join(name.split())[:40]
    return ""
