"""How many cases stood still on a day, by unit and cause: numbers for those above both sides, and no case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Role, Side


class StandstillCountQuerySet(models.QuerySet["StandstillCount"]):
    """Counts by who may read them."""

    def visible_to(self, reader: Membership) -> StandstillCountQuerySet:
        """Return the counts of the district or the city that `reader` coordinates."""
        if reader.role != Role.COORDINATOR or not permits(reader, Object.STALLED, Action.READ):
            return self.none()
        return self if reader.side == Side.CITY else self.filter(unit__in=Unit.objects.below(reader.unit).order_by())


class StandstillCount(models.Model):
    """On `day`, how many open cases had their ball with `unit` and stood still for the cause `code`.

    Without a code: how many had their ball there at all; then `median_days` and `longest_days` are the child's time,
    else how long they had stood still. Calendar days.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=3, blank=True)
    cases = models.PositiveIntegerField()
    median_days = models.PositiveIntegerField()
    longest_days = models.PositiveIntegerField()

    objects = StandstillCountQuerySet.as_manager()

    class Meta:
        ordering = ["day", "unit", "code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["day", "unit", "code"], name="standstill_counted_once_a_day"),
            models.CheckConstraint(name="standstill_counts_something", condition=Q(cases__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.unit} {self.code}: {self.cases}"
