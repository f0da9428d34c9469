"""A joint meeting (gemensamt möte) of the school and one unit that is party to a case (peers.md 5.4 channel D)."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from audit.reading import PersonalModel

from .case import Case
from .referral import Referral


class JointMeetingQuerySet(models.QuerySet["JointMeeting"]):
    """Meetings by state and by who reads them."""

    def visible_to(self, reader: Membership) -> JointMeetingQuerySet:
        """Return the meetings about requests that `reader` may see."""
        return self.filter(referral__in=Referral.objects.visible_to(reader))

    def open(self) -> JointMeetingQuerySet:
        """Return those that wait for an answer, or to be held."""
        return self.filter(status__in=[JointMeeting.Status.CALLED, JointMeeting.Status.AGREED])

    def with_page_relations(self) -> JointMeetingQuerySet:
        """Fetch the units and who wrote, for pages."""
        return self.select_related(
            "called_unit", "calling_unit", "called_by__user", "answered_by__user", "held_by__user"
        )


class JointMeeting(PersonalModel):
    """What is to be decided, when, where, and what was decided: no minutes. `times` are those proposed latest.

    What the school writes while no consent stands is kept as its own note, and is empty here.
    """

    ABOUT = "case_id"

    class Status(models.TextChoices):
        CALLED = "called", _("Waits for an answer")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        HELD = "held", _("Held")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="meetings")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="meetings")
    calling_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    called_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    where = models.CharField(max_length=120)
    times = ArrayField(models.DateTimeField())
    family_invited = models.BooleanField()
    why_not_invited = models.CharField(max_length=300, blank=True)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.CALLED)
    chosen_at = models.DateTimeField(null=True, blank=True)
    refusal = models.TextField(blank=True)
    instead = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    held_on = models.DateField(null=True, blank=True)
    decisions = models.TextField(blank=True)
    held_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = JointMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["called_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(status__in=["called", "agreed"]), name="one_meeting_at_a_time"
            ),
            models.CheckConstraint(name="meeting_has_a_question", condition=Q(question__regex=r"\S")),
            models.CheckConstraint(name="meeting_has_times", condition=Q(times__len__gte=1, times__len__lte=3)),
            models.CheckConstraint(
                name="family_is_invited_or_it_says_why_not",
                condition=Q(family_invited=True, why_not_invited="")
                | Q(family_invited=False, why_not_invited__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="meeting_agreed_has_a_time",
                condition=Q(status__in=["called", "declined"], chosen_at=None)
                | Q(status__in=["agreed", "held"], chosen_at__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_held_has_a_day_and_a_name",
                condition=Q(status="held", held_on__isnull=False, held_by__isnull=False)
                | ~Q(status="held") & Q(held_on=None, held_by=None, decisions=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.called_at:%Y-%m-%d}"

    def other_than(self, unit_id: uuid.UUID) -> Unit:
        """Return the unit of the meeting that is not `unit_id`."""
        return self.calling_unit if self.called_unit_id == unit_id else self.called_unit
