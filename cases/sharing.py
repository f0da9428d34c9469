"""What a request says to its receiver: composed once, previewed and then frozen, so that both are the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from attendance.figures import frozen_absence
from schools.models import Pupil

from .models import Consent

WORDS = ("why_now", "what_hinders", "help_wanted", "tried", "pupil_words")
"""The writer's own words in a request, in the order the receiver reads them."""


@dataclass(frozen=True)
class ConsentGiven:
    """What one guardian, or the pupil, answered when asked whether the request may be shared."""

    giver: str
    answer: str
    form: str = ""
    given_on: date | None = None
    valid_to: date | None = None
    scope: list[str] = field(default_factory=list)

    def as_content(self) -> dict[str, Any]:
        """Return the answer ready for JSON."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}


def content_of(pupil: Pupil, words: dict[str, Any], consents: list[ConsentGiven], today: date) -> dict[str, Any]:
    """Return exactly what the receiver will read of a request about `pupil`, ready for JSON.

    `words` holds WORDS, whether absence is shared (`share_absence`) and whom to contact (`contact`).
    """
    enrolment = pupil.enrolments.select_related("class_group__school__unit").get(ends_on=None)
    group = enrolment.class_group
    return {
        "pupil": {
            "name": pupil.full_name,
            "born_on": pupil.born_on.isoformat(),
            "class": group.name,
            "grade": group.grade,
            "school": group.school.unit.name,
        },
        "words": {name: str(words.get(name, "")).strip() for name in WORDS},
        "contact": str(words.get("contact", "")).strip(),
        "absence": frozen_absence(pupil, today) if words.get("share_absence") else None,
        "consents": [given.as_content() for given in consents],
        "written_on": today.isoformat(),
    }


def missing_consent(consents: list[ConsentGiven], age: int) -> bool:
    """Say whether the consent that a service without assessment needs is missing.

    Under 15 a guardian must say yes; from 15 the pupil may agree alone if suitable (SoL 21:2, law.md C14). A guardian
    who says no stops the request here; the lawful ways that remain are shown to the writer.
    """
    yes = {given.giver for given in consents if given.answer == Consent.Answer.YES}
    refused = any(given.answer == Consent.Answer.NO for given in consents if given.giver != Consent.Giver.PUPIL)
    if age >= 15 and Consent.Giver.PUPIL in yes:
        return False
    return refused or not yes & {Consent.Giver.GUARDIAN_1, Consent.Giver.GUARDIAN_2}
