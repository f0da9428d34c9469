"""Joint meetings of the played year: called, answered with a time, another time or a no, and held."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from accounts.models import Membership, Unit
from cases.actions import meeting
from cases.models import Obligation, Referral
from cases.obligations import ANSWER_CALL, CALL_MEETING, HOLD_MEETING
from deadlines.stockholm import STOCKHOLM

OF_MEETING = {
    CALL_MEETING: {"call_meeting"},
    ANSWER_CALL: {"accept_time", "propose_times", "decline_call"},
    HOLD_MEETING: {"record_meeting"},
}
"""What fulfils each obligation about a meeting."""

MOVES = {name for names in OF_MEETING.values() for name in names}


def do(
    name: str,
    *,
    referral: Referral,
    obligation: Obligation | None,
    day: date,
    next_unit: Unit,
    by: Membership,
    at: datetime,
) -> None:
    """Do one thing about a meeting: call it about `referral`, or what `obligation` asks for."""
    who: dict[str, Any] = {"by": by, "at": at}
    on_day = datetime.combine(day, time(14), STOCKHOLM)
    if name == "call_meeting":
        meeting.call_meeting(
            referral=referral, question="Vem gör vad?", times=[on_day], where="Skolan", family_invited=True,
            why_not_invited="", **who,
        )  # fmt: skip
        return
    assert obligation is not None
    assert obligation.referral is not None
    times = obligation.referral.meetings.open().get().times
    match name:
        case "accept_time":
            meeting.accept_time(obligation=obligation, chosen_at=times[0], **who)
        case "propose_times":
            meeting.propose_times(obligation=obligation, times=[on_day], **who)
        case "decline_call":
            meeting.decline_call(obligation=obligation, refusal="Hinner inte.", instead="Ett samtal.", **who)
        case _:
            meeting.record_meeting(
                obligation=obligation, held_on=at.date(), decisions="Så gör vi.", next_task="Ringa hem.",
                next_unit=next_unit, next_on=day, **who,
            )  # fmt: skip
