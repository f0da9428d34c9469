"""Sees which signals an import gives, once it is stored: a task of its own, that no import waits for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from attendance.detection import detect_signals
from attendance.models import Signal
from deadlines.stockholm import stockholm_day

from ..before_images import concerned
from ..models import AbsenceImport
from .moving import Status

TIME_TO_JUDGE = timedelta(minutes=10)
"""After so long without an answer the night is waited for."""


def is_being_judged(absence_import: AbsenceImport, at: datetime) -> bool:
    """Say whether it will soon be known which signals a stored import gives."""
    if absence_import.status != Status.APPLIED or absence_import.is_judged or absence_import.closed_at is None:
        return False
    return at - absence_import.closed_at < TIME_TO_JUDGE


def judge_import(absence_import: AbsenceImport, *, at: datetime) -> list[Signal]:
    """Judge the pupils whose figures the import has changed, and tell how many new signals that gave.

    Everybody else is judged at night, and these too if this is never done. Returns the new signals; none for an import
    that is not stored, or is judged already.
    """
    if not absence_import.is_stored or absence_import.is_judged:
        return []
    with transaction.atomic():
        # Detection first: it may wait for another one, and nobody is to wait for the import meanwhile.
        signals = detect_signals(concerned(absence_import), today=stockholm_day(at), at=at)
        row = AbsenceImport.objects.select_for_update(of=("self",)).get(pk=absence_import.pk)
        row.counts |= {"signals": len(signals)}
        row.save(update_fields=["counts"])
    absence_import.refresh_from_db()
    return signals
