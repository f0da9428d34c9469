"""What a request begins with: what the school already knows, so that nobody types it again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership
from attendance.child_time import earliest_child_time
from attendance.figures import absence_of
from attendance.models import Concern
from attendance.tried import tried_before
from deadlines.templatetags.days import day_words
from schools.models import Pupil


def first_answers(pupil: Pupil, writer: Membership, today: date) -> dict[str, Any]:
    """Return the initial values of a first request about `pupil` by `writer`.

    The writer is the contact. Of what the school has done, that is ticked which it proposes to share.
    """
    return {
        "contact": writer.user.full_name,
        "share_absence": True,
        "why_now": why_now(pupil, today),
        "pupil_words": pupil_words(pupil, writer),
        "tried_items": [one.key for one in tried_before(pupil, writer) if one.starts_ticked],
    }


def why_now(pupil: Pupil, today: date) -> str:
    """Say how much the pupil is away, where enough is reported to tell, and since when the school has seen it."""
    absence, since = absence_of(pupil, today), earliest_child_time(pupil, today)
    told = []
    if absence.is_reliable:
        facts = {"percent": absence.percent, "days": absence.school_days}
        told.append(_("Away %(percent)s %% of the time over the last %(days)s school days.") % facts)
    if since is not None:
        told.append(_("The school first saw it %(day)s.") % {"day": day_words(since)})
    return " ".join(told)


def pupil_words(pupil: Pupil, reader: Membership) -> str:
    """Return what the pupil has said, in the latest concern that `reader` may read and that has it."""
    said = Concern.objects.visible_to(reader).filter(pupil=pupil).exclude(pupil_words="")
    latest = said.order_by("-logged_at", "pk").first()
    return latest.pupil_words[:600] if latest else ""
