"""Stores lessons through the same tables and the same plan as a file: what was read of a day replaces that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from attendance.models import AbsenceSource
from attendance.school_years import school_years
from attendance.sources import make_source
from schools.models import School

from ..csv_files import headings
from ..csv_files.problems import CellProblem
from ..plan import carry_out_plan, make_plan
from ..roster import Roster
from ..staging import stage_lessons, staging_tables
from .lesson_rows import UNREPORTED, Leave, Lesson, Report, fits, parts_of
from .models import SchoolSource, SourcePupil
from .problems import SourceError

# Days with absence that the source has nothing more to say of: the lessons were taken away.
EMPTIED = """
INSERT INTO staged_day
SELECT 0, known.pupil_id, NULL, known.day, NULL, NULL, 0, 0, 0, 0
  FROM attendance_attendanceday known
 WHERE known.source_id = %(source)s AND known.day BETWEEN %(first)s AND %(last)s AND known.pupil_id = ANY (%(pupils)s)
   AND NOT EXISTS (SELECT 1 FROM staged_lesson told WHERE told.pupil_id = known.pupil_id AND told.day = known.day)
"""
KNOWN = """
SELECT count(*) FROM attendance_attendanceday known
 WHERE known.source_id = %(source)s AND known.day BETWEEN %(first)s AND %(last)s AND known.pupil_id = ANY (%(pupils)s)
"""

Counts = dict[str, int]


def absence_source(source: SchoolSource, school: School, at: datetime) -> AbsenceSource:
    """Return what the absence of a school is kept under when it comes from this source.

    In SS 12000 who comes late is absent for those minutes without a valid reason; there is no word of its own for it.
    """
    return make_source(
        unit=school.unit,
        kind=AbsenceSource.Kind.SS12000,
        name=source.name[:60],
        at=at,
        late_counts_as=AbsenceSource.Late.INVALID,
        unreported_counts_as=AbsenceSource.Unreported.UNKNOWN,
    )


class AbsenceStore:
    """Where one school's lessons from one source go."""

    def __init__(self, source: SchoolSource, school: School, *, today: date, at: datetime) -> None:
        self.kept_as = absence_source(source, school, at)
        self.roster = Roster(school, today)
        self.years = school_years()
        links = SourcePupil.objects.filter(source=source, gone_on=None).values_list("person", "pupil")
        self.pupils = {
            str(person): pupil
            for person, pupil in links
            if pupil in self.roster.enrolments and pupil not in self.roster.held_aside
        }
        hidden = {pupil for pupil in self.roster.held_aside if pupil in self.roster.enrolments}
        self.hidden = {str(person) for person, pupil in links if pupil in hidden}

    def store(
        self, lessons: dict[str, Lesson], reports: Iterable[Report], leaves: Iterable[Leave], first: date, last: date
    ) -> Counts:
        """Store everything that was read of some days, and return what it changed. In the caller's transaction.

        Raises SourceError when most of what was known of the days is gone.
        """
        counts: Counts = defaultdict(int)
        rows = self._rows(lessons, reports, _by_student(leaves), counts)
        with staging_tables():
            stage_lessons(rows)
            self._take_away_what_is_gone(first, last, counts)
            plan = make_plan(headings.LESSONS, self.kept_as)
            carry_out_plan(headings.LESSONS, self.kept_as)
        for name in ("new", "changed", "removed"):
            counts[name] += plan[name]
        return dict(counts)

    def _rows(
        self, lessons: dict[str, Lesson], reports: Iterable[Report], leaves: dict[str, list[Leave]], counts: Counts
    ) -> list[tuple[Any, ...]]:
        """Return the parts of lessons as they are staged, each start once for a pupil."""
        staged: dict[tuple[UUID, datetime], tuple[Any, ...]] = {}
        for told in reports:
            at, pupil = lessons.get(told.lesson), self.pupils.get(told.student)
            if at is None:
                continue
            if pupil is None:
                counts["held_aside" if told.student in self.hidden else "unknown"] += 1
                continue
            day = at.starts.date()
            group = self._class_on(pupil, day)
            if group is None:
                counts["not_in_a_class_then"] += 1
                continue
            counts["reported"] += 1
            counts["sums_differ"] += not fits(told, at)
            for part in parts_of(told, at, leaves.get(told.student, ())):
                counts["unreported"] += part.kind == UNREPORTED
                key = (pupil, part.starts)
                if key in staged:
                    counts["twice"] += 1
                    continue
                starts = part.starts.time().replace(tzinfo=None, fold=0)
                staged[key] = (pupil, group, day, starts, part.length, part.minutes, part.kind, at.subject)
        return list(staged.values())

    def _class_on(self, pupil: UUID, day: date) -> UUID | None:
        """Return the pupil's class that day; none outside the school years that absence is kept for."""
        if not any(year.first <= day <= year.last for year in self.years):
            return None
        try:
            return self.roster.class_on(pupil, day)
        except CellProblem:
            return None

    def _take_away_what_is_gone(self, first: date, last: date, counts: Counts) -> None:
        told: dict[str, Any] = {
            "source": self.kept_as.pk,
            "first": first,
            "last": last,
            "pupils": list(self.pupils.values()),
        }
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, told)
            known = cursor.fetchone()[0]
            cursor.execute(EMPTIED, told)
            gone = cursor.rowcount
        if gone > max(5, known // 10):
            raise SourceError("fewer_lessons", known=known, gone=gone)
        counts["emptied_days"] += gone


def _by_student(leaves: Iterable[Leave]) -> dict[str, list[Leave]]:
    found: dict[str, list[Leave]] = defaultdict(list)
    for one in leaves:
        found[one.student].append(one)
    return found
