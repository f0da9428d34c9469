"""Whose log is asked for: an auditor sees no register of pupils, only whether the own log knows a personal number."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Membership
from audit.models import AccessRecord
from schools.models import PupilIdentifier
from schools.personal_numbers import PersonalNumber


def pupil_in_log(number: PersonalNumber, reader: Membership) -> UUID | None:
    """Return the pupil with this number if the log of the reader's authority has a reading about the pupil."""
    known = PupilIdentifier.objects.filter(kind=number.kind, value=number.value, valid_to=None)
    pupil = known.values_list("pupil", flat=True).first()
    if pupil is None or not AccessRecord.objects.overseen_by(reader).about(pupil).exists():
        return None
    return pupil
