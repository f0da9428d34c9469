"""Who changes what the catalogue says of a unit."""

from __future__ import annotations

from accounts.models import Membership
from accounts.permissions import Action, Object, may_within
from accounts.roles import Side

from .models import Office


def may_change_catalogue(reader: Membership, office: Office) -> bool:
    """Say whether `reader` decides what `office` offers: its head, or one above. Give it with its unit's parents."""
    parent = office.unit.parent
    above = (office.unit.parent_id, parent.parent_id if parent else None)
    is_social = reader.side == Side.SOCIAL
    return is_social and may_within(reader, Object.SETTING, Action.CHANGE, office.pk, above=above)
