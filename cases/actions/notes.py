"""Notes a unit keeps for itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

import audit.actions
from accounts.models import Membership
from cases import access
from cases.ledger import NotAllowed
from cases.models import Case, SchoolNote, SocialNote, notes_of


@transaction.atomic
def write_internal_note(
    *, case: Case, text: str, submission: UUID, by: Membership, at: datetime
) -> SchoolNote | SocialNote:
    """Write a note that only the unit of `by` can read. The same `submission` twice gives the first note back."""
    if not access.may_write_note(by, case):
        raise NotAllowed
    note, created = notes_of(by).objects.get_or_create(
        submission=submission,
        defaults={"case": case, "unit": by.unit, "text": text, "written_at": at, "written_by": by},
    )
    if created:
        audit.actions.record(action="internal_note_written", target=note, by=by, at=at)
    return note
