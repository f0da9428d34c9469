"""What a unit may not answer: "somebody else", where the school asked it to choose or the city has chosen it.

A school that is not sure lets the intake office choose: it then has to find a place, or do the work itself.
"""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from socialservices.models import ReasonCode, Service

from .models import Case, Decision, Objection, Obligation, Referral
from .obligations import PLACE
from .unit_reasons import reasons_of

WRONG_PLACE = ("OUTSIDE_TARGET_GROUP", "WRONG_DISTRICT", "TOO_SEVERE_FOR_TEAM", "BELOW_THRESHOLD")
"""Reasons that only say that somebody else should have been asked (law.md 6.1): no answer to "where?"."""


def must_be_placed(referral: Referral) -> bool:
    """Say whether the school asked the intake office to choose: it sent the request there itself, and not on advice."""
    is_intake = referral.service is not None and referral.service.kind == Service.Kind.INTAKE
    return is_intake and referral.redirected_from is None


def is_placed(referral: Referral) -> bool:
    """Say whether a coordinator chose the request's unit, after it had been sent on twice."""
    before = referral.redirected_from
    return before is not None and Obligation.objects.filter(kind=PLACE, referral=before).exists()


def may_send_on(referral: Referral) -> bool:
    """Say whether the request can be sent on: not where a coordinator or managers have decided who takes it."""
    return referral.given_back_from is None and not is_placed(referral)


def may_say_no(referral: Referral) -> bool:
    """Say whether the request can be declined: not where managers have changed a no."""
    return referral.given_back_from is None


def has_to_take_it(referral: Referral) -> bool:
    """Say whether "somebody else should have been asked" is no answer here."""
    return must_be_placed(referral) or is_placed(referral)


def reasons_for(referral: Referral, today: date) -> QuerySet[ReasonCode]:
    """Return the reasons with which a request can be declined on `today`: none that leaves "where?" unanswered, and
    none that the unit it came to has hidden."""
    reasons = reasons_of(referral.to_unit, today)
    return reasons.exclude(code__in=WRONG_PLACE) if has_to_take_it(referral) else reasons


def times_sent_on(case: Case) -> list[Decision]:
    """Return which unit sent the request on to which and when, the first first; never why."""
    sent_on = Decision.objects.filter(referral__case=case, answer=Decision.Answer.REDIRECTED).defer(*Decision.WORDS)
    return list(sent_on.select_related("referral__to_unit", "next_holder").order_by("decided_at", "pk"))


def was_given_back(objection: Objection) -> bool:
    """Say whether the unit that said no has the request again, since the managers changed its answer."""
    return Referral.objects.filter(parent=objection.referral_id, submission=None).exists()
