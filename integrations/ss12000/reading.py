"""Reads a school's register from a source, page by page: what a page held and where the reading is are kept together.

Killed at any point, the reading goes on with the page it had not kept. Nothing is compared before everything is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone

from deadlines.stockholm import stockholm_day

from . import rows
from .client import Answer, Client, Query
from .deleted import deleted_in
from .lists import NAMES, Listing, Place, everything, read_all, read_list
from .models import SourcePupil, StagedRecord, SyncRun
from .problems import SourceError

OVERLAP = timedelta(minutes=5)
"""So far back an incremental reading begins, for what was being written when the last one looked."""

Counts = dict[str, int]


@dataclass(frozen=True)
class Step:
    """One list of a reading: the question, what it fills, and how a page of it is taken in."""

    name: str
    listing: Listing
    kinds: tuple[str, ...]
    take: Callable[[list[Any]], Counts]


class RegisterReading:
    """One run's reading of one school's register."""

    def __init__(self, run: SyncRun, client: Client) -> None:
        self.run = run
        self.client = client
        self.source = run.source_school.source
        self.today: date = stockholm_day(run.started_at)
        self.told = rows.Told(self.today, self.source.unmarked_is_open, self.source.ignores_cancelled)
        self.since = None if run.is_full else run.source_school.register_until

    def read(self) -> None:
        """Read what is still unread. Raises SourceError; what was kept stays kept."""
        if "school" not in self.run.cursor:
            self._find_school()
        for step in self._steps():
            if step.name not in self._done:
                self._read_step(step)
        if "lookup" not in self._done:
            self._look_up_guardians()

    # --- the lists ----------------------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[Step]:
        """Give the lists in the order that the standard's readers use."""
        here, names = ("relationship.organisation", self.school), [NAMES]
        pupils: Query = [here, ("relationship.entity.type", "enrolment")]
        running: Query = [("endDate.onOrAfter", self.today.isoformat())] if self.run.is_full else []
        if self.run.is_full:
            pupils.append(("relationship.endDate.onOrAfter", self.today.isoformat()))
        enrolled = Listing("persons", [*pupils, *self._changed()], lambda row: rows.is_enrolled_at(row, {self.school}))
        yield Step("persons", enrolled, ("person", "seen"), self._take_people)
        classes: Query = [("organisation", self.school), ("groupType", "Klass"), *running, *self._changed()]
        yield Step("groups", Listing("groups", classes, self._is_class_here), ("group",), self._take_groups)
        if self.source.offers("duties") and self.run.is_full:
            duties: Query = [("organisation", self.school), *running, *names]
            yield Step("duties", Listing("duties", duties, self._is_duty_here), ("duty",), self._take_duties)
        if self.run.is_full:
            guardians: Query = [here, ("relationship.entity.type", "responsibleFor.enrolment")]
            yield Step("guardians", Listing("persons", guardians), ("guardian",), self._take_guardians)
        elif self.source.offers("deletedEntities") and self.since:
            after: Query = [("after", moment_of(self.since)), ("entities", "Person")]
            gone = Listing("deletedEntities", after, everything, deleted_in)
            yield Step("deleted", gone, ("deleted",), self._take_deleted)

    def _changed(self) -> Query:
        return [("meta.modified.after", moment_of(self.since))] if self.since else []

    def _is_class_here(self, row: Any) -> bool:
        if rows.is_strange(row) or str(row.get("groupType")) != "Klass":
            return rows.is_strange(row)
        at = rows.reference(row.get("organisation"))
        return at in self.around if at else True

    def _is_duty_here(self, row: Any) -> bool:
        """A duty may stand at the Skola above the Skolenhet where the pupils are."""
        return rows.is_strange(row) or rows.reference(row.get("dutyAt")) in self.around

    def _read_step(self, step: Step) -> None:
        cursor = self.run.cursor
        here = cursor.get("list") == step.name
        last = Place(**cursor["place"]) if cursor.get("place") else Place()
        place = last if here else last.manners()
        try:
            for page in read_list(self.client, step.listing, place):
                with transaction.atomic():
                    if page.is_first:
                        self.run.staged.filter(kind__in=step.kinds).delete()
                        cursor["counts"] = {}
                    told = step.take(page.rows) | {"not_asked_for": page.dropped}
                    cursor["counts"] = _sum(cursor.get("counts", {}), told)
                    cursor["list"], cursor["place"] = step.name, place.as_json()
                    self._note_newest(page.rows)
                    self._save(step.name if place.is_done else "")
        except SourceError as problem:
            # What is good to have and not needed is left out where the server does not let us.
            if step.name in {"guardians", "duties"} and problem.code in {"refused", "not_allowed", "not_there"}:
                cursor["counts"] = {f"no_{step.name}": 1}
                with transaction.atomic():
                    self._save(step.name)
                return
            raise

    # --- taking pages in ----------------------------------------------------------------------------------------------

    def _take_people(self, page: list[Any]) -> Counts:
        taken: dict[str, dict[str, Any]] = {}
        hidden: list[str] = []
        counts: Counts = {"people": len(page)}
        for row in page:
            try:
                one = rows.person(row, self.told, school=self.school)
                taken[one.id] = {name: value for name, value in vars(one).items() if name != "id"}
                counts = _sum(counts, {"protected_guardians": one.protected_guardians})
            except rows.UnmarkedPerson:
                counts = _sum(counts, {"protected": 1, "unmarked": 1})
                hidden.append(rows.id_of(row, kind="persons"))
            except rows.ProtectedPerson:
                counts = _sum(counts, {"protected": 1})
                hidden.append(rows.id_of(row, kind="persons"))
            except rows.BadRow:
                counts = _sum(counts, {"bad": 1})
                hidden.append(rows.id_of(row, kind="persons"))
        self._stage("person", taken)
        self._leave_alone(hidden)
        return counts

    def _take_groups(self, page: list[Any]) -> Counts:
        taken: dict[str, dict[str, Any]] = {}
        counts: Counts = {"groups": len(page)}
        for row in page:
            try:
                one, hidden = rows.group(row, self.told)
            except rows.BadRow:
                counts = _sum(counts, {"bad": 1})
                continue
            taken[one.pop("id")] = one
            # A person whose own row says nothing, but whom a class names as protected, is protected.
            gone, _each = self.run.staged.filter(kind="person", key__in=hidden).delete()
            self._leave_alone(hidden)
            counts = _sum(counts, {"protected": gone})
        self._stage("group", taken)
        return counts

    def _take_duties(self, page: list[Any]) -> Counts:
        taken: dict[str, dict[str, Any]] = {}
        counts: Counts = {"duties": len(page)}
        for row in page:
            try:
                one = rows.duty(row, self.told)
            except rows.ProtectedPerson:
                counts = _sum(counts, {"protected_staff": 1})
                continue
            if one["is_open"] and one["mentor_of"] and one["name"]:
                taken[one.pop("id")] = {"name": one["name"], "mentor_of": one["mentor_of"]}
            elif one["is_health_team"] or one["role"] in HEALTH:
                counts = _sum(counts, {"health_staff": 1})
        self._stage("duty", taken)
        return counts

    def _take_guardians(self, page: list[Any]) -> Counts:
        """Take the guardians of pupils that were taken; nobody else's, and no protected ones."""
        wanted = self._wanted_guardians
        taken: dict[str, dict[str, Any]] = {}
        counts: Counts = {}
        for row in page:
            if rows.id_of(row, kind="persons") not in wanted:
                continue
            try:
                key, body = rows.guardian(row, self.told)
                taken[key] = body
            except rows.ProtectedPerson:
                counts = _sum(counts, {"protected_guardians": 1})
                self._note_protected_guardian(row)
            except rows.BadRow:
                counts = _sum(counts, {"bad": 1})
        self._stage("guardian", taken)
        return _sum(counts, {"guardians": len(taken)})

    def _take_deleted(self, page: list[Any]) -> Counts:
        people: dict[str, dict[str, Any]] = {key: {} for name, key in page if name == "persons"}
        known = SourcePupil.objects.filter(source=self.source, person__in=people).values_list("person", flat=True)
        self._stage("deleted", {str(person): {} for person in known})
        return {"deleted": len(people)}

    def _look_up_guardians(self) -> None:
        """Ask by id for guardians that are named but were not in any list."""
        known = {str(key) for key in self.run.staged.filter(kind="guardian").values_list("key", flat=True)}
        missing = sorted(self._wanted_guardians - known - set(self._not_guardians))
        with transaction.atomic():
            counts: Counts = {}
            if missing and self.run.is_full:
                try:
                    counts = self._take_guardians(self.client.look_up("persons", {"ids": missing}))
                except Answer:
                    counts = {"no_lookup": 1}
            self.run.cursor["counts"] = counts
            self._save("lookup")

    # --- keeping ------------------------------------------------------------------------------------------------------

    def _stage(self, kind: str, bodies: dict[str, dict[str, Any]]) -> None:
        StagedRecord.objects.bulk_create(
            (StagedRecord(run=self.run, kind=kind, key=key, body=body) for key, body in bodies.items()),
            update_conflicts=True,
            unique_fields=["run", "kind", "key"],
            update_fields=["body"],
            batch_size=1000,
        )

    def _leave_alone(self, people: Iterable[str]) -> None:
        """Remember of pupils we know that they were seen, so that nobody is taken for gone; not why, not who it was."""
        known = SourcePupil.objects.filter(source=self.source, person__in=list(people))
        self._stage("seen", {str(pupil): {} for pupil in known.values_list("pupil", flat=True)})

    def _save(self, step: str) -> None:
        run = self.run
        if step:
            run.add(**run.cursor.pop("counts", {}))
            run.cursor["done"] = [*self._done, step]
        run.progressed_at = timezone.now()
        run.save(update_fields=["cursor", "counts", "progressed_at"])

    def _note_newest(self, page: list[Any]) -> None:
        """Remember the latest change seen: by the source's own clock, where the next reading begins."""
        if self.run.is_full or self.run.cursor.get("list") in {"persons", "groups"}:
            now = self.client.facts.server_clock or timezone.now()
            moments = [moment for moment in map(rows.modified_at, page) if moment and moment <= now]
            known = self.run.cursor.get("newest")
            if moments:
                self.run.cursor["newest"] = max([moment_of(max(moments)), *([known] if known else [])])

    @property
    def _done(self) -> list[str]:
        return self.run.cursor.get("done", [])

    @property
    def school(self) -> str:
        """The id of the school unit in the source."""
        return str(self.run.cursor["school"])

    @property
    def around(self) -> set[str]:
        """The school unit and what lies above it."""
        return {self.school, *self.run.cursor.get("above", [])}

    @cached_property
    def _wanted_guardians(self) -> set[str]:
        staged = self.run.staged.filter(kind="person").values_list("body__guardians", flat=True)
        return {guardian for guardians in staged for guardian in guardians or ()}

    @cached_property
    def _not_guardians(self) -> list[str]:
        return []

    def _note_protected_guardian(self, row: Any) -> None:
        self._not_guardians.append(rows.id_of(row, kind="persons"))

    def _find_school(self) -> None:
        school, above = find_school(self.client, self.run.source_school.school.school_unit_code)
        with transaction.atomic():
            self.run.cursor |= {"school": school, "above": above}
            self._save("")


