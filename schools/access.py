"""Who may do what with the register of classes and pupils."""

from __future__ import annotations

from accounts.models import Membership
from accounts.roles import Role

from .models import School


def may_keep_register(reader: Membership, school: School) -> bool:
    """Say whether `reader` may open classes and enrol pupils: the school's principal or a system administrator."""
    is_principal = reader.role == Role.PRINCIPAL and reader.unit_id == school.pk
    return is_principal or reader.role == Role.SYSTEM_ADMIN
