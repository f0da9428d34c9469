"""The lawful ways that a no for want of consent opens (law.md 6.1): for the school that has it, the unit that gives it.

The school is shown its ways with every no. Only where it is told the reason (ADR 0023) do they stand there as the
answer to that reason: what it reads never depends on a reason that it may not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days

from .consent_law import PARAGRAPH, Way, ways_after_a_refusal
from .consent_words import WAYS, LawfulWay
from .consents import guardians_asked
from .declining import ONE_REFUSES
from .models import Decision, DecisionReason, Referral

REASSESS_WITHIN = 5
"""Working days in which the school asks itself anew whether to report a concern (docs/law.md#want-of-consent)."""

BEFORE_A_NO: dict[str, tuple[Way, ...]] = {
    "GUARDIAN_NO_CONSENT": (Way.PUPIL_ALONE, Way.APPLY, Way.MEET_BOTH, Way.TREATMENT_WITH_ONE, Way.REPORT),
    ONE_REFUSES: (Way.MEET_BOTH, Way.TREATMENT_WITH_ONE, Way.PUPIL_ALONE, Way.APPLY, Way.REPORT),
    "FAMILY_WITHDREW": (Way.PUPIL_ALONE, Way.APPLY, Way.REPORT, Way.SCHOOL_GOES_ON),
}
"""The reasons that say that a consent is wanting, and what the unit tries or tells before it gives one of them."""

FOR_UNIT: dict[Way, str | Promise] = {
    Way.PUPIL_ALONE: _("A pupil of 15 agrees alone to a service that is not assessed first, where it is suitable."),
    Way.APPLY: _("A pupil of 12 to 14 can agree to a service that you assess first, where it is suitable."),
    Way.MEET_BOTH: _("Two who have custody decide together: ask the other one, too, and offer a talk with both."),
    Way.TREATMENT_WITH_ONE: _(
        "Where the two disagree you can give treatment in open care with one guardian’s yes, if the child’s best "
        "requires it. Decide within 10 working days."
    ),
    Way.REPORT: _("The school asks itself within 5 working days whether to report a concern: no consent is needed."),
    Way.SCHOOL_GOES_ON: _("What the school has shared stops. The school’s own investigation goes on."),
}


@dataclass(frozen=True)
class WaysOn:
    """The school’s lawful ways. `is_the_reason` where it reads that a consent is wanting.

    `reassess_by` is when it has asked itself anew whether to report a concern, the day itself included.
    """

    is_the_reason: bool
    ways: list[LawfulWay]
    reassess_by: date


def ways_on(referral: Referral, reader: Membership, today: date) -> WaysOn:
    """Return the ways of the school of `reader` after the no to `referral`, or after work that was broken off."""
    told = DecisionReason.objects.visible_to(reader).filter(decision__referral=referral, code__code__in=BEFORE_A_NO)
    decided = Decision.objects.visible_to(reader).filter(referral=referral, answer=Decision.Answer.DECLINED)
    said_at = decided.values_list("decided_at", flat=True).first()
    pupil = referral.case.pupil
    ways = ways_after_a_refusal(pupil.age_on(today), len(guardians_asked(pupil)))
    return WaysOn(
        is_the_reason=told.exists(),
        ways=[LawfulWay(way.value, *WAYS[way], PARAGRAPH[way]) for way in ways],
        reassess_by=add_working_days(stockholm_day(said_at) if said_at else today, REASSESS_WITHIN),
    )


def ways_before(code: str) -> list[LawfulWay]:
    """Return what a unit tries or tells before it says no for the reason `code`; nothing for other reasons."""
    return [LawfulWay(way.value, WAYS[way][0], FOR_UNIT[way], PARAGRAPH[way]) for way in BEFORE_A_NO.get(code, ())]
