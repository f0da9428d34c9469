"""Who may bring absence in."""

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, may_within, permits
from accounts.roles import Side, UnitKind


def may_import(reader: Membership, unit: Unit) -> bool:
    """Say whether `reader` may bring in absence for the school `unit`: its principal and its administrator."""
    return unit.kind == UnitKind.SCHOOL and may_within(reader, Object.IMPORT, Action.CREATE, unit.pk)


def may_keep_sources(reader: Membership, action: Action = Action.CHANGE) -> bool:
    """Say whether `reader` may enter, change or see how schools' own systems are reached: the city's administrator."""
    return reader.side == Side.CITY and bool(permits(reader, Object.SOURCE, action))
