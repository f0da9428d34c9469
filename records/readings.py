"""Who has read about a pupil: when, from which unit, in which role. Nobody is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.roles import Role
from audit.models import AccessRecord
from schools.models import Pupil


@dataclass(frozen=True)
class Readings:
    """How often a pupil was read about one day, from one unit, in one role and way."""

    day: date
    unit: str
    role: str
    kind: str
    times: int


def readings_about(pupil: Pupil) -> list[Readings]:
    """Return the readings in the part of the log of whoever asks.

    The database answers a principal or a head alone, for the own authority, and while a copy about the pupil is asked
    for at the own unit; everybody else gets none.
    """
    roles, kinds = dict(Role.choices), dict(AccessRecord.Kind.choices)
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, unit, role, kind, times FROM readings_about(%s)", [pupil.pk])
        return [
            Readings(day, unit, str(roles.get(role, role)), str(kinds.get(kind, kind)), times)
            for day, unit, role, kind, times in cursor.fetchall()
        ]
