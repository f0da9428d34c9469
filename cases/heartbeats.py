"""How long a school has waited for feedback in one case, and how often it came late: the same to both sides."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models.fields.json import KT

from accounts.models import Membership
from deadlines.stockholm import stockholm_day

from .ball import CaseState
from .models import Event, Feedback

GIVE = "give_feedback"


@dataclass(frozen=True)
class Heartbeat:
    """`days` are calendar days since the latest feedback, or since the work began where there has been none.

    `missed` is how often the feedback’s date has passed and silence was noted, `is_late` whether it has passed now.
    """

    days: int
    missed: int
    is_late: bool


def heartbeat_of(state: CaseState, reader: Membership) -> Heartbeat | None:
    """Return how the feedback of a case stands; None where none is owed, or none has been late. At most two queries."""
    owed = [ball for ball in state.balls if ball.obligation.kind == GIVE]
    if not owed:
        return None
    silences = Event.objects.visible_to(reader).filter(case=state.case, kind="no_answer")
    missed = silences.annotate(noted_for=KT("changes__0__kind")).filter(noted_for=GIVE).count()
    is_late = owed[0].due.state == "late"
    if not missed and not is_late:
        return None
    given = Feedback.objects.visible_to(reader).filter(referral=owed[0].obligation.referral_id).order_by("-sent_at")
    sent_at = given.values_list("sent_at", flat=True).first()
    since = stockholm_day(sent_at) if sent_at else owed[0].obligation.started_on
    return Heartbeat((state.today - since).days, missed, is_late)
