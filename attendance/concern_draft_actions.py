"""Keeps what somebody types about a pupil until it is saved as a concern or thrown away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Membership
from schools.models import Pupil

from .access import may_log_concern
from .actions import NotAllowed
from .models import ConcernDraft


class WrittenElsewhere(Exception):
    """Another window has saved the draft since this one showed it; nothing is saved over it."""


def save_concern_draft(
    *, pupil: Pupil, content: dict[str, Any], based_on: str, by: Membership, at: datetime
) -> ConcernDraft:
    """Keep what `by` has typed about `pupil` so far: the form as typed, its `submission` among it.

    `based_on` is when the draft that the window shows was saved (ISO 8601), empty for none. Raises NotAllowed,
    WrittenElsewhere.
    """
    if not may_log_concern(by, pupil):
        raise NotAllowed
    draft = draft_of(pupil, by)
    window = str(content.get("submission", ""))
    if draft is not None and based_on != draft.saved_at.isoformat() and not draft.is_of(window):
        raise WrittenElsewhere
    kept = {"content": content, "saved_at": at}
    draft, _created = ConcernDraft.objects.update_or_create(
        pupil=pupil, writer=by, defaults=kept, create_defaults=kept | {"school_unit": by.unit}
    )
    return draft


def throw_away_concern_draft(*, pupil: Pupil, by: Membership) -> None:
    """Remove what `by` has typed about `pupil`. Doing so twice is the same as once."""
    ConcernDraft.objects.filter(pupil=pupil, writer=by).delete()


def draft_of(pupil: Pupil, by: Membership) -> ConcernDraft | None:
    """Return what `by` has typed about `pupil`."""
    return ConcernDraft.objects.visible_to(by).filter(pupil=pupil).first()


def drafts_of(by: Membership) -> list[ConcernDraft]:
    """Return everything that `by` has begun to write, the latest first."""
    return list(ConcernDraft.objects.visible_to(by).with_page_relations())
