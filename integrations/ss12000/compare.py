"""Compares what was read with the register, and lists what would change. Changes nothing itself."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from schools.models import Pupil, PupilIdentifier

from .models import RosterChange, SyncRun
from .problems import SourceError
from .register import Match, Register

Kind = RosterChange.Kind
PERSONAL = PupilIdentifier.Kind.PERSONAL_NUMBER
GRADE = re.compile(r"\d")


@dataclass(frozen=True)
class Change:
    """One change that the source asks for."""

    kind: str
    key: UUID
    pupil: Pupil | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass
class Comparison:
    """All that a run would change, and how large the school was before."""

    changes: list[Change]
    pupils_before: int
    held_aside: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many changes there are of each kind."""
        return dict(Counter(change.kind for change in self.changes))


class Comparer:
    """Compares one run's rows with one school's register."""

    def __init__(self, run: SyncRun, today: date) -> None:
        self.run = run
        self.today = today
        self.register = Register(run.source_school, today)
        self.people = self._staged("person")
        self.groups = {key: body for key, body in self._staged("group").items() if body["is_open"]}
        self.guardians = self._staged("guardian")
        self.seen = set(self._staged("seen"))
        self.held_aside = 0
        self.groups_of: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
        for key, body in self.groups.items():
            for member, since in body["members"]:
                self.groups_of[UUID(member)].append((key, since))

    def compare(self) -> Comparison:
        """Return what would change. Raises SourceError when the reading cannot be true."""
        self._refuse_an_empty_school()
        self.register.read_numbers(body["number"] for body in self.people.values() if body["number"])
        changes = [*self._classes(), *self._pupils(), *self._gone(), *self._mentors()]
        return Comparison(changes, len(self.register.linked_here), self.held_aside)

    def _staged(self, kind: str) -> dict[UUID, dict[str, Any]]:
        return dict(self.run.staged.filter(kind=kind).order_by("key").values_list("key", "body"))

    def _refuse_an_empty_school(self) -> None:
        """An empty answer is a fault, not a school without pupils."""
        counts = self.run.counts
        if counts.get("unmarked", 0) and counts.get("unmarked", 0) == counts.get("people", 0):
            raise SourceError("unmarked_people", people=counts["people"])
        if self.run.is_full and not self.people and self.register.linked_here:
            raise SourceError("empty_list", endpoint="persons")
        if self.run.is_full and self.people and not self.groups and self.register.linked_here:
            raise SourceError("empty_list", endpoint="groups")

    # --- classes ------------------------------------------------------------------------------------------------------

    def _classes(self) -> Iterator[Change]:
        for key, body in self.groups.items():
            if not body["members"] or self.register.class_of(key, body["name"]) is not None:
                continue
            grade, form = self._grade_of(body)
            if grade is None or not form:
                yield Change(Kind.CONFLICT, key, after={"why": "class_without_grade", "class": body["name"]})
            else:
                yield Change(Kind.NEW_CLASS, key, after={"name": body["name"], "grade": grade, "form": form})

    def _grade_of(self, body: dict[str, Any]) -> tuple[int | None, str]:
        """Return the grade and form of school of most of a class's members."""
        theirs = [
            self._running(self.people[UUID(member)]) for member, _ in body["members"] if UUID(member) in self.people
        ]
        years = Counter(one["year"] for one in theirs if one and one["year"] is not None)
        forms = Counter(one["form"] for one in theirs if one)
        digit = GRADE.search(body["name"])
        form = body["form"] or (forms.most_common(1)[0][0] if forms else "")
        if years:
            return years.most_common(1)[0][0], form
        return (0 if form == "fsk" else int(digit[0]) if digit else None), form

    # --- pupils -------------------------------------------------------------------------------------------------------

    def _pupils(self) -> Iterator[Change]:
        for key, body in self.people.items():
            if self._running(body) is None:
                continue
            match = self.register.match(key, body["number"])
            if match.is_protected:
                self.held_aside += 1
                continue
            why = match.conflict or self._conflict(key, body, match.pupil)
            if why:
                name = {} if match.pupil is None and match.conflict else self._named(body)
                yield Change(Kind.CONFLICT, key, after={"why": why, **name})
            elif match.pupil is None or match.pupil.pk not in self.register.enrolled:
                yield self._new(key, body)
            else:
                yield from self._changed(key, body, match, match.pupil)
        yield from self._moved_without_a_row()

    def _conflict(self, key: UUID, body: dict[str, Any], pupil: Pupil | None) -> str:
        groups = self.groups_of.get(key, [])
        if body["is_deceased"]:
            return "deceased"
        if len(groups) > 1:
            return "several_classes"
        is_here = pupil is not None and pupil.pk in self.register.enrolled
        if not groups and not is_here:
            return "no_class"
        if pupil is None and not body["born"]:
            return "no_birth_date"
        if pupil is not None and body["born"] and body["born"] != pupil.born_on.isoformat():
            return "birth_date"
        return ""

    def _named(self, body: dict[str, Any]) -> dict[str, str]:
        return {"given": body["given"], "family": body["family"]}

    def _new(self, key: UUID, body: dict[str, Any]) -> Change:
        """A pupil who is not enrolled here: new to us, or known from elsewhere, which nobody is told."""
        ((group, since), *_) = self.groups_of[key]
        running = self._running(body) or {}
        after = self._named(body) | {
            "born": body["born"], "number": body["number"], "number_kind": body["number_kind"], "group": str(group),
            "class": self.groups[group]["name"], "from": max(since, running.get("from", "")),
            "guardians": self._guardians_of(body),
        }  # fmt: skip
        return Change(Kind.NEW_PUPIL, key, after=after)

    def _changed(self, key: UUID, body: dict[str, Any], match: Match, pupil: Pupil) -> Iterator[Change]:
        if not match.is_linked:
            yield Change(Kind.LINK, key, pupil)
        if (pupil.given_name, pupil.family_name) != (body["given"], body["family"]):
            yield Change(
                Kind.NAME, key, pupil, {"given": pupil.given_name, "family": pupil.family_name}, self._named(body)
            )
        yield from self._class_change(key, pupil)
        yield from self._number_change(key, body, pupil)
        known = self.register.guardians.get(pupil.pk, set())
        missing = [
            one for one in self._guardians_of(body) if (one["given"].casefold(), one["family"].casefold()) not in known
        ]
        if missing:
            yield Change(Kind.GUARDIAN, key, pupil, after={"guardians": missing})

    def _class_change(self, key: UUID, pupil: Pupil) -> Iterator[Change]:
        groups = self.groups_of.get(key, [])
        if len(groups) != 1:
            return
        ((group, since),) = groups
        now = self.register.enrolled[pupil.pk].class_group
        name = self.groups[group]["name"]
        known = self.register.class_of(group, name)
        if known is None or known.pk != now.pk:
            after = {"group": str(group), "class": name, "from": since, "is_new": known is None}
            yield Change(Kind.CLASS, key, pupil, {"class": now.name}, after)

    def _number_change(self, key: UUID, body: dict[str, Any], pupil: Pupil) -> Iterator[Change]:
        """A first or a real number may come; one real number for another never does by itself."""
        number, kind = body["number"], body["number_kind"]
        known = self.register.numbers.get(pupil.pk, {})
        if not number or number in known.values():
            return
        if self.register.holders_of(number) - {pupil.pk} or PERSONAL in known:
            yield Change(Kind.CONFLICT, key, after={"why": "number_changed", **self._named(body)})
        elif kind == PERSONAL or not known:
            yield Change(Kind.NUMBER, key, pupil, after={"number": number, "number_kind": kind})

    def _guardians_of(self, body: dict[str, Any]) -> list[dict[str, str]]:
        return [self.guardians[UUID(one)] for one in body["guardians"] if UUID(one) in self.guardians]

    def _moved_without_a_row(self) -> Iterator[Change]:
        """Those whose class alone has changed: the groups say so, and the person's own row is not modified."""
        if self.run.is_full:
            return
        for key, pupil in self.register.linked_here.items():
            if key in self.groups_of and key not in self.people:
                yield from self._class_change(key, pupil)

    # --- those who have left ------------------------------------------------------------------------------------------

    def _gone(self) -> Iterator[Change]:
        deleted = set(self._staged("deleted"))
        for key, pupil in self.register.linked_here.items():
            if pupil.pk in self.seen:
                continue
            body = self.people.get(key)
            if body is not None and self._running(body) is None:
                last = max((one["to"] for one in body["enrolments"] if one["to"]), default="")
                if any(one["from"] > self.today.isoformat() for one in body["enrolments"]):
                    continue  # between two times here
                yield self._end(key, pupil, last)
            elif key in deleted or (body is None and self.run.is_full):
                yield self._end(key, pupil, "", is_deleted=key in deleted)

    def _end(self, key: UUID, pupil: Pupil, last: str, *, is_deleted: bool = False) -> Change:
        before = {"class": self.register.enrolled[pupil.pk].class_group.name}
        today = self.today.isoformat()
        return Change(Kind.END, key, pupil, before, {"on": min(last or today, today), "is_deleted": is_deleted})

    def _running(self, body: dict[str, Any]) -> dict[str, Any] | None:
        today = self.today.isoformat()
        running = [one for one in body["enrolments"] if one["from"] <= today and (not one["to"] or one["to"] >= today)]
        return running[0] if running else None

    # --- hints --------------------------------------------------------------------------------------------------------

    def _mentors(self) -> Iterator[Change]:
        """Who the source says is mentor. A hint: a role is given by a person, on the page about people."""
        for key, body in self._staged("duty").items():
            names = sorted(self.groups[UUID(one)]["name"] for one in body["mentor_of"] if UUID(one) in self.groups)
            if names:
                yield Change(Kind.MENTOR, key, after={"name": body["name"], "classes": names})