HEALTH = {"Kurator", "Skolsköterska", "Skolläkare", "Skolpsykolog", "Speciallärare/specialpedagog"}


def find_school(client: Client, code: str) -> tuple[str, list[str]]:
    """Return the id of the school unit with a code, and of what lies above it. Raises SourceError."""
    listing = Listing(
        "organisations",
        [("schoolUnitCode", code)],
        lambda row: rows.is_strange(row) or str(row.get("schoolUnitCode") or "") == code,
    )
    found = {rows.id_of(row, kind="organisations"): row for row in read_all(client, listing)}
    running = [key for key, row in found.items() if rows.is_running(row, stockholm_day(timezone.now()))]
    if len(found) > 1 and len(running) == 1:
        found = {running[0]: found[running[0]]}
    if len(found) != 1:
        raise SourceError("school_not_found", found=len(found))
    ((key, row),) = found.items()
    parent = rows.reference(row.get("parentOrganisation"))
    return key, [parent] if parent else []


def next_beginning(run: SyncRun) -> datetime:
    """Return where the next incremental reading begins: by the source's clock, a little early."""
    newest = run.cursor.get("newest")
    known = run.source_school.register_until
    return (datetime.fromisoformat(newest) - OVERLAP) if newest else (known or run.started_at - timedelta(days=1))


def moment_of(moment: datetime) -> str:
    """Return a moment as a filter wants it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sum(counts: Counts, more: Counts) -> Counts:
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}
