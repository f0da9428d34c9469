"""The pupils somebody who answers for a unit's data may be asked about."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Membership
from accounts.roles import Side
from cases.models import Case
from schools.models import Protection, Pupil


def pupils_visible_to(reader: Membership) -> QuerySet[Pupil]:
    """Return the school's own pupils, or in social services the pupils whose cases the reader may read."""
    if reader.side == Side.SOCIAL:
        cases = Case.objects.visible_to(reader).values("pupil")
        return Pupil.objects.filter(pk__in=cases, protection=Protection.NONE)
    return Pupil.objects.visible_to(reader)
