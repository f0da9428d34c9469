"""Who may look after the log. That the rows are of the reader's own authority is settled by `overseen_by`."""

from __future__ import annotations

from accounts.models import Membership
from accounts.roles import Role
from audit.models import AccessRecord, authority_of

from .models import LogExtract

AUDITORS = (Role.LOG_AUDITOR,)
READERS = (Role.LOG_AUDITOR, Role.PRINCIPAL)
"""Those who see who has read about a pupil: the auditors of the authority, and the principal of the pupil's school."""


def may_review(reader: Membership, record: AccessRecord) -> bool:
    """Say whether `reader` may judge a reading: an auditor of its authority, never one's own."""
    own = authority_of(reader) == record.authority
    return own and reader.role in AUDITORS and reader.user_id != record.user_id


def may_draft(reader: Membership) -> bool:
    """Say whether `reader` may draft a log extract."""
    return reader.role in AUDITORS


def may_decide(reader: Membership, extract: LogExtract) -> bool:
    """Say whether `reader` may let a log extract out or hold it back: a second person of the authority."""
    is_open = not extract.decision and authority_of(reader) == extract.authority
    return is_open and reader.role in READERS and reader.user_id != extract.drafter
