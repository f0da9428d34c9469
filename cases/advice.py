"""Did it help to follow the advice of a no: the attendance when the school answered, and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from attendance.figures import absence_of

from .models import Obligation


@dataclass(frozen=True)
class Looked:
    """A pupil's absence over the 20 school days up to two days, in whole per cent; None where too little is reported.

    That one follows the other does not say that the step was the cause.
    """

    before_on: date
    before: int | None
    now: int | None

    @property
    def is_better(self) -> bool:
        """Say whether the pupil is away less than before; False where it is not known."""
        return self.before is not None and self.now is not None and self.now < self.before

    @property
    def is_worse(self) -> bool:
        """Say whether the pupil is away more than before; False where it is not known."""
        return self.before is not None and self.now is not None and self.now > self.before


def looked_at(obligation: Obligation, today: date) -> Looked:
    """Return the absence of the pupil when the check was decided, and on `today`. Asked at the pupil's school."""
    before, now = (absence_of(obligation.case.pupil, day) for day in (obligation.started_on, today))
    return Looked(
        before_on=obligation.started_on,
        before=before.percent if before.is_reliable else None,
        now=now.percent if now.is_reliable else None,
    )
