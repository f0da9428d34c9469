"""Who may bring absence in."""

from accounts.models import Membership, Unit
from accounts.roles import Role, UnitKind


def may_import(reader: Membership, unit: Unit) -> bool:
    """Say whether `reader` may bring in absence for the school `unit`: its principal, or a system administrator."""
    if unit.kind != UnitKind.SCHOOL:
        return False
    return reader.role == Role.SYSTEM_ADMIN or (reader.role == Role.PRINCIPAL and reader.unit_id == unit.pk)
