"""How a pupil's absence goes while a request waits, for the unit that it waits at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from attendance.figures import Absence

from .models import Referral


@dataclass(frozen=True)
class WhileWaiting:
    """The pupil's absence up to today, and the share in whole per cent when the request was written."""

    now: Absence
    before_percent: int | None

    @property
    def more(self) -> int | None:
        """How many percentage points more the pupil is away now; negative when less. None where either is not known."""
        if self.before_percent is None or not self.now.is_reliable:
            return None
        return self.now.percent - self.before_percent


def absence_while_waiting(referral: Referral, content: dict[str, Any], today: date) -> WhileWaiting | None:
    """Return the absence over the 20 latest school days up to and including `today`; None where it may not be told.

    `content` is the request as it was shared. The database tells it to the unit that the request waits at, as long as
    it waits, where the school shared the absence and everybody whose yes counts has also agreed to this
    (Consent.Scope.WAITING; OSL 10:1). One query.
    """
    if not content.get("absence"):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM absence_while_waiting(%s, %s)", [referral.pk, today])
        found = cursor.fetchone()
    if found is None:
        return None
    written = content["absence"]
    is_known = Absence(offered=100, reported=written["coverage_percent"]).is_reliable
    return WhileWaiting(Absence(*found), written["total_percent"] if is_known else None)
