"""Work done beside the pages. Queued in the transaction that wants it; arguments are ids only."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from wall import identity
from wall.roles import IMPORT

from . import actions
from .models import AbsenceImport
from .ss12000 import tasks as sources

__all__ = ["apply_import", "judge_import", "read_import", "sources"]


TRIES = RetryStrategy(max_attempts=3, exponential_wait=30)


@app.task(queue="imports", name="integrations.read_import")
def read_import(import_id: str) -> None:
    """Read an uploaded file and prepare its preview."""
    _carry_out(import_id, lambda row: actions.read_import(row, at=timezone.now()))


@app.task(queue="imports", name="integrations.apply_import")
def apply_import(import_id: str) -> None:
    """Store the good rows of an approved file, and let it be seen which signals they give."""
    if _carry_out(import_id, lambda row: actions.apply_import(row, at=timezone.now())):
        judge_import.defer(import_id=import_id)


@app.task(queue="imports", name="integrations.judge_import", retry=TRIES)
def judge_import(import_id: str) -> None:
    """See which signals a stored import gives; a failure leaves it stored, and the night does it instead."""
    with identity.working_as(IMPORT):
        absence_import = AbsenceImport.objects.select_related("unit__school").get(pk=import_id)
        actions.judge_import(absence_import, at=timezone.now())


@app.task(queue="imports", name="integrations.undo_import")
def undo_import(import_id: str) -> None:
    """Take back what an import stored."""
    _carry_out(import_id, lambda row: actions.undo_import(row, at=timezone.now()))


def _carry_out(import_id: str, step: Callable[[AbsenceImport], object]) -> bool:
    """Take one step and say whether it was taken.

    An import that has moved on is left alone; an error of ours closes it and is raised.
    """
    with identity.working_as(IMPORT):
        absence_import = AbsenceImport.objects.select_related("unit__school", "source").get(pk=import_id)
        try:
            step(absence_import)
        except actions.ImportHasMovedOn:
            return False
        except actions.LaterImportTellsTheSame:
            actions.give_up_import(absence_import, at=timezone.now())
            return False
        except Exception:
            actions.give_up_import(absence_import, at=timezone.now())
            raise
    return True
