"""Finding a request among those that have come to the reader's units, by three things and no other.

Social services may search only by name, by personal or co-ordination number, and by case number (förordning 2001:637
om behandling av personuppgifter inom socialtjänsten). Not by class, school, cause, health or anything that is written.
"""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q

from schools.models import PupilIdentifier
from schools.personal_numbers import PersonalNumber, PersonalNumberError, parse_personal_number

from .models.referral import ReferralQuerySet

CASE_NUMBER = re.compile(r"\d{4}-\d{4,6}", re.ASCII)
SHORTEST_WORD = 2
"""A single letter would list half of everybody."""

SEARCHABLE_NUMBERS = frozenset({PupilIdentifier.Kind.PERSONAL_NUMBER, PupilIdentifier.Kind.COORDINATION_NUMBER})
BY_NUMBER = "SELECT received_pupils_with_number(%s, %s)"


def found(received: ReferralQuerySet, searched: str, today: date) -> ReferralQuerySet:
    """Return those of the `received` requests that `searched` names.

    A whole case number, a whole personal or co-ordination number, or words of which each begins a given name or a
    family name; anything else finds nothing. Give only requests that the reader may see: then no answer tells whether
    there are others.
    """
    words = searched.split()
    if len(words) == 1 and CASE_NUMBER.fullmatch(words[0]):
        return received.filter(case__number=words[0])
    number = _number(searched, today)
    if number is not None:
        return received.filter(case__pupil__in=_pupils_with(number))
    if not words or any(len(word) < SHORTEST_WORD for word in words):
        return received.none()
    for word in words:
        received = received.filter(
            Q(case__pupil__given_name__istartswith=word) | Q(case__pupil__family_name__istartswith=word)
        )
    return received


def _number(searched: str, today: date) -> PersonalNumber | None:
    try:
        return parse_personal_number(searched, today=today)
    except PersonalNumberError:
        return None


def _pupils_with(number: PersonalNumber) -> list[UUID]:
    """Return the pupils of the reader's units with this number; nobody for a number of the schools' own making."""
    if number.kind not in SEARCHABLE_NUMBERS:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BY_NUMBER, [number.kind, number.value])
        return [pupil for (pupil,) in cursor.fetchall()]
