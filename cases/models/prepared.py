"""A no that waits for a second person: some reasons are nobody's to give alone (law.md 6.1)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from socialservices.models import ReasonCode

from .reason import DecisionReason, NoSaid, SaidWhy
from .referral import Referral


def given_before(code: Any, unit: Any, pupil: Any) -> QuerySet[DecisionReason]:
    """Return the answers of `unit` about `pupil` with the reason `code`; an OuterRef may stand for each."""
    return DecisionReason.objects.filter(
        code__code=code, decision__referral__to_unit=unit, decision__referral__case__pupil=pupil
    )


def _said_before() -> Exists:
    """Say of a prepared no whether its unit has said no about the pupil for the same reason before."""
    return Exists(
        given_before(OuterRef("code__code"), OuterRef("referral__to_unit"), OuterRef("referral__case__pupil"))
    )


class PreparedNoQuerySet(models.QuerySet["PreparedNo"]):
    """Prepared refusals by state and by who may see them."""

    def open(self) -> PreparedNoQuerySet:
        """Return those that still wait for a second person."""
        return self.filter(ended_at=None)

    def visible_to(self, reader: Membership) -> PreparedNoQuerySet:
        """Return those of requests that came to a unit of `reader`, on the social side: never at a school."""
        return self.filter(referral__in=Referral.objects.received_by(reader))

    def with_history(self) -> PreparedNoQuerySet:
        """Say of each whether its unit has said no about the pupil for the same reason before."""
        return self.annotate(is_said_before=_said_before())

    def said_before(self) -> PreparedNoQuerySet:
        """Return those of which it has."""
        return self.filter(_said_before())


class PreparedNo(SaidWhy):
    """Everything a no says, written by one and read by another in the unit before it is sent.

    Nothing of it has left the unit, and the request's own clock goes on. It ends when it is sent, sent back with a
    word (`why_back`), or when the request is answered in another way.
    """

    class Ending(models.TextChoices):
        SENT = "sent", _("Sent")
        SENT_BACK = "sent_back", _("Sent back")
        REPLACED = "replaced", _("Answered in another way")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="prepared")
    code = models.ForeignKey(ReasonCode, on_delete=models.PROTECT, related_name="+")
    advice = models.TextField()
    next_holder = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    next_on = models.DateField()
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ending = models.CharField(max_length=9, choices=Ending.choices, blank=True, default="")
    why_back = models.CharField(max_length=600, blank=True, default="")

    objects = PreparedNoQuerySet.as_manager()

    # Filled by `with_history()`; the database refuses a second no without a head, whoever forgot to ask.
    is_said_before: bool = False

    class Meta:
        ordering = ["prepared_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["referral"], condition=Q(ended_at=None), name="one_no_prepared_at_a_time"),
            models.CheckConstraint(
                name="prepared_no_ends_with_time_name_and_how",
                condition=Q(ended_at=None, ended_by=None, ending="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ending=""),
            ),
            models.CheckConstraint(
                name="a_no_sent_back_says_why", condition=~Q(ending="sent_back") | Q(why_back__regex=r"\S")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral} {self.prepared_at:%Y-%m-%d}"

    def said(self) -> NoSaid:
        """Return the whole no."""
        return NoSaid(self.code, self.advice, self.next_holder, self.next_on, self.words())
