"""What a unit has settled for itself: how long its obligations have, and which reasons for a no it gives.

Rows are only added. The one with the latest day that has come applies; of two with the same day, the one written last.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit


class SettledQuerySet(models.QuerySet):
    """Settings by unit, day and who may see them."""

    def visible_to(self, reader: Membership) -> SettledQuerySet:
        """Return the settings of the units that `reader` may read."""
        return self.filter(unit__in=Unit.objects.settled_for(reader).order_by())

    def of(self, unit: Unit) -> SettledQuerySet:
        """Return what `unit` has settled, the latest day first, with who settled it."""
        return self.filter(unit=unit).select_related("changed_by__user").order_by("-valid_from", "-changed_at", "-pk")

    def come(self, today: date) -> SettledQuerySet:
        """Return those whose day has come."""
        return self.filter(valid_from__lte=today)


class Settled(models.Model):
    """One thing that a unit settled: from which day, by whom, when and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("applies from"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=300)

    objects = SettledQuerySet.as_manager()

    class Meta:
        abstract = True


class UnitTime(Settled):
    """How long the unit has for a kind of obligation (cases/obligations.py), counted as the kind counts."""

    kind = models.CharField(max_length=32)
    days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["unit", "kind", "valid_from", "changed_at", "id"]
        constraints = [
            models.CheckConstraint(name="unit_time_says_why", condition=Q(why__regex=r"\S")),
            models.CheckConstraint(name="unit_time_is_a_day_at_least", condition=Q(days__gte=1)),
        ]
        indexes = [models.Index(fields=["unit", "kind", "-valid_from"], name="unit_time_of_kind")]

    def __str__(self) -> str:
        return f"{self.unit} {self.kind} {self.days}"


class UnitReason(Settled):
    """Whether the unit's list of reasons for a no leaves out a reason. A reason itself is never removed."""

    code = models.CharField(max_length=40)
    is_hidden = models.BooleanField()

    class Meta:
        ordering = ["unit", "code", "valid_from", "changed_at", "id"]
        constraints = [models.CheckConstraint(name="unit_reason_says_why", condition=Q(why__regex=r"\S"))]
        indexes = [models.Index(fields=["unit", "code", "-valid_from"], name="unit_reason_of_code")]

    def __str__(self) -> str:
        return f"{self.unit} {self.code}"
