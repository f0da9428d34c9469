"""Who may erase, and who answers for what people ask about their own data."""

from __future__ import annotations

from accounts.models import Membership
from accounts.roles import Role, Side

from .models import RightsRequest


def may_run_retention(reader: Membership) -> bool:
    """Say whether `reader` may propose and approve erasures: a system administrator, who reads no content."""
    return reader.role == Role.SYSTEM_ADMIN


def may_answer_for_data(reader: Membership) -> bool:
    """Say whether `reader` answers for what the own unit holds: a principal, or a head in social services."""
    return reader.role == Role.PRINCIPAL or (reader.role == Role.UNIT_HEAD and reader.side == Side.SOCIAL)


def may_handle(reader: Membership, request: RightsRequest) -> bool:
    """Say whether `reader` may screen, export and settle the request."""
    return may_answer_for_data(reader) and request.unit_id == reader.unit_id
