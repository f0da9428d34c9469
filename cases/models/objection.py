"""What school and social services disagree about, lifted to those who manage them, level by level."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from audit.reading import PersonalModel
from cases.obligations import LIFT, LiftAnswer

from .case import Case
from .ledger import HolderInterval
from .referral import Referral


class Level(models.TextChoices):
    """How far up it has come."""

    HEADS = "heads", _("Both sides' managers")
    DISTRICT = "district", _("The district")
    CITY = "city", _("The city")


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections by state and by who may see them."""

    def open(self) -> ObjectionQuerySet:
        """Return those that nobody has settled yet."""
        return self.filter(ended_at=None)

    def visible_to(self, reader: Membership) -> ObjectionQuerySet:
        """Return the objections in cases that `reader` reads, and those that have come up to a coordinator's unit.

        A coordinator reads the two versions, the dates, the codes and the units, and never the case.
        """
        read = Q(case__in=Case.objects.visible_to(reader))
        if permits(reader, Object.OBJECTION, Action.DECIDE) and not permits(reader, Object.LIFT, Action.READ):
            asked = HolderInterval.objects.filter(
                unit=reader.unit_id, obligation__kind=LIFT, obligation__referral=OuterRef("referral")
            )
            overseen = Q(case__in=Case.objects.overseen_by(reader))
            return self.filter(Exists(asked), overseen).exclude(level=Level.HEADS)
        return self.filter(read)


class Objection(PersonalModel):
    """That the school does not agree with a no, or that a case was lifted: both versions, and what came of it.

    `disagreement` is the school's version, or the words of the manager who lifted a case that stood still; empty when
    nobody answered and the case was lifted by that. Why the answer was no stands in the decision alone.
    """

    ABOUT = "case_id"

    class Outcome(models.TextChoices):
        OVERTURNED = "overturned", _("The answer was changed")
        UPHELD = "upheld", _("The no stands")
        JOINT_MEETING = "joint_meeting", _("Joint meeting")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="objections")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="objections")
    disagreement = models.TextField(blank=True)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    other_version = models.TextField(blank=True)
    other_version_at = models.DateTimeField(null=True, blank=True)
    other_version_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.HEADS)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=13, choices=Outcome.choices, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(ended_at=None), name="one_open_objection_per_referral"
            ),
            models.CheckConstraint(
                name="objection_ends_with_an_outcome",
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="whoever_objects_says_why", condition=Q(raised_by=None) | Q(disagreement__regex=r"\S")
            ),
            models.CheckConstraint(
                name="other_version_has_time_and_name",
                condition=Q(other_version="", other_version_at=None, other_version_by=None)
                | Q(other_version_at__isnull=False, other_version_by__isnull=False) & Q(other_version__regex=r"\S"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.level}"


class ObjectionAnswerQuerySet(models.QuerySet["ObjectionAnswer"]):
    """Answers by who may see them."""

    def visible_to(self, reader: Membership) -> ObjectionAnswerQuerySet:
        """Return the answers to the objections that `reader` may see."""
        return self.filter(objection__in=Objection.objects.visible_to(reader))


class ObjectionAnswer(models.Model):
    """What one unit answers at one level. Only added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="answers")
    level = models.CharField(max_length=8, choices=Level.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=19, choices=LiftAnswer.choices)
    reason = models.TextField()
    conditions = models.TextField(blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = ObjectionAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["answered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["objection", "level", "unit"], name="a_unit_answers_once_a_level"),
            models.CheckConstraint(name="answer_to_objection_says_why", condition=Q(reason__regex=r"\S")),
            models.CheckConstraint(
                name="a_yes_names_its_conditions",
                condition=~Q(code="yes_with_conditions") | Q(conditions__regex=r"\S"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection} {self.code}"
