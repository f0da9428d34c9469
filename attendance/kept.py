"""What is kept about a pupil at all: most have no concern, measure or totals, and then none of them is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from schools.models import Pupil

KEPT = """
SELECT (SELECT min(starts_on) FROM schools_enrolment WHERE pupil_id = %(pupil)s),
       EXISTS (SELECT FROM attendance_concern WHERE pupil_id = %(pupil)s),
       EXISTS (SELECT FROM attendance_measure WHERE pupil_id = %(pupil)s),
       EXISTS (SELECT FROM attendance_periodtotal WHERE pupil_id = %(pupil)s)
"""
"""The database answers for the rows that the reader may see there; what is then shown is fetched by `visible_to`."""


@dataclass(frozen=True)
class Kept:
    """Since when the pupil has been enrolled anywhere the reader may know of, and which kinds of rows there may be."""

    began_on: date | None
    has_concerns: bool
    has_measures: bool
    has_totals: bool


def what_is_kept(pupil: Pupil) -> Kept:
    """Return what may be fetched of `pupil`; one query."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT, {"pupil": pupil.pk})
        return Kept(*cursor.fetchone())
