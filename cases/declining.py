"""What a no demands beyond reason and words (law.md 6.1), and what is said against it before it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.working_days import add_working_days
from socialservices.models import ReasonCode

from .models import Disclosure, SaidWhy
from .tried_words import line_of

SCHOOL_FIRST, NOT_MOTIVATED = "SCHOOL_RESPONSIBILITY", "PUPIL_NOT_MOTIVATED"
ONE_REFUSES = "ONE_GUARDIAN_REFUSES"

BY_TWO = (SCHOOL_FIRST, NOT_MOTIVATED)
"""The reasons that one person writes and another reads before the no is sent (peers.md 5.4: codes S and M)."""

SECOND_WITHIN = 2
"""How soon the second person reads it: working days. The request's own clock goes on meanwhile."""

DECIDE_WITHIN = 10
"""How soon social services decide when two who have custody disagree (law.md 6.1, FB 6:13 a): school days there,
counted as working days here, since social services know no school's calendar."""

MEET_WITHIN = 10
"""How soon the two meet after a no for the school's responsibility (law.md 6.1), counted as DECIDE_WITHIN is."""

DEMANDED = ("missing_measure", "tried", "alternative")
"""The fields of an answer that only some reasons demand."""

TRY_AGAIN_WITHIN = timedelta(days=30)
"""How soon there is a new try with a pupil who does not want to (law.md 6.1), in calendar days."""

BLAMING = ("omotiv", "motiverad", "motivation", "vill inte", "unmotivated", "does not want")
"""Words that ask for a second look before a no is sent (screens.md (g))."""

HEAVY_ABSENCE = 50
"""Per cent of absence from which the head reads a no, too (screens.md (g))."""

LONG_WAIT = 90
"""Days of the child's time after which the head reads a no, too (screens.md (g))."""


@dataclass(frozen=True)
class NoGiven:
    """What is about to be answered. `reason` is the code; `at_school` says whether the next step is the school's."""

    reason: str
    at_school: bool
    next_on: date
    missing_measure: str = ""
    tried: str = ""
    alternative: str = ""


def lacks(given: NoGiven, today: date) -> dict[str, str]:
    """Return what a no still lacks on `today`, by field: the school's measure, or what was tried and another way."""
    found: dict[str, str] = {}
    if given.reason == SCHOOL_FIRST:
        if not given.missing_measure:
            found["missing_measure"] = _("Choose which of the school’s measures is missing")
        if not given.at_school:
            found["next_holder"] = _("If it is the school’s to do, the school has the next step")
    if given.reason == NOT_MOTIVATED:
        if not given.tried.strip():
            found["tried"] = _("Write what you have tried")
        if not given.alternative:
            found["alternative"] = _("Choose which other way you offer")
        if given.at_school:
            found["next_holder"] = _("The other way is yours: your unit has the next step")
        if given.next_on > today + TRY_AGAIN_WITHIN:
            found["next_on"] = _("Try again within 30 days")
    if given.reason == ONE_REFUSES:
        if given.at_school:
            found["next_holder"] = _("Two who have custody disagree: it is for your unit to decide how to go on")
        if given.next_on > add_working_days(today, DECIDE_WITHIN):
            found["next_on"] = _("Decide within 10 working days")
    return found


def told_on(code: ReasonCode | None, *, is_covered: bool) -> str:
    """Return the legal ground on which the school reads why its request was declined or sent on; "" for none.

    The law says of each code whether a school may have it (law.md 6.1), and the consent whether this school may
    (`is_covered`, cases.consents.reply_is_covered).
    """
    may_have = code is None or code.is_shown_to_school
    return Disclosure.Ground.CONSENT if may_have and is_covered else ""


def contradictions(content: dict[str, Any], missing_measure: str, written: str) -> list[str]:
    """Return what speaks against a no: `content` is the request as it was shared, `written` all that is written."""
    return [*_done_already(content, missing_measure), *_blaming(written)]


def _done_already(content: dict[str, Any], missing_measure: str) -> Iterator[str]:
    for one in content.get("tried_items", []):
        if one["kind"] == "measure" and missing_measure and missing_measure in one["codes"]:
            yield _("The school has told that it did this. %(line)s") % {"line": line_of(one)}


def _blaming(written: str) -> Iterator[str]:
    if any(word in written.lower() for word in BLAMING):
        yield _("Lack of motivation is not a reason. What does the pupil need to be able to come?")


def goes_to_head(content: dict[str, Any], child_days: int) -> bool:
    """Say whether the head reads the no, too: absence of half the time or more, or over ninety days of waiting."""
    percent = (content.get("absence") or {}).get("percent")
    return child_days > LONG_WAIT or (percent is not None and percent >= HEAVY_ABSENCE)


def facts_beyond(given: SaidWhy) -> Iterator[tuple[str | Promise, str]]:
    """Return what a no said beyond reason and words, for those who read it."""
    if given.missing_measure:
        yield gettext_lazy("Missing at the school"), str(given.get_missing_measure_display())
    if given.tried:
        yield gettext_lazy("The unit has tried"), given.tried
    if given.alternative:
        yield gettext_lazy("The other way"), str(given.get_alternative_display())
    if given.nevertheless:
        yield gettext_lazy("Why all the same"), given.nevertheless
