"""Who may do what with the register of classes and pupils."""

from __future__ import annotations

from accounts.models import Membership
from accounts.permissions import Action, Object, may_within

from .models import School


def may_keep_register(reader: Membership, school: School) -> bool:
    """Say whether `reader` may open classes and enrol pupils: the school's principal and its administrator."""
    return may_within(reader, Object.PUPIL, Action.CHANGE, school.pk)
