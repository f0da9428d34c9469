"""What pages say about investigations: tasks and duties with their clocks, causes in words, the absence behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.due import Due, due_on
from deadlines.templatetags.days import day_words

from .models import AbsenceInvestigation, InvestigationDuty

TRACES = "SELECT * FROM investigation_traces(%s)"
"""Asks past the rows that the reader may see: that there is an investigation and how far it has come, no words."""


@dataclass(frozen=True)
class Trace:
    """That a pupil's absence is or was investigated, known to those who work with the pupil."""

    opened_on: date
    due_on: date
    closed_at: datetime | None
    settled: int
    tasks: int

    @property
    def words(self) -> str:
        """Return “Absence investigated: 2 of 8 done”, or when it was finished."""
        if self.closed_at is not None:
            return _("Absence investigated, finished %(day)s") % {"day": day_words(self.closed_at)}
        told = {"settled": self.settled, "tasks": self.tasks}
        return _("The absence is investigated: %(settled)s of %(tasks)s done") % told


@dataclass(frozen=True)
class DutyRow:
    """Somebody to tell, with the clock until it is done."""

    duty: InvestigationDuty
    due: Due | None


def investigation_traces(pupil_ids: list[UUID]) -> dict[UUID, list[Trace]]:
    """Return for each pupil that there is or was an investigation, the first one first; one query."""
    found: dict[UUID, list[Trace]] = {pupil: [] for pupil in pupil_ids}
    with connection.cursor() as cursor:
        cursor.execute(TRACES, [pupil_ids])
        for pupil_id, *told in cursor.fetchall():
            found[pupil_id].append(Trace(*told))
    return found


def duty_rows(investigation: AbsenceInvestigation, today: date) -> list[DutyRow]:
    """Return whom the school must tell, in the order in which it is due. Needs `with_page_relations`."""
    return [DutyRow(duty, None if duty.done_on else due_on(duty.due_on, today)) for duty in investigation.duties.all()]


def causes_of(investigation: AbsenceInvestigation) -> list[tuple[str, list[str]]]:
    """Return what set the absence off and what keeps it up, in words; only what has been ticked."""
    told = [
        (_("Set off by"), investigation.setting_off),
        (_("Kept up by"), investigation.keeping_up),
    ]
    labels = dict(AbsenceInvestigation.Domain.choices)
    return [(title, [str(labels[code]) for code in codes if code in labels]) for title, codes in told if codes]


def progress_of(investigation: AbsenceInvestigation) -> str:
    """Return “2 of 8 tasks done”. Needs `with_page_relations`."""
    tasks = investigation.tasks.all()
    settled = sum(task.is_settled for task in tasks)
    told = {"settled": settled, "tasks": len(tasks)}
    return ngettext("%(settled)s of %(tasks)s task done", "%(settled)s of %(tasks)s tasks done", len(tasks)) % told


def pattern_rows(investigation: AbsenceInvestigation) -> dict[str, Any]:
    """Return the frozen absence for the page: its day, and the share of each of eight weeks."""
    pattern = investigation.pattern
    return {
        "on": date.fromisoformat(pattern["on"]) if pattern.get("on") else None,
        "sentences": pattern.get("sentences", []),
        "weeks": pattern.get("weeks", []) if pattern.get("school_days") else [],
    }
