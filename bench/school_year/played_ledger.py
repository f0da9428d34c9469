"""The ledger as the events alone tell it, played by a few lines that share nothing with the code they check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any
from uuid import UUID

from bench.school_year.free_days import is_work_day
from cases.models import Event
from cases.obligations import KINDS
from deadlines.stockholm import STOCKHOLM

EIGHT = time(8)


@dataclass(frozen=True)
class Held:
    """One open obligation, as the events tell it."""

    kind: str
    unit: str
    person: str | None
    due_on: str
    is_paused: bool = False
    is_over: bool = False
    """Whether its case is closed: then nobody is reminded of it, and nobody is silent."""
    noted: frozenset[str] = frozenset()

    @property
    def due(self) -> date:
        """The last day."""
        return date.fromisoformat(self.due_on)


@dataclass
class Ledger:
    """Everything that is open, played from the events."""

    held: dict[str, Held] = field(default_factory=dict)
    cases: dict[str, set[str]] = field(default_factory=dict)
    closed: set[UUID] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def play(self, event: Event) -> None:
        """Let an event happen."""
        mine = self.cases.setdefault(str(event.case_id), set())
        for change in event.changes:
            key = change.get("obligation")
            match change["do"]:
                case "start":
                    held = Held(change["kind"], change["unit"], change["person"], change["due_on"])
                    self.held[key] = replace(held, is_over=event.case_id in self.closed)
                    mine.add(key)
                case "stop":
                    del self.held[key]
                    mine.discard(key)
                case "close":
                    self.closed.add(event.case_id)
                    self.held |= {left: replace(self.held[left], is_over=True) for left in mine}
                case "silence":
                    self._note(key, event)
                case "hand_over" | "pause" | "resume" | "date":
                    self.held[key] = replace(self.held[key], **_changed(change))

    def _note(self, key: str, event: Event) -> None:
        held = self.held[key]
        at = event.at.astimezone(STOCKHOLM)
        if not (is_work_day(at.date()) and at.time() >= EIGHT):
            self.faults.append(f"silence noted at {at:%Y-%m-%d %H:%M}, event {event.pk}")
        if held.due_on in held.noted:
            self.faults.append(f"silence of {key} for {held.due_on} counted twice, event {event.pk}")
        if not is_silent(replace(held, noted=frozenset()), at.date()):
            self.faults.append(f"silence of {key} for {held.due_on} noted, but there was none, event {event.pk}")
        self.held[key] = replace(held, noted=held.noted | {held.due_on})


def _changed(change: dict[str, Any]) -> dict[str, Any]:
    match change["do"]:
        case "hand_over":
            return {"unit": change["unit"], "person": change["person"]}
        case "pause":
            return {"is_paused": True}
        case "resume":
            return {"is_paused": False, "due_on": change["due_on"]}
        case _:
            return {"due_on": change["due_on"]}


def is_silent(held: Held, today: date) -> bool:
    """Say whether an agreed date has passed without an answer, and nobody has noted it."""
    is_late = held.due < today and not held.is_paused and not held.is_over
    return is_late and not KINDS[held.kind].is_statutory and held.due_on not in held.noted
