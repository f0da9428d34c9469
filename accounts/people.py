"""What the people page says about each member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .access import is_renewed_by_one, is_second_person
from .models import Membership
from .permissions.rules import ENDS_SOON


@dataclass(frozen=True)
class Row:
    """One member of a unit, as the reader of the page sees it."""

    membership: Membership
    is_own: bool
    is_coming: bool
    has_ended: bool
    is_invited: bool
    is_waiting: bool
    ends_soon: bool
    may_confirm: bool
    may_renew: bool

    @classmethod
    def of(cls, membership: Membership, reader: Membership, today: date) -> Row:
        """Return the row for `membership` on `today`; invited is who has neither password nor ever been here."""
        user = membership.user
        has_ended = membership.valid_to < today
        ends_soon = not has_ended and membership.valid_to - today <= ENDS_SOON
        is_others = membership.user_id != reader.user_id
        return cls(
            membership=membership,
            is_own=membership.user_id == reader.user_id,
            is_coming=membership.valid_from > today,
            has_ended=has_ended,
            is_invited=not user.has_usable_password() and user.last_login is None,
            is_waiting=membership.is_waiting and not has_ended,
            ends_soon=ends_soon,
            may_confirm=not has_ended and is_second_person(reader, membership),
            may_renew=ends_soon and is_others and is_renewed_by_one(membership),
        )
