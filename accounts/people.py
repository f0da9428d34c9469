"""What the people page says about each member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .models import Membership


@dataclass(frozen=True)
class Row:
    """One member of a unit, as the reader of the page sees it."""

    membership: Membership
    is_own: bool
    is_coming: bool
    has_ended: bool
    is_invited: bool

    @classmethod
    def of(cls, membership: Membership, reader: Membership, today: date) -> Row:
        """Return the row for `membership` on `today`; invited is who has neither password nor ever been here."""
        user = membership.user
        return cls(
            membership=membership,
            is_own=membership.user_id == reader.user_id,
            is_coming=membership.valid_from > today,
            has_ended=membership.valid_to is not None and membership.valid_to < today,
            is_invited=not user.has_usable_password() and user.last_login is None,
        )
