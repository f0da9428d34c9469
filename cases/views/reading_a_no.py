"""What is shown with a no before it is sent, to who wrote it and to the second person: the same to both."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.access import MemberRequest
from cases.ball import states_of
from cases.consents import reply_is_covered
from cases.declining import NOT_MOTIVATED, contradictions, goes_to_head, told_on
from cases.models import Disclosure, NoSaid, Referral, given_before
from cases.receivers import right_units_for
from cases.ways_on import ways_before


def about_the_no(request: MemberRequest, referral: Referral, said: NoSaid) -> dict[str, Any]:
    """Return what speaks against the no, whether the school is told why, and whether the head reads it, too."""
    today = timezone.localdate()
    shared = Disclosure.objects.requests().visible_to(request.membership).filter(referral=referral).last()
    content = shared.content if shared else {}
    state = states_of([referral.case], today)[0]
    written = f"{said.words['rationale']} {said.advice}"
    return {
        "referral": referral,
        "state": state,
        "told": told_on(said.reason, is_covered=reply_is_covered(referral, today)),
        "against": contradictions(content, said.words["missing_measure"], written),
        "said_before": given_before(said.reason.code, referral.to_unit, referral.case.pupil_id).exists(),
        "ways": ways_before(said.reason.code),
        "others": right_units_for(referral, today) if said.reason.code == NOT_MOTIVATED else [],
        "goes_to_head": goes_to_head(content, state.child_days),
    }
