"""Why an answer was given: what stays with social services unless a ground lets the school read it (law.md 6.1)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q

from accounts.models import Membership, Unit
from accounts.roles import Side
from attendance.models import Measure
from socialservices.models import ReasonCode

from .referral import Decision, OtherWay
from .sharing import Disclosure

WORDS = ("rationale", "missing_measure", "tried", "alternative", "nevertheless")
"""What those who count reasons have no right to."""


@dataclass(frozen=True)
class NoSaid:
    """Everything a no says. `words` are what the school reads only where a ground allows it, by field of SaidWhy."""

    reason: ReasonCode
    advice: str
    next_holder: Unit
    next_on: date
    words: dict[str, str]


class SaidWhy(models.Model):
    """Why, in words: what the school reads only where a ground allows it."""

    rationale = models.TextField()
    missing_measure = models.CharField(max_length=20, choices=Measure.Kind.choices, blank=True, default="")
    tried = models.TextField(blank=True, default="")
    alternative = models.CharField(max_length=13, choices=OtherWay.choices, blank=True, default="")
    nevertheless = models.TextField(blank=True, default="")

    class Meta:
        abstract = True

    def words(self) -> dict[str, str]:
        """Return the words by field."""
        return {name: getattr(self, name) for name in WORDS}


class DecisionReasonQuerySet(models.QuerySet["DecisionReason"]):
    """Reasons by who may read them."""

    def visible_to(self, reader: Membership) -> DecisionReasonQuerySet:
        """Return why the answers that `reader` may read were given; at a school only where a ground allows it."""
        reasons = self.filter(decision__in=Decision.objects.visible_to(reader))
        return reasons if reader.side != Side.SCHOOL else reasons.exclude(told_on="")


class DecisionReasonManager(models.Manager.from_queryset(DecisionReasonQuerySet)):  # type: ignore[misc]
    """Fetches codes without words and writers: those who count reasons have no right to them."""

    def get_queryset(self) -> DecisionReasonQuerySet:
        """Return reasons; whoever shows the words fetches them."""
        return super().get_queryset().defer(*WORDS, "prepared_by")


class DecisionReason(SaidWhy):
    """Why a request was declined or sent on, in code and words.

    `told_on` is the legal ground on which the school reads all of it, "" where it reads nothing of it: then the row
    does not exist for the school.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="given")
    code = models.ForeignKey(ReasonCode, on_delete=models.PROTECT, null=True, blank=True, related_name="given")
    told_on = models.CharField(max_length=24, choices=Disclosure.Ground.choices, blank=True, default="", db_default="")
    prepared_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DecisionReasonManager()

    class Meta:
        ordering = ["decision", "id"]
        constraints = [
            models.CheckConstraint(name="reason_is_given_in_words", condition=Q(rationale__regex=r"\S")),
        ]

    def __str__(self) -> str:
        return f"{self.decision}"
