"""Consultation without a name (konsultation utan namn): a school asks social services, and nobody is named.

No pupil, no case: the row is about no person but the two who wrote (product.md section 7, peers.md 5.4 channel C).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, Scope, permits
from accounts.roles import Side


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Consultations by who reads them."""

    def visible_to(self, reader: Membership) -> ConsultationQuerySet:
        """Return those that the reader's school has asked, or that were asked of the reader's unit or one below it."""
        scope = permits(reader, Object.CONSULTATION, Action.READ)
        if not scope:
            return self.none()
        if reader.side == Side.SCHOOL:
            return self.filter(school_unit=reader.unit_id)
        return self.filter(to_unit__in=Unit.objects.below(reader.unit) if Scope.UNIT in scope else [reader.unit_id])

    def unanswered(self) -> ConsultationQuerySet:
        """Return those that wait for an answer."""
        return self.filter(answered_at=None)

    def with_page_relations(self) -> ConsultationQuerySet:
        """Fetch what every page shows: both units and who wrote."""
        return self.select_related("school_unit", "to_unit__parent", "asked_by__user", "answered_by__user")


class Consultation(models.Model):
    """One question and its answer. `due_on` is the last day to answer, set when the question is asked."""

    class Advice(models.TextChoices):
        NONE = "none", _("The answer is enough")
        NAMED = "named", _("Ask us with a name, when the family agrees")
        REQUEST = "request", _("Make a request for support")
        REPORT = "report", _("Make a concern report")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    advice = models.CharField(max_length=8, choices=Advice.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submission = models.UUIDField(unique=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(name="consultation_asks_something", condition=Q(question__regex=r"\S")),
            models.CheckConstraint(name="consultation_crosses_the_border", condition=~Q(school_unit=F("to_unit"))),
            models.CheckConstraint(
                name="consultation_answer_is_whole",
                condition=Q(answer="", advice="", answered_at=None, answered_by=None)
                | Q(answer__regex=r"\S", answered_at__isnull=False, answered_by__isnull=False) & ~Q(advice=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_unit_id} {self.asked_at:%Y-%m-%d}"

    @property
    def is_answered(self) -> bool:
        """Say whether the answer has come."""
        return self.answered_at is not None
