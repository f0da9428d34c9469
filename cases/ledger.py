"""How a case changes: one entry at a time.

An entry locks the case, changes obligations and requests through its methods, and is closed by writing one event, whose
`changes` alone can rebuild the ledger, and one audit row. If an entry would leave an open case without an obligation,
the case's school gets the net: an obligation to decide the next step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

import audit.actions
from accounts.models import Membership, Unit
from deadlines.working_days import add_working_days, working_days_between

from . import unit_times
from .models import Case, Event, Hold, HolderInterval, Obligation, Referral
from .obligations import FROM_ABOVE, KINDS, LONGEST_PAUSE, NET
from .telling import tell


class CaseIsClosed(Exception):
    """The case was closed before this could be done."""


class AlreadyDone(Exception):
    """Somebody else did it first; what they did stands."""


class NotAllowed(Exception):
    """The person may not do this, or may not do it now."""


class AlreadyPaused(Exception):
    """An agreed clock rests once."""


@dataclass
class Entry:
    """What is happening in one locked case."""

    case: Case
    kind: str
    by: Membership | None
    at: datetime
    is_substantive: bool
    referral: Referral | None = None
    subject: UUID | None = None
    text: str = ""
    silent: Unit | None = None
    """The unit that did not answer, in what the clock writes: nobody acts then."""
    changes: list[dict[str, Any]] = field(default_factory=list)
    event: Event = field(init=False)

    @property
    def request(self) -> Referral:
        """The locked request, in entries that are about one."""
        if self.referral is None:
            raise ValueError(f"{self.kind} is not about a request")
        return self.referral

    @property
    def actor(self) -> Membership:
        """Who acts, in entries that the clock does not write."""
        if self.by is None:
            raise ValueError(f"{self.kind} is not done by anybody")
        return self.by

    @property
    def today(self) -> date:
        """The day of the entry in Stockholm."""
        return timezone.localdate(self.at)

    def open_obligations(self, *kinds: str, referral: Referral | None = None) -> list[Obligation]:
        """Return the case's open obligations, of `kinds` if any are given, only those of `referral` if one is given."""
        found = self.case.obligations.open()
        if kinds:
            found = found.filter(kind__in=kinds)
        return list(found if referral is None else found.filter(referral=referral))

    def start(
        self,
        kind: str,
        *,
        unit: Unit,
        person: Membership | None = None,
        due_on: date | None = None,
        referral: Referral | None = None,
        task: str = "",
    ) -> Obligation:
        """Put an obligation on `unit`, and within it on `person`. Without `due_on` the unit's time for the kind counts.

        Raises NotAllowed when `unit` has no part in the case: it could not see what it holds. Managers and
        coordinators who decide from above are let in by that itself.
        """
        described = KINDS[kind]
        if person is not None and person.unit_id != unit.pk:
            raise NotAllowed
        if kind not in FROM_ABOVE and not self.case.parties.filter(unit=unit, ended_at=None).exists():
            raise NotAllowed
        due = due_on or unit_times.due_on(kind, unit, self.today)
        obligation = Obligation.objects.create(
            case=self.case, referral=referral, kind=kind, task=task, started_on=self.today,
            due_on=due, first_due_on=due, is_statutory=described.is_statutory,
        )  # fmt: skip
        HolderInterval.objects.create(obligation=obligation, unit=unit, person=person, from_at=self.at)
        self._note(
            "start", obligation, kind=kind, unit=unit.pk, person=person and person.pk, due_on=due,
            referral=referral and referral.pk,
        )  # fmt: skip
        return obligation

    def stop(self, *kinds: str, outcome: str = Obligation.Outcome.FULFILLED, referral: Referral | None = None) -> None:
        """Stop the case's open obligations of `kinds`, only those of `referral` if one is given."""
        for obligation in self.open_obligations(*kinds, referral=referral):
            self.stop_one(obligation, outcome=outcome)

    def stop_one(self, obligation: Obligation, *, outcome: str = Obligation.Outcome.FULFILLED) -> None:
        """Stop `obligation`: nobody holds it any more and no pause runs."""
        obligation.holds.filter(ended_at=None).update(ended_at=self.at)
        obligation.intervals.filter(to_at=None).update(to_at=self.at)
        obligation.stopped_at = self.at
        obligation.outcome = outcome
        obligation.save(update_fields=["stopped_at", "outcome"])
        self._note("stop", obligation, outcome=outcome)

    def hand_over(self, obligation: Obligation, *, unit: Unit, person: Membership | None, reason: str = "") -> None:
        """Let `unit`, and within it `person`, hold `obligation` from now on."""
        obligation.intervals.filter(to_at=None).update(to_at=self.at)
        HolderInterval.objects.create(obligation=obligation, unit=unit, person=person, from_at=self.at, reason=reason)
        self._note("hand_over", obligation, unit=unit.pk, person=person and person.pk)

    def pause(self, obligation: Obligation, *, until: date, reason: str) -> None:
        """Let the clock of `obligation` rest through `until`, at most ten working days and once."""
        if obligation.is_statutory:
            raise NotAllowed
        if obligation.holds.exists():
            raise AlreadyPaused
        last = min(until, add_working_days(self.today, LONGEST_PAUSE))
        Hold.objects.create(obligation=obligation, started_on=self.today, until=last, reason=reason)
        self._note("pause", obligation, until=last)

    def resume(self, obligation: Obligation) -> None:
        """End the pause of `obligation` and move its date by the working days it rested."""
        hold = obligation.holds.filter(ended_at=None).first()
        if hold is None:
            return
        hold.ended_at = self.at
        hold.save(update_fields=["ended_at"])
        rested = working_days_between(hold.started_on, min(self.today, hold.until))
        obligation.due_on = add_working_days(obligation.due_on, rested)
        obligation.save(update_fields=["due_on"])
        self._note("resume", obligation, due_on=obligation.due_on)

    def move_date(self, obligation: Obligation, *, due_on: date) -> None:
        """Give `obligation` a new date; the first one is kept."""
        obligation.due_on = due_on
        obligation.save(update_fields=["due_on"])
        self._note("date", obligation, due_on=due_on)

    def set_status(self, referral: Referral, status: str, **fields: Any) -> None:
        """Move `referral` to `status` and set `fields`. Raises AlreadyDone where the workflow has no such step."""
        if not referral.can_become(status):
            raise AlreadyDone
        referral.status = status
        for name, value in fields.items():
            setattr(referral, name, value)
        referral.save(update_fields=["status", *fields])
        self.note_status(referral)

    def note_status(self, referral: Referral) -> None:
        """Write the status of a new or changed `referral` into the entry."""
        self.changes.append({"do": "status", "referral": str(referral.pk), "status": referral.status})

    def note_closed(self, outcome: str) -> None:
        """Write that the case closed with `outcome`."""
        self.changes.append({"do": "close", "outcome": outcome})

    def note_silence(self, obligation: Obligation) -> None:
        """Write that `obligation` was not met by its date: the first thing in the entry, by which it is counted."""
        self._note("silence", obligation, kind=obligation.kind, due_on=obligation.due_on)

    def _note(self, do: str, obligation: Obligation, **facts: Any) -> None:
        plain = {name: value if value is None else str(value) for name, value in facts.items()}
        self.changes.append({"do": do, "obligation": str(obligation.pk), **plain})

    def finish(self) -> Event:
        """Catch a case without a next step, then write the event and the audit row."""
        if self.case.is_open and not self.case.obligations.open().exists():
            self.start(NET, unit=self.case.school_unit)
        event = self.event = Event.objects.create(
            case=self.case, referral=self.referral, kind=self.kind, at=self.at, by=self.by,
            unit=self.by.unit if self.by else self.silent, is_substantive=self.is_substantive, subject=self.subject,
            text=self.text, changes=self.changes,
        )  # fmt: skip
        audit.actions.record(
            action=self.kind, target=self.case, by=self.by, at=self.at,
            details={"referral": str(self.referral.pk) if self.referral else None, "event": event.pk},
        )  # fmt: skip
        tell(self.changes, event=event.pk, by=self.by, today=self.today, at=self.at)
        return event


def lock_case(key: UUID) -> Case:
    """Lock a case, before anything in it. Raises CaseIsClosed when it has been closed."""
    locked = Case.objects.select_for_update().get(pk=key)
    if not locked.is_open:
        raise CaseIsClosed
    return locked


def lock_request(referral: Referral) -> Referral:
    """Lock a request, after its case."""
    return Referral.objects.select_for_update().get(pk=referral.pk)


@contextmanager
def entry(
    *,
    case: Case,
    kind: str,
    by: Membership | None,
    at: datetime,
    referral: Referral | None = None,
    is_substantive: bool = True,
) -> Iterator[Entry]:
    """Lock `case` and its `referral` and let the caller change them; then write what happened, all or nothing.

    Raises CaseIsClosed when the case has been closed.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        if referral is not None:
            referral = lock_request(referral)
        happening = Entry(locked, kind, by, at, is_substantive, referral)
        yield happening
        happening.finish()
