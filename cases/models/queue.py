"""A place in a unit's queue: no room is no reason for a no (law.md 6.1, CAPACITY_QUEUE)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from audit.reading import PersonalModel

from .referral import Referral


class QueuePlaceQuerySet(models.QuerySet["QueuePlace"]):
    """Places by who may read them."""

    def visible_to(self, reader: Membership) -> QueuePlaceQuerySet:
        """Return the places of requests that `reader` may see."""
        return self.filter(referral__in=Referral.objects.visible_to(reader))


class QueuePlaceManager(models.Manager.from_queryset(QueuePlaceQuerySet)):  # type: ignore[misc]
    """Fetches places without what happens meanwhile: those who oversee a case have no right to it."""

    def get_queryset(self) -> QueuePlaceQuerySet:
        """Return places; whoever shows the words fetches them."""
        return super().get_queryset().defer("interim")


class QueuePlace(PersonalModel):
    """Which place a request got in the queue, when its turn is expected, and what happens meanwhile; only added."""

    ABOUT = "referral_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="places")
    place = models.PositiveSmallIntegerField()
    expected_on = models.DateField()
    interim = models.TextField()
    queued_at = models.DateTimeField()
    queued_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = QueuePlaceManager()

    class Meta:
        ordering = ["queued_at", "id"]
        constraints = [
            models.CheckConstraint(name="place_counts_from_one", condition=Q(place__gte=1)),
            models.CheckConstraint(name="queue_says_what_happens_meanwhile", condition=Q(interim__regex=r"\S")),
        ]

    def __str__(self) -> str:
        return f"{self.referral} {self.place}"
