"""Samverkansavvikelse: something in the co-operation went wrong; both managers get it and one answers."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, Scope, permits
from audit.reading import PersonalModel
from schools.models import protected_ids

from .case import Case


class DeviationQuerySet(models.QuerySet["Deviation"]):
    """Deviations by who reads them."""

    def visible_to(self, reader: Membership) -> DeviationQuerySet:
        """Return those that the reader registered, and for managers those of their units, on either side of them.

        Never about a pupil with protected identity.
        """
        scope = permits(reader, Object.DEVIATION, Action.READ)
        if not scope:
            return self.none()
        found = self.exclude(case__pupil__in=protected_ids())
        if Scope.OWN in scope:
            return found.filter(registered_by=reader.pk)
        units = Unit.objects.below(reader.unit) if Scope.UNIT in scope else [reader.unit_id]
        return found.filter(Q(from_unit__in=units) | Q(about_unit__in=units))

    def unanswered(self) -> DeviationQuerySet:
        """Return those that wait for an answer."""
        return self.filter(responded_at=None)

    def with_page_relations(self) -> DeviationQuerySet:
        """Fetch what every page shows: the case's number, both units and who wrote. No pupil, no words of the case."""
        return self.select_related(
            "case", "from_unit", "about_unit__parent", "registered_by__user", "responded_by__user"
        ).defer("case__final_word")


class Deviation(PersonalModel):
    """One deviation. `about_unit` is the unit on the other side; `due_on` is the last day for its manager to answer.

    `asks_lex_sarah` asks whether it is to be assessed under lex Sarah; nothing here decides that.
    """

    ABOUT = "case_id"

    class Kind(models.TextChoices):
        NO_ANSWER = "no_answer", _("No answer in time")
        NO_FEEDBACK = "no_feedback", _("No feedback")
        NOT_DONE = "not_done", _("What was agreed was not done")
        NO_TAKER = "no_taker", _("Nobody took the responsibility")
        INFORMATION = "information", _("Information was missing or came too late")
        OTHER = "other", _("Something else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deviations")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    about_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    happened = models.TextField()
    consequence = models.TextField()
    remedy = models.TextField(blank=True)
    asks_lex_sarah = models.BooleanField(default=False)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    response = models.TextField(blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submission = models.UUIDField(unique=True)

    objects = DeviationQuerySet.as_manager()

    class Meta:
        ordering = ["registered_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="deviation_says_what_and_what_it_led_to",
                condition=Q(happened__regex=r"\S", consequence__regex=r"\S"),
            ),
            models.CheckConstraint(name="deviation_crosses_the_border", condition=~Q(from_unit=F("about_unit"))),
            models.CheckConstraint(
                name="deviation_answer_is_whole",
                condition=Q(response="", responded_at=None, responded_by=None)
                | Q(response__regex=r"\S", responded_at__isnull=False, responded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.registered_at:%Y-%m-%d}"

    @property
    def is_answered(self) -> bool:
        """Say whether the answer has come."""
        return self.responded_at is not None
