"""What is shown with a no before it is sent, to who wrote it and to the second person: the same to both."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.access import MemberRequest
from cases.ball import states_of
from cases.consents import reply_is_covered
from cases.declining import contradictions, goes_to_head, told_on
from cases.models import Disclosure, NoSaid, Referral


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
        "goes_to_head": goes_to_head(content, state.child_days),
    }
