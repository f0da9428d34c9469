"""Work done beside the pages. Queued in the transaction that wants it; arguments are ids only."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from procrastinate.contrib.django import app

from wall import identity
from wall.roles import IMPORT

from . import actions
from .models import AbsenceImport
from .ss12000 import tasks as sources

__all__ = ["apply_import", "read_import", "sources"]


@app.task(queue="imports", name="integrations.read_import")
def read_import(import_id: str) -> None:
    """Read an uploaded file and prepare its preview."""
    _carry_out(import_id, lambda row: actions.read_import(row, at=timezone.now()))


@app.task(queue="imports", name="integrations.apply_import")
def apply_import(import_id: str) -> None:
    """Store the good rows of an approved file."""
    _carry_out(import_id, lambda row: actions.apply_import(row, at=timezone.now()))


@app.task(queue="imports", name="integrations.undo_import")
def undo_import(import_id: str) -> None:
    """Take back what an import stored."""
    _carry_out(import_id, lambda row: actions.undo_import(row, at=timezone.now()))


def _carry_out(import_id: str, step: Callable[[AbsenceImport], object]) -> None:
    """Take one step; an import that has moved on is left alone, an error of ours closes it and is raised."""
    with identity.working_as(IMPORT):
        absence_import = AbsenceImport.objects.select_related("unit__school", "source").get(pk=import_id)
        try:
            step(absence_import)
        except actions.ImportHasMovedOn:
            return
        except actions.LaterImportTellsTheSame:
            actions.give_up_import(absence_import, at=timezone.now())
        except Exception:
            actions.give_up_import(absence_import, at=timezone.now())
            raise
