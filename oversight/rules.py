"""Which readings somebody should look at (law.md 3.5). Pure: facts in, codes out; a hit is a question, not a charge.

What cannot be known is not guessed: that a pupil is a colleague's child, a neighbour's or in the newspapers, and
addresses, which the product does not hold. The random sample is there for what no rule can see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.stockholm import STOCKHOLM

NIGHT_FROM, NIGHT_TO = 22, 6
OPENED = {"read", "print", "export", "claim"}
"""Readings of one pupil that somebody chose; in a list a namesake comes along with the others."""


class Rule(models.TextChoices):
    """Why a reading is put before the auditor."""

    SAME_NAME = "same_name", _("The same family name as the pupil")
    GUARDIAN_NAME = "guardian_name", _("The same family name as a guardian")
    NIGHT = "night", _("At night, 22–06")
    NO_TASK = "no_task", _("No task with the pupil")
    OUTSIDE = "outside", _("Outside the unit's own pupils")
    PROTECTED = "protected", _("Protected identity")
    CLAIMED = "claimed", _("Claimed a link to the pupil")


@dataclass(frozen=True)
class Facts:
    """What is known of one reading of one pupil, as things stood when it happened."""

    at: datetime
    kind: str
    reader_name: str
    pupil_name: str
    guardian_names: frozenset[str] = frozenset()
    is_protected: bool = False
    is_own_task: bool = True
    is_of_own_unit: bool = True
    is_claimed: bool = False


def hits(facts: Facts) -> set[Rule]:
    """Return why the reading should be looked at; most readings give nothing."""
    found = set()
    own = _names(facts.reader_name)
    if facts.kind in OPENED and own & _names(facts.pupil_name):
        found.add(Rule.SAME_NAME)
    if facts.kind in OPENED and any(own & _names(name) for name in facts.guardian_names):
        found.add(Rule.GUARDIAN_NAME)
    if not NIGHT_TO <= facts.at.astimezone(STOCKHOLM).hour < NIGHT_FROM:
        found.add(Rule.NIGHT)
    if not facts.is_of_own_unit:
        found.add(Rule.OUTSIDE)
    elif not facts.is_own_task:
        found.add(Rule.NO_TASK)
    if facts.is_protected:
        found.add(Rule.PROTECTED)
    if facts.is_claimed or facts.kind == "claim":
        found.add(Rule.CLAIMED)
    return found


def _names(family_name: str) -> set[str]:
    """Return the parts of a family name: one part in common is enough for a double name."""
    return {part for part in re.split(r"[\s\-–]+", family_name.casefold()) if len(part) > 2}
