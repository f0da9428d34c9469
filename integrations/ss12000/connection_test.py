"""Asks a source what it can do, and keeps the answers as codes and numbers: nothing of anybody who was in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from . import rows
from .client import Answer, Client, Query, rows_of
from .connecting import connected
from .deleted import deleted_in
from .models import SchoolSource
from .problems import SourceError
from .reading import find_school, moment_of
from .runs import Connect

MOST_ROWS = 20
Line = dict[str, Any]


def try_source(source: SchoolSource, *, at: datetime, connect: Connect = connected) -> list[Line]:
    """Try each list of the standard and keep what was found, for the page that tells it in plain words."""
    try:
        with connect(source) as client:
            lines = list(_Tester(source, client, at).lines())
    except SourceError as problem:
        lines = [_line("sign_in", problem.code, **problem.details)]
    source.tested, source.tested_at = lines, at
    source.save(update_fields=["tested", "tested_at"])
    return lines


class _Tester:
    def __init__(self, source: SchoolSource, client: Client, at: datetime) -> None:
        self.source = source
        self.client = client
        self.at = at
        self.school = ""

    def lines(self) -> Any:
        """Give one line for each thing that was tried. Stops where nothing more can be learnt."""
        first = self._try("organisations", [("limit", "1")])
        yield first
        if first["code"] != "ok":
            return
        yield self._clock()
        yield from self._schools()
        if not self.school:
            return
        here: Query = [("limit", str(MOST_ROWS))]
        enrolled: Query = [("relationship.organisation", self.school), ("relationship.entity.type", "enrolment")]
        yield self._try("persons", [*here, *enrolled], self._people)
        for name in ("groups", "duties", "activities"):
            yield self._try(name, [*here, ("organisation", self.school)])
        yesterday = moment_of(self.at - timedelta(days=1))
        yield self._try("deletedEntities", [("after", yesterday), ("entities", "Person")], take=deleted_in)
        week: Query = [
            ("startTime.onOrAfter", moment_of(self.at - timedelta(days=7))),
            ("startTime.onOrBefore", moment_of(self.at)),
            ("organisation", self.school),
        ]
        yield self._try("calendarEvents", [*here, *week])
        yield self._try("calendarEvents", [*here, *week, ("expand", "attendance")], what="attendance_in_lessons")
        yield self._try("attendances", [*here, ("organisation", self.school)])
        first_day, last_day = (self.at - timedelta(days=30)).date(), self.at.date()
        sums: Query = [("startDate", str(first_day)), ("endDate", str(last_day)), ("organisation", self.school)]
        yield self._try("aggregatedAttendance", [*here, *sums])

    def _try(
        self,
        endpoint: str,
        query: Query,
        look: Callable[[list[Any]], dict[str, Any]] | None = None,
        *,
        what: str = "",
        take: Callable[[Any, str], list[Any]] = rows_of,
    ) -> Line:
        try:
            found = take(self.client.get(endpoint, query), endpoint)
            for row in found:
                if endpoint not in {"deletedEntities", "aggregatedAttendance"}:
                    rows.id_of(row, kind=endpoint)
            told = look(found) if look else {}
            return _line(what or endpoint, "ok", rows=len(found), **told)
        except Answer as refused:
            problem = refused.as_problem(endpoint)
            return _line(what or endpoint, problem.code, **problem.details)
        except SourceError as problem:
            return _line(what or endpoint, problem.code, **problem.details)

    def _people(self, found: list[Any]) -> dict[str, Any]:
        """Count what matters about people: whether protection is told, and whether numbers are."""
        told = [row for row in found if "securityMarking" in row]
        protected = [row for row in told if row["securityMarking"] != rows.NOT_PROTECTED]
        other = [row for row in found if not rows.is_enrolled_at(row, {self.school})]
        return {
            "marked": len(told),
            "protected": len(protected),
            "numbers": sum(bool(row.get("civicNo")) for row in found),
            "not_asked_for": len(other),
        }

    def _clock(self) -> Line:
        theirs = self.client.facts.server_clock
        if theirs is None:
            return _line("clock", "no_clock")
        wrong = int(abs((theirs - timezone.now()).total_seconds()))
        return _line("clock", "ok" if wrong <= 120 else "clock_is_wrong", seconds=wrong)

    def _schools(self) -> Any:
        for one in self.source.schools.select_related("school__unit"):
            code = one.school.school_unit_code
            try:
                found, _above = find_school(self.client, code)
                self.school = self.school or found
                yield _line("school", "ok", school=code)
            except SourceError as problem:
                yield _line("school", problem.code, school=code)


def _line(what: str, code: str, **numbers: Any) -> Line:
    return {"what": what, "code": code, "numbers": numbers}
