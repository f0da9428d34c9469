"""Who may bring absence in."""

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, may_within
from accounts.roles import UnitKind


def may_import(reader: Membership, unit: Unit) -> bool:
    """Say whether `reader` may bring in absence for the school `unit`: its principal and its administrator."""
    return unit.kind == UnitKind.SCHOOL and may_within(reader, Object.IMPORT, Action.CREATE, unit.pk)
