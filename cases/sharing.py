"""What a request says to its receiver: composed once, previewed and then frozen, so that both are the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from attendance.figures import frozen_absence
from schools.models import Pupil

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
    interpreter: str = ""
    is_suitable: bool | None = None
    cannot_wait: bool = False

    def as_content(self) -> dict[str, Any]:
        """Return the answer ready for JSON."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}


def content_of(pupil: Pupil, words: dict[str, Any], consents: list[ConsentGiven], today: date) -> dict[str, Any]:
    """Return exactly what the receiver will read of a request about `pupil`, ready for JSON.

    `words` holds WORDS, whether absence is shared (`share_absence`), whom to contact (`contact`), and what was
    ticked of what the school has seen and done (`tried_items`, see attendance.tried).
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
        "tried_items": list(words.get("tried_items", [])),
        "contact": str(words.get("contact", "")).strip(),
        "absence": frozen_absence(pupil, today) if words.get("share_absence") else None,
        "consents": [given.as_content() for given in consents],
        "written_on": today.isoformat(),
    }
